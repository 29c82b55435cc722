/// Finds how a disk is best read, by reading experts from it at random places.
public struct ReadProbe {
    /// What a probe found.
    public struct Result: Sendable {
        /// Nil where no way works.
        public let choice: ReadChoice?
        /// Everything that was measured.
        public let speeds: [ReadSpeed]
        /// Ways that do not work here.
        public let refusals: [ReadRefusal]
    }

    /// Bytes of an expert where the model's are not known: common ones have 1 to 7 MB.
    public static let expertBytes = 4 << 20
    /// Block sizes of the whole table, which takes some ten seconds and reads some ten gigabytes.
    public static let tableBlockBytes = [256 << 10, 512 << 10, 1 << 20, 2 << 20]
    /// Reads at once of the whole table.
    public static let tableDepths = [1, 2, 4, 8, 16]
    /// Memory of the short probe.
    public static let shortBytesUnderWay = 32 << 20

    /// About a second and a gigabyte, which a disk of 1 GB/s uses up together; a slower one reads less.
    private static let shortLimits = ReadMeasurement.Limits(
        rounds: 3, sampleBytes: 16 << 20, sampleNanoseconds: 20_000_000, totalBytes: 1 << 30,
        totalNanoseconds: 1_000_000_000)
    /// Where even 30 seconds are not enough, the disk is too slow for the settings to matter.
    private static let tableLimits = ReadMeasurement.Limits(
        rounds: 5, sampleBytes: 16 << 20, sampleNanoseconds: 30_000_000, totalBytes: 16 << 30,
        totalNanoseconds: 30_000_000_000)

    private let disk: any ProbedDisk
    private let generator: any RandomNumberGenerator

    public init(_ disk: any ProbedDisk, generator: any RandomNumberGenerator) {
        self.disk = disk
        self.generator = generator
    }

    /// A choice in about a second: first the way, then block size and depth of that way.
    ///
    /// - Parameter bytesUnderWay: the memory that it may take; what needs more, it does not try.
    /// - Throws: `noMemory`, and `tooSmall` for files in which there are no random places.
    public func short(
        expertBytes: Int = Self.expertBytes, bytesUnderWay: Int = Self.shortBytesUnderWay
    ) throws(ExpertStorageError) -> Result {
        let bytesUnderWay = max(bytesUnderWay, Self.firstSetting(.directThreads).bytesUnderWay)
        let measurement = try ReadMeasurement(
            disk, expertBytes: expertBytes, bytesUnderWay: bytesUnderWay, limits: Self.shortLimits,
            generator: generator)
        var settings = ReadMethod.allCases.map(Self.firstSetting)
        _ = measurement.measure(settings, isCancelled: { false }, progress: { _, _ in })
        if let first = ReadChoice(measurement.speeds(settings)) {
            // Fewest bytes under way first: a slow disk, whose time is soon up, needs no more.
            let others = Self.settings(
                [.read(first.plan.method)], blockBytes: [256 << 10, 1 << 20, 2 << 20],
                depths: Self.tableDepths.filter { $0 >= ReadChoice.minimumDepth }
            ).filter { !settings.contains($0) && $0.bytesUnderWay <= bytesUnderWay }
                .sorted { $0.bytesUnderWay < $1.bytesUnderWay }
            _ = measurement.measure(others, isCancelled: { false }, progress: { _, _ in })
            settings += others
        }
        return Self.result(measurement, settings)
    }

    private static func firstSetting(_ method: ReadMethod) -> ReadSetting {
        ReadSetting(.read(method), blockBytes: 1 << 20, depth: 4)
    }

    /// Every way with every block size and depth.
    ///
    /// - Returns: nil where it was cancelled.
    /// - Throws: as `short`.
    public func table(
        expertBytes: Int = Self.expertBytes, isCancelled: () -> Bool,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws(ExpertStorageError) -> Result? {
        let settings = Self.settings(
            ReadWay.all, blockBytes: Self.tableBlockBytes, depths: Self.tableDepths)
        return try run(
            settings, expertBytes: expertBytes, limits: Self.tableLimits, isCancelled: isCancelled,
            progress: progress)
    }

    /// Settings of a caller's own, `rounds` samples of each.
    ///
    /// - Returns: nil where it was cancelled.
    /// - Throws: as `short`.
    public func measure(
        _ settings: [ReadSetting], expertBytes: Int, rounds: Int, isCancelled: () -> Bool,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws(ExpertStorageError) -> Result? {
        var limits = Self.tableLimits
        limits.rounds = rounds
        // As long as the caller wants, a sample longer than a burst of misses.
        limits.sampleBytes = 64 << 20
        limits.sampleNanoseconds = 1_000_000_000
        limits.totalBytes = .max
        limits.totalNanoseconds = .max
        return try run(
            settings, expertBytes: expertBytes, limits: limits, isCancelled: isCancelled, progress: progress)
    }

    private func run(
        _ settings: [ReadSetting], expertBytes: Int, limits: ReadMeasurement.Limits, isCancelled: () -> Bool,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws(ExpertStorageError) -> Result? {
        let measurement = try ReadMeasurement(
            disk, expertBytes: expertBytes, bytesUnderWay: settings.map(\.bytesUnderWay).max() ?? 0,
            limits: limits, generator: generator)
        guard measurement.measure(settings, isCancelled: isCancelled, progress: progress) else { return nil }
        return Self.result(measurement, settings)
    }

    /// All combinations.
    public static func settings(_ ways: [ReadWay], blockBytes: [Int], depths: [Int]) -> [ReadSetting] {
        ways.flatMap { way in
            blockBytes.flatMap { bytes in
                depths.map { ReadSetting(way, blockBytes: bytes, depth: $0) }
            }
        }
    }

    private static func result(_ measurement: ReadMeasurement, _ settings: [ReadSetting]) -> Result {
        let speeds = measurement.speeds(settings)
        return Result(choice: ReadChoice(speeds), speeds: speeds, refusals: measurement.refusals)
    }
}
