/// What one setting reached.
public struct ReadSpeed: Sendable {
    /// How it was read.
    public let setting: ReadSetting
    /// The median of the samples.
    public let bytesPerSecond: Double
    /// Samples that the median was taken of.
    public let sampleCount: Int
    /// From handing a block over to its arrival: the median.
    public let blockNanoseconds: Int
    /// From handing over the first block of an expert to the arrival of its last.
    public let expertNanoseconds: Percentiles
    /// Processor time of the process, the system's for it included, per byte. What interrupts take is not in
    /// it.
    public let processorNanosecondsPerByte: Double

    /// What half, nine tenths and 99 hundredths of the values do not exceed.
    public struct Percentiles: Sendable, Equatable {
        /// The median.
        public let p50: Int
        /// Nine tenths.
        public let p90: Int
        /// 99 hundredths.
        public let p99: Int

        /// - Precondition: `values` is not empty.
        init(_ values: [Int]) {
            let sorted = values.sorted()
            func value(_ percent: Int) -> Int { sorted[min(sorted.count * percent / 100, sorted.count - 1)] }
            (p50, p90, p99) = (value(50), value(90), value(99))
        }
    }

    /// - Precondition: there is a sample, and each has read something.
    init(_ setting: ReadSetting, _ samples: [ReadSample]) {
        self.setting = setting
        let speeds = samples.map { Double($0.byteCount) / Double(max($0.nanoseconds, 1)) * 1e9 }.sorted()
        // Of an even number the lower one: a speed that was reached.
        bytesPerSecond = speeds[(speeds.count - 1) / 2]
        sampleCount = samples.count
        blockNanoseconds = Percentiles(samples.flatMap(\.blockNanoseconds)).p50
        expertNanoseconds = Percentiles(samples.flatMap(\.expertNanoseconds))
        let byteCount = samples.reduce(0) { $0 + $1.byteCount }
        processorNanosecondsPerByte =
            Double(samples.reduce(0) { $0 + $1.processorNanoseconds }) / Double(max(byteCount, 1))
    }
}

/// A way that this machine does not go, and why.
public struct ReadRefusal: Sendable {
    /// The way.
    public let way: ReadWay
    /// Why not.
    public let error: ExpertStorageError

    public init(_ way: ReadWay, _ error: ExpertStorageError) {
        self.way = way
        self.error = error
    }
}
