/// The numbers of slots of each pool that one pass over the events answers for, smallest first.
///
/// A level is what a cache of that many slots holds and the next smaller one does not. A pool with fewer
/// different numbers than another repeats its largest as levels without a place.
package struct StackLevels: Sendable {
    /// Pools that share no slot.
    package let poolCount: Int
    /// Levels of every pool.
    package let count: Int
    /// By pool and level: slots up to and with that level.
    private let slots: [Int]

    /// - Parameter poolSlots: by cache and pool, the slots of every pool.
    package init(_ poolSlots: [[Int]]) {
        let pools = poolSlots.first?.count ?? 0
        let ofPools = (0..<pools).map { pool in Set(poolSlots.map { $0[pool] }).sorted() }
        let levels = ofPools.reduce(0) { max($0, $1.count) }
        poolCount = pools
        count = levels
        slots = ofPools.flatMap { slots in
            slots + Array(repeating: slots.last ?? 0, count: levels - slots.count)
        }
    }

    /// Slots of `pool` up to and with `level`.
    package func slots(pool: Int, level: Int) -> Int { slots[pool * count + level] }

    /// What `level` alone holds.
    package func places(pool: Int, level: Int) -> Int {
        slots(pool: pool, level: level) - (level == 0 ? 0 : slots(pool: pool, level: level - 1))
    }

    /// The level whose slots are `slots`.
    package func level(pool: Int, slots wanted: Int) -> Int? {
        (0..<count).first { slots(pool: pool, level: $0) == wanted }
    }
}

/// What an event found at each level.
package struct LevelCounts: ~Copyable {
    /// Experts that were found at each level; behind the last level those that were at none.
    package var found: FlatArray<Int32>
    /// Experts that left a cache of so many slots.
    package var left: FlatArray<Int32>
    package init(levels: Int) {
        found = FlatArray(repeating: 0, count: levels + 1)
        left = FlatArray(repeating: 0, count: levels)
    }

    /// An expert was found at `level`.
    package mutating func note(level: Int) { found[level] += 1 }

    /// Nothing was asked for yet.
    package mutating func clear() {
        for level in 0..<found.count { found[level] = 0 }
        for level in 0..<left.count { left[level] = 0 }
    }
}

/// Caches of all sizes at once, for a policy under which a larger one always holds what a smaller one does.
///
/// Whether an expert is a hit is then one number: the level at which it is found. Source: Mattson et al.
/// 1970, doi 10.1147/sj.92.0078; what differs: an event takes its experts out of all levels, what does not
/// fit a level any more goes down to the next, and only the sizes asked for are levels.
package protocol LevelStack: ~Copyable {
    /// The step with this tick begins.
    mutating func begin(tick: Int)
    /// Where `expert` (numbered through) would be found; nil where at no level.
    func level(of expert: Int, pool: Int) -> Int?
    /// The experts that a layer asks for together.
    ///
    /// - Parameters:
    ///   - pool: whose slots; `base` is the number of the layer's first expert.
    ///   - first: the number of the event's first request, counted over all events.
    mutating func answer(
        _ experts: Span<UInt16>, rowCounts: Span<UInt16>, first: Int, pool: Int, base: Int,
        into counts: inout LevelCounts)
}

extension LevelStack where Self: ~Copyable {
    /// Nothing to do.
    package mutating func begin(tick: Int) {}
}
