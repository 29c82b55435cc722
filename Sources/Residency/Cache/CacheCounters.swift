/// What a cache did, for one layer or all.
public struct CacheCounters: Hashable, Sendable, BitwiseCopyable {
    /// Experts that were asked for.
    public var requests = 0
    /// Of these, those that lay in a slot.
    public var hits = 0
    /// Of the others, those for which no slot was free or could be freed.
    public var unplaced = 0
    /// Experts that left for one that was asked for.
    public var evictions = 0

    public init() {}

    /// Requests that found no expert in a slot.
    public var misses: Int { requests - hits }

    /// Share of requests that were hits, 0...1; 0 where there were none.
    public var hitRate: Double { requests == 0 ? 0 : Double(hits) / Double(requests) }

    /// Adds what happened elsewhere.
    public static func += (sum: inout CacheCounters, other: CacheCounters) {
        sum.requests += other.requests
        sum.hits += other.hits
        sum.unplaced += other.unplaced
        sum.evictions += other.evictions
    }

    /// Takes what had happened at an earlier moment away.
    public static func -= (difference: inout CacheCounters, earlier: CacheCounters) {
        difference.requests -= earlier.requests
        difference.hits -= earlier.hits
        difference.unplaced -= earlier.unplaced
        difference.evictions -= earlier.evictions
    }
}
