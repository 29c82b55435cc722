import Kernels

/// Measures how fast products of quantized weights are with several numbers of threads.
///
/// Decoding reads every weight once per token, which is bound by memory; a prompt multiplies many rows, which
/// is bound by arithmetic. Both run in jobs of the size that a forward step has, so what it costs to wait for
/// threads counts. Takes about 15 seconds and `weightBytes` of memory.
public struct ThreadProbe {
    /// 1, 2, 4, ... up to the logical processors, and the default; ascending.
    public let threadCounts: [Int]
    private let weights: WeightMatrix
    private let buffer: WeightBuffer
    private let activations: FloatBuffer

    /// Several times the last-level cache of most processors.
    public static let weightBytes = 256 << 20
    private static let format = WeightFormat.q4_K
    private static let columns = 2048
    /// Of one job: 2.4 MB, like a matrix of an expert.
    private static let rowsPerJob = 2048
    private static let promptTokens = 64
    private static let rounds = 5
    /// For both products together, over all rounds and numbers of threads.
    private static let budget = Duration.seconds(12)
    /// No round starts later than this: where one job takes as long as a slice was to.
    private static let deadline = Duration.seconds(12)

    /// Allocates and writes the weights.
    public init(cores: MachineCores) {
        threadCounts = Self.counts(logical: cores.logicalCount, recommended: cores.recommendedThreads)
        let rowBytes = Self.columns / Self.format.blockElements * Self.format.blockBytes
        let rows = Self.weightBytes / rowBytes / Self.rowsPerJob * Self.rowsPerJob
        // Small positive scales and small quants: of these bytes any block is valid, in any format.
        buffer = WeightBuffer(byteCount: rows * rowBytes, repeating: 0x11)
        weights = buffer.matrix(offsetBytes: 0, format: Self.format, rows: rows, columns: Self.columns)
        activations = FloatBuffer(count: Self.promptTokens * (Self.columns + Self.rowsPerJob))
    }

    /// What is measured on a machine of `logical` processors.
    package static func counts(logical: Int, recommended: Int) -> [Int] {
        let powers = sequence(first: 1) { $0 * 2 }.prefix { $0 < logical }
        return Set(Array(powers) + [recommended, logical]).sorted()
    }

    /// The speeds in the order of `threadCounts`; nil where `interrupt` came first.
    ///
    /// - Parameter progress: called after every measurement with how many are done and how many there are.
    public func run(interrupt: CancellationFlag, progress: (Int, Int) -> Void) -> [ThreadSpeed]? {
        let slice = Self.budget / (2 * Self.rounds * threadCounts.count)
        let clock = ContinuousClock()
        let start = clock.now
        var decode = threadCounts.map { _ in [Double]() }
        var prefill = decode
        // In turns, so that whatever disturbs the machine for a while disturbs all of them.
        for round in 0..<Self.rounds where round == 0 || clock.now - start < Self.deadline {
            for (index, threads) in threadCounts.enumerated() {
                let compute = Compute(pool: ThreadPool(threadCount: threads))
                decode[index].append(rate(tokens: 1, compute, for: slice, interrupt))
                prefill[index].append(rate(tokens: Self.promptTokens, compute, for: slice, interrupt))
                if interrupt.isCancelled { return nil }
                progress(round * threadCounts.count + index + 1, Self.rounds * threadCounts.count)
            }
        }
        let bytesPerElement = Double(weights.rowBytes) / Double(Self.columns)
        return threadCounts.indices.map {
            ThreadSpeed(
                threads: threadCounts[$0], decodeBytesPerSecond: Self.median(decode[$0]) * bytesPerElement,
                prefillOperationsPerSecond: 2 * Self.median(prefill[$0]))
        }
    }

    /// Multiplications per second of products with `tokens` rows, repeated for a time.
    private func rate(
        tokens: Int, _ compute: Compute, for time: Duration, _ interrupt: CancellationFlag
    ) -> Double {
        let input = activations.matrix(rows: tokens, columns: Self.columns)
        let output = activations.matrix(
            offset: tokens * Self.columns, rows: tokens, columns: Self.rowsPerJob)
        let clock = ContinuousClock()
        // The first job starts the threads and is not counted.
        multiply(0, input, compute, into: output)
        let start = clock.now
        var jobs = 0
        repeat {
            jobs += 1
            multiply(jobs, input, compute, into: output)
        } while clock.now - start < time && !interrupt.isCancelled
        let products = Double(jobs * Self.rowsPerJob * Self.columns * tokens)
        return products / max((clock.now - start).inSeconds, 1e-9)
    }

    private func multiply(
        _ job: Int, _ input: FloatMatrix, _ compute: Compute, into output: FloatMatrix
    ) {
        let first = job * Self.rowsPerJob % weights.rows
        compute.multiply(weights.slice(rows: first..<first + Self.rowsPerJob), input, into: output)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
