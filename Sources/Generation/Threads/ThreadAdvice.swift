/// What one number of threads reached.
public struct ThreadSpeed: Sendable, Equatable {
    public let threads: Int
    /// Weights read per second by matrix-vector products.
    public let decodeBytesPerSecond: Double
    /// Multiplications and additions per second of matrix-matrix products.
    public let prefillOperationsPerSecond: Double

    /// As measured.
    public init(threads: Int, decodeBytesPerSecond: Double, prefillOperationsPerSecond: Double) {
        self.threads = threads
        self.decodeBytesPerSecond = decodeBytesPerSecond
        self.prefillOperationsPerSecond = prefillOperationsPerSecond
    }
}

/// How many threads measured speeds recommend, for generating and for the prompt.
public struct ThreadAdvice: Sendable {
    /// Ascending in threads.
    public let speeds: [ThreadSpeed]
    /// What a run has without `--threads`.
    public let defaultThreads: Int
    /// The fewest threads that generate as fast as any.
    public let decodeThreads: Int
    /// The fewest threads that read a prompt as fast as any.
    public let prefillThreads: Int

    /// Fewer threads leave cores to others; what more of them gain has to be above the noise.
    private static let asFast = 0.97

    /// - Precondition: `speeds` is ascending in threads and not empty.
    public init(speeds: [ThreadSpeed], defaultThreads: Int) {
        precondition(!speeds.isEmpty, "advice without a measurement")
        self.speeds = speeds
        self.defaultThreads = defaultThreads
        decodeThreads = Self.fewest(speeds, \.decodeBytesPerSecond)
        prefillThreads = Self.fewest(speeds, \.prefillOperationsPerSecond)
    }

    private static func fewest(_ speeds: [ThreadSpeed], _ value: (ThreadSpeed) -> Double) -> Int {
        let best = speeds.map(value).max() ?? 0
        return speeds.first { value($0) >= asFast * best }?.threads ?? 1
    }

    /// `--threads 2: decode is fastest with 2; 4 threads lose 12 %`, and the same of the prompt where that
    /// wants another number.
    public var lines: [String] {
        let decode = line("--threads", "decode", decodeThreads, \.decodeBytesPerSecond)
        if prefillThreads == decodeThreads { return [decode] }
        return [
            decode, line("--threads-batch", "the prompt", prefillThreads, \.prefillOperationsPerSecond),
        ]
    }

    private func line(
        _ option: String, _ what: String, _ threads: Int, _ value: (ThreadSpeed) -> Double
    ) -> String {
        let best = speeds.first { $0.threads == threads }.map(value) ?? 0
        // The neighbours on both sides, where others would look.
        let neighbours = [speeds.last { $0.threads < threads }, speeds.first { $0.threads > threads }]
        let effects = neighbours.compactMap(\.self).map { Self.effect($0.threads, value($0) / best) }
        let isDefault = threads == defaultThreads ? " (the default)" : ""
        return (["\(option) \(threads)\(isDefault): \(what) is fastest with \(threads)"] + effects)
            .joined(separator: "; ")
    }

    /// What `threads` threads do at `share` of the best speed.
    private static func effect(_ threads: Int, _ share: Double) -> String {
        let percent = Int((100 * (1 - share)).rounded())
        let (name, loses, gain) =
            threads == 1
            ? ("1 thread", "loses", "is no faster") : ("\(threads) threads", "lose", "are no faster")
        return percent > 0 ? "\(name) \(loses) \(percent) %" : "\(name) \(gain)"
    }
}
