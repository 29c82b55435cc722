import CKernels

/// Calls of kernels that a pool runs as one job: their units, one call's behind the other's, are cut into
/// blocks together.
///
/// Holds the arguments of every call, so that threads read them where they lie. Allocates: once, and pages
/// appear with the longest list. Runs on: engine thread; the threads of the pool read inside an operation.
@safe final class KernelList: @unchecked Sendable {
    // Unchecked: written between operations, read inside them.
    private let calls: UnsafeMutablePointer<Call>
    private let arguments: UnsafeMutableRawPointer
    private var count = 0
    /// Units of all calls.
    private(set) var units = 0
    /// Multiply-adds of all calls, up to what an integer holds.
    private(set) var elements = 0

    /// Calls that fit; as many experts as the largest known layer has.
    static let capacity = 512
    /// Bytes for the arguments of a call.
    private static let callBytes = unsafe max(
        MemoryLayout<sluice_product>.stride, MemoryLayout<sluice_expert_inner>.stride)

    /// One kernel's call; its units start at `firstUnit` of the list.
    @safe private struct Call {
        let kernel: sluice_kernel
        let firstUnit: Int
    }

    init() {
        // One more call than fit marks the end.
        unsafe calls = .allocate(capacity: Self.capacity + 1)
        unsafe arguments = .allocate(byteCount: Self.capacity * Self.callBytes, alignment: 64)
    }

    deinit {
        unsafe calls.deallocate()
        unsafe arguments.deallocate()
    }

    var isFull: Bool { count == Self.capacity }

    /// Forgets all calls.
    func removeAll() {
        count = 0
        units = 0
        elements = 0
    }

    /// Adds `units` units of `kernel`.
    ///
    /// - Precondition: the list is not full.
    func append<Arguments: BitwiseCopyable>(
        _ kernel: sluice_kernel, _ values: Arguments, units newUnits: Int, elementsPerUnit: Int
    ) {
        precondition(!isFull && MemoryLayout<Arguments>.size <= Self.callBytes, "no room for a call")
        guard newUnits > 0 else { return }
        unsafe (arguments + count * Self.callBytes).storeBytes(of: values, as: Arguments.self)
        unsafe (calls + count).initialize(to: Call(kernel: kernel, firstUnit: units))
        count += 1
        units += newUnits
        unsafe (calls + count).initialize(to: Call(kernel: kernel, firstUnit: units))
        let (product, overflow) = newUnits.multipliedReportingOverflow(by: elementsPerUnit)
        elements = overflow ? Int.max : elements.addingReportingOverflow(product).partialValue
    }

    /// Runs the units of `range` on the calling thread.
    func run(_ range: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
        var unit = range.lowerBound
        var call = 0
        while unit < range.upperBound {
            while unsafe calls[call + 1].firstUnit <= unit { call += 1 }
            let first = unsafe calls[call].firstUnit
            let end = unsafe min(range.upperBound, calls[call + 1].firstUnit)
            unsafe calls[call].kernel(
                arguments + call * Self.callBytes, Int64(unit - first), Int64(end - unit), scratch)
            unit = end
        }
    }
}

/// What the experts of a step run: three jobs, one behind the other.
final class ExpertCalls: Sendable {
    let gather = KernelList()
    let inner = KernelList()
    let down = KernelList()
}
