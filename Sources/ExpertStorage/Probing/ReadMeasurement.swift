/// Measures settings on a disk in turns, so that whatever disturbs the disk for a while disturbs all of them.
///
/// Every sample reads experts at random places that are not in memory.
public final class ReadMeasurement {
    /// How much of the disk's time it may take.
    public struct Limits: Sendable {
        /// Samples of a setting.
        public var rounds: Int
        /// Most bytes of a sample.
        public var sampleBytes: Int
        /// No expert of a sample is begun later.
        public var sampleNanoseconds: Int
        /// No sample starts after so many bytes of the whole measurement.
        public var totalBytes: Int
        /// No sample starts after so much time of the whole measurement.
        public var totalNanoseconds: Int

        public init(
            rounds: Int, sampleBytes: Int, sampleNanoseconds: Int, totalBytes: Int, totalNanoseconds: Int
        ) {
            self.rounds = rounds
            self.sampleBytes = sampleBytes
            self.sampleNanoseconds = sampleNanoseconds
            self.totalBytes = totalBytes
            self.totalNanoseconds = totalNanoseconds
        }
    }

    /// In a smaller file, random places are the same few again and again.
    private static let smallestFile = 16 << 20

    private let disk: any ProbedDisk
    private let expertBytes: Int
    private let limits: Limits
    private let slab: Slab
    private var generator: any RandomNumberGenerator
    private var samples: [ReadSetting: [ReadSample]] = [:]
    /// Ways that do not work here, in the order in which that was found.
    public private(set) var refusals: [ReadRefusal] = []
    /// What all samples read, and how long they took.
    private var byteCount = 0
    private var nanoseconds = 0

    /// - Parameters:
    ///   - expertBytes: of one expert, consecutive in its file.
    ///   - bytesUnderWay: the most that a setting to be measured has under way.
    /// - Throws: `noMemory`, and `tooSmall` where all files are.
    public init(
        _ disk: any ProbedDisk, expertBytes: Int, bytesUnderWay: Int, limits: Limits,
        generator: any RandomNumberGenerator
    ) throws(ExpertStorageError) {
        self.disk = disk
        self.limits = limits
        self.generator = generator
        let longest = disk.byteCounts.max() ?? 0
        guard longest >= Self.smallestFile else {
            throw ExpertStorageError(.tooSmall(found: longest, needed: Self.smallestFile))
        }
        let longestAligned = longest / ReadFiles.alignmentBytes * ReadFiles.alignmentBytes
        self.expertBytes = min(ExpertCatalog.aligned(expertBytes), longestAligned)
        slab = try Slab(byteCount: bytesUnderWay)
        // Pages that the system has not given yet would be counted as reading.
        slab.touch()
    }

    /// Takes the samples of `settings`; a way that fails once is not tried again.
    ///
    /// - Parameter isCancelled: asked before every sample.
    /// - Returns: false where it was cancelled.
    public func measure(
        _ settings: [ReadSetting], isCancelled: () -> Bool, progress: (_ done: Int, _ total: Int) -> Void
    ) -> Bool {
        let total = settings.count * limits.rounds
        for round in 0..<limits.rounds {
            for index in settings.indices {
                if isCancelled() { return false }
                if byteCount >= limits.totalBytes || nanoseconds >= limits.totalNanoseconds { return true }
                // Each round begins elsewhere, so that no setting always follows the same one.
                takeSample(settings[(index + round) % settings.count])
                progress(round * settings.count + index + 1, total)
            }
        }
        return true
    }

    /// What was measured, of `settings`, in their order.
    public func speeds(_ settings: [ReadSetting]) -> [ReadSpeed] {
        settings.compactMap { setting in samples[setting].map { ReadSpeed(setting, $0) } }
    }

    private func takeSample(_ setting: ReadSetting) {
        if refusals.contains(where: { $0.way == setting.way }) { return }
        do throws(ExpertStorageError) {
            let device = try disk.device(setting.way, depth: setting.depth)
            let experts = try coldExperts(for: setting.way)
            var reads = TimedReads(
                device: device, blockBytes: setting.blockBytes, slab: slab, experts: experts)
            let sample = try reads.run(nanoseconds: limits.sampleNanoseconds)
            samples[setting, default: []].append(sample)
            byteCount += sample.byteCount
            nanoseconds += sample.nanoseconds
        } catch {
            refusals.append(ReadRefusal(setting.way, error))
        }
    }

    /// Experts at random places for one sample.
    ///
    /// - Throws: `staysInMemory` where the page cache keeps most of what it was asked to give up.
    private func coldExperts(for way: ReadWay) throws(ExpertStorageError) -> [ExpertPiece] {
        let count = max(limits.sampleBytes / expertBytes, 1)
        let experts = (0..<count).map { _ in randomExpert() }
        guard way.fillsPageCache else { return experts }
        // One that overlaps another would be in memory when its turn comes.
        let apart = experts.indices.filter { index in
            !experts[..<index].contains {
                $0.file == experts[index].file && abs($0.offset - experts[index].offset) < expertBytes
            }
        }
        let cold = disk.makeCold(apart.map { experts[$0] })
        guard cold.count * 2 >= apart.count else { throw ExpertStorageError(.staysInMemory) }
        return cold
    }

    /// Any aligned place of any file, all equally likely.
    private func randomExpert() -> ExpertPiece {
        let unit = ReadFiles.alignmentBytes
        let places = disk.byteCounts.map { $0 >= expertBytes ? ($0 - expertBytes) / unit + 1 : 0 }
        var place = Int.random(in: 0..<places.reduce(0, +), using: &generator)
        for (file, count) in places.enumerated() {
            if place < count { return ExpertPiece(file: file, offset: place * unit, byteCount: expertBytes) }
            place -= count
        }
        preconditionFailure("place \(place) behind the last file")
    }
}
