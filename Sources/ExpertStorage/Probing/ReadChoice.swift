/// How to read from a disk, decided by measured speeds.
public struct ReadChoice: Sendable, Equatable {
    /// How to read.
    public var plan: ReadPlan
    /// What experts at random places came with.
    public var bytesPerSecond: Double
    /// From handing a block over to its arrival, with the others under way.
    public var blockSeconds: Double

    public init(plan: ReadPlan, bytesPerSecond: Double, blockSeconds: Double) {
        self.plan = plan
        self.bytesPerSecond = bytesPerSecond
        self.blockSeconds = blockSeconds
    }

    /// What is slower by less than this is as fast: medians of a few samples are no better than that.
    static let asFast = 0.95
    /// The page cache takes memory from experts and a copy of every byte, so it has to gain this much.
    static let pageCacheGain = 1.15
    /// Guesses leave half of the reads under way to demand, and a half of one would be none.
    public static let minimumDepth = 2

    /// The choice among `speeds`: direct, unless the page cache gains much; io_uring, unless threads gain
    /// something; then the fewest bytes under way that are as fast as any.
    ///
    /// - Returns: nil where nothing was measured that experts can be read by.
    public init?(_ speeds: [ReadSpeed]) {
        var left = speeds.filter { $0.setting.depth >= Self.minimumDepth && $0.method != nil }
        let direct = left.filter { $0.method?.isDirect == true }
        if Self.best(left) < Self.pageCacheGain * Self.best(direct) { left = direct }
        let bound = Self.asFast * Self.best(left)
        left = left.filter { $0.bytesPerSecond >= bound }
        if left.contains(where: { $0.method?.usesRing == true }) {
            left = left.filter { $0.method?.usesRing == true }
        }
        let simplest = left.min {
            ($0.setting.bytesUnderWay, $0.setting.depth) < ($1.setting.bytesUnderWay, $1.setting.depth)
        }
        guard let simplest, let method = simplest.method else { return nil }
        self.init(
            plan: ReadPlan(
                method: method, blockBytes: simplest.setting.blockBytes, depth: simplest.setting.depth),
            bytesPerSecond: simplest.bytesPerSecond, blockSeconds: Double(simplest.blockNanoseconds) / 1e9)
    }

    private static func best(_ speeds: [ReadSpeed]) -> Double { speeds.map(\.bytesPerSecond).max() ?? 0 }
}

extension ReadSpeed {
    fileprivate var method: ReadMethod? {
        if case .read(let method) = setting.way { method } else { nil }
    }
}
