import Kernels
import Synchronization

/// Measures how fast a number of threads can read memory, the denominator of the law in every receipt.
public enum BandwidthProbe {
    /// Memory that a probe reads and, while it runs, takes: twice the last-level cache of most machines.
    public static let bufferBytes = 64 << 20
    private static let blockBytes = 1 << 20
    private static let cache = Mutex<[Setting: MemoryBandwidth]>([:])
    /// Less than this the cache next to a core holds.
    private static let smallestBytes = 8 << 20

    /// What a measurement depends on.
    private struct Setting: Hashable {
        let threadCount: Int
        let bufferBytes: Int
    }

    /// How fast `threadCount` threads read together, measured once per process, thread count and buffer.
    ///
    /// Takes about 50 ms at first.
    ///
    /// - Parameter modelBytes: the size of the model that is to be run; a small one is compared with the
    ///   speed at which memory of its size can be read, caches included.
    public static func bandwidth(threadCount: Int, modelBytes: Int = .max) -> MemoryBandwidth {
        let size = min(max(modelBytes, smallestBytes), bufferBytes) / blockBytes * blockBytes
        let setting = Setting(threadCount: threadCount, bufferBytes: size)
        if let known = cache.withLock({ $0[setting] }) { return known }
        let measured = MemoryBandwidth(bytesPerSecond: measure(setting), bufferBytes: size)
        cache.withLock { $0[setting] = measured }
        return measured
    }

    private static func measure(_ setting: Setting) -> Double {
        let bufferBytes = setting.bufferBytes
        let blocks = bufferBytes / blockBytes
        // Straight from the system: the heap might keep it, and then it would count against a run's budget.
        guard let memory = AnonymousMemory(byteCount: bufferBytes) else {
            preconditionFailure("no memory for \(bufferBytes) bytes")
        }
        defer { withExtendedLifetime(memory) {} }
        let count = bufferBytes / MemoryLayout<Float>.stride
        let numbers = unsafe memory.base.bindMemory(to: Float.self, capacity: count)
        // What was never written is the system's one page of zeros.
        unsafe numbers.initialize(repeating: 0, count: count)
        let job = ReadingJob(
            blocks: unsafe FloatMatrix(base: numbers, rows: blocks, columns: count / blocks),
            sums: IndexBuffer(count: blocks))
        let pool = ThreadPool(threadCount: setting.threadCount)
        pool.run(job, blocks: blocks)
        let clock = ContinuousClock()
        let start = clock.now
        var best = Duration.seconds(1)
        // The best of several passes: a pass that somebody else disturbs says nothing about the memory.
        repeat {
            let passStart = clock.now
            pool.run(job, blocks: blocks)
            best = min(best, clock.now - passStart)
        } while clock.now - start < .milliseconds(40)
        return Double(bufferBytes) / best.inSeconds
    }

    private struct ReadingJob: ParallelJob {
        let blocks: FloatMatrix
        /// What the blocks add up to, kept so that no read can be optimised away.
        let sums: IndexBuffer

        func run(block: Int, thread: Int) {
            unsafe blocks.withRow(block) { row in
                unsafe row.withMemoryRebound(to: SIMD16<UInt32>.self) { lanes in
                    // Four streams: one alone leaves a fifth of a core's read speed unused.
                    let part = lanes.count / 4
                    var first = SIMD16<UInt32>(repeating: 0)
                    var (second, third, fourth) = (first, first, first)
                    for index in 0..<part {
                        unsafe first &+= lanes[index]
                        unsafe second &+= lanes[part + index]
                        unsafe third &+= lanes[2 * part + index]
                        unsafe fourth &+= lanes[3 * part + index]
                    }
                    let sum = (first &+ second) &+ (third &+ fourth)
                    sums[block] = Int(truncatingIfNeeded: sum.wrappedSum() & 0xFFFF)
                }
            }
        }
    }
}

extension Duration {
    /// Seconds as a real number.
    public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
