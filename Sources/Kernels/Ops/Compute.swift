import CKernels

/// The operations of a forward step on a thread pool: what `Models` calls, and the only way to the C kernels.
///
/// Every output element is computed by one thread in one order that depends neither on the thread
/// count nor on how many rows the call has. A value owns scratch for each thread of its pool (224 KiB
/// each), enough for rows and contexts of any length.
/// Allocates: none, after `init`. Runs on: engine thread, one operation at a time.
@safe public struct Compute: @unchecked Sendable {
    // Unchecked: the table is constant, and scratch is touched only
    // inside `pool.run`, which refuses concurrent use.
    public let pool: ThreadPool
    /// The set whose kernels run.
    public let instructionSet: InstructionSet
    let operations: UnsafePointer<sluice_operations>
    let quantizedScratch = QuantizedScratch()
    let attentionPartials = AttentionPartials()
    let calls = KernelList()
    let expertCalls = ExpertCalls()
    private let scratch: FloatBuffer

    /// Uses the instruction set that the environment asks for (`SLUICE_ISA`), or else the best.
    ///
    /// - Precondition: the environment names no set that is unknown or that the machine lacks; programs check
    ///   that first with `InstructionSet.fromEnvironment()`, which throws.
    public init(pool: ThreadPool) {
        let set: InstructionSet
        do { set = try InstructionSet.fromEnvironment() } catch { preconditionFailure(error.description) }
        self.init(pool: pool, instructionSet: set)
    }

    /// Uses `instructionSet`.
    ///
    /// - Precondition: the machine supports it.
    public init(pool: ThreadPool, instructionSet: InstructionSet) {
        precondition(sluice_supports(instructionSet.identifier), "this machine lacks \(instructionSet)")
        self.pool = pool
        self.instructionSet = instructionSet
        unsafe operations = sluice_operations(instructionSet.identifier)
        scratch = FloatBuffer(count: pool.threadCount * SLUICE_THREAD_ELEMENTS)
    }
}

// MARK: - Handing work to the kernels

extension Compute {
    /// Below this many elements (multiply-adds in products) a second thread
    /// costs more than it saves, about a microsecond.
    private static let serialElements = 1 << 14
    /// Beside a block of so many, some ten microseconds, taking it costs nothing.
    private static let blockElements = 1 << 18

    /// Runs `kernel` over `units` units, cut into blocks of whole units for the threads.
    func dispatch<Arguments>(
        _ kernel: sluice_kernel, _ arguments: Arguments, units: Int, elementsPerUnit: Int
    ) {
        guard units > 0 else { return }
        let (elements, overflow) = units.multipliedReportingOverflow(by: max(elementsPerUnit, 1))
        let unitsPerBlock = unitsPerBlock(units: units, elements: overflow ? Int.max : elements)
        let job = unsafe KernelJob(
            arguments: arguments, kernel: kernel, units: units, unitsPerBlock: unitsPerBlock,
            scratch: scratch.base)
        pool.run(job, blocks: (units + unitsPerBlock - 1) / unitsPerBlock)
    }

    /// Runs the calls of `calls` as one job and empties the list.
    func dispatch(_ calls: KernelList) {
        guard calls.units > 0 else { return }
        let unitsPerBlock = unitsPerBlock(units: calls.units, elements: calls.elements)
        let job = unsafe ListJob(calls: calls, unitsPerBlock: unitsPerBlock, scratch: scratch.base)
        pool.run(job, blocks: (calls.units + unitsPerBlock - 1) / unitsPerBlock)
        calls.removeAll()
    }

    private func unitsPerBlock(units: Int, elements: Int) -> Int {
        let serial = pool.threadCount == 1 || elements < Self.serialElements
        // Eight blocks per thread even out threads of unequal speed; more where they are long.
        let blocks = serial ? 1 : min(units, max(pool.threadCount * 8, elements / Self.blockElements))
        return (units + blocks - 1) / blocks
    }
}

/// One call of a kernel as a job: block b is a run of consecutive units.
@safe private struct KernelJob<Arguments>: ParallelJob {
    let arguments: Arguments
    let kernel: sluice_kernel
    let units: Int
    let unitsPerBlock: Int
    let scratch: UnsafeMutablePointer<Float>

    func run(block: Int, thread: Int) {
        let first = block * unitsPerBlock
        let count = min(unitsPerBlock, units - first)
        unsafe withUnsafePointer(to: arguments) { pointer in
            unsafe kernel(pointer, Int64(first), Int64(count), scratch + thread * SLUICE_THREAD_ELEMENTS)
        }
    }
}

/// The calls of a list as a job: block b is a run of consecutive units.
@safe private struct ListJob: ParallelJob {
    let calls: KernelList
    let unitsPerBlock: Int
    let scratch: UnsafeMutablePointer<Float>

    func run(block: Int, thread: Int) {
        let first = block * unitsPerBlock
        unsafe calls.run(
            first..<min(first + unitsPerBlock, calls.units),
            scratch: scratch + thread * SLUICE_THREAD_ELEMENTS)
    }
}

extension FloatMatrix {
    /// The view as the kernels take it.
    var forKernels: sluice_matrix {
        unsafe sluice_matrix(base: base, rows: Int64(rows), columns: Int64(columns), stride: Int64(stride))
    }

    /// "rows x columns", for messages.
    var shape: String { "\(rows) x \(columns)" }
}
