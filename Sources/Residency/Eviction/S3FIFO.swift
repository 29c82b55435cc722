/// A small queue for newcomers in front of a large one: what is not chosen twice while it is in the small
/// queue leaves soon.
///
/// A tenth of the slots is for newcomers. One that was chosen at least twice more goes on to the large queue,
/// the others leave and are remembered for as long as the large queue is; who is missed while remembered goes
/// straight to the large queue. There the oldest leaves unless it was chosen, which sends it round once more,
/// up to three times.
///
/// Source: Yang et al., SOSP 2023 (S3-FIFO), doi 10.1145/3600006.3613147. What differs: experts of the same
/// event are passed over and keep their place.
package struct S3FIFO: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "s3-fifo"
    /// What users read about it.
    package static let summary = "first in, first out, with a small queue that tries newcomers"

    private enum List {
        static let small = 0
        static let main = 1
        static let remembered = 2
        static let count = 3
    }

    private static let largestCount: UInt8 = 3
    /// Uses after the first that carry a newcomer into the large queue.
    private static let promotingCount: UInt8 = 2

    private var lists: ExpertLists
    private var counts: FlatArray<UInt8>
    private var capacities: FlatArray<Int>

    package init(_ layout: PolicyLayout) {
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.poolCount * List.count)
        counts = FlatArray(repeating: 0, count: layout.numbering.count)
        capacities = FlatArray(repeating: 0, count: layout.poolCount)
        for (pool, slots) in layout.poolSlots.enumerated() { capacities[pool] = slots }
    }

    private func smallCapacity(_ pool: Int) -> Int { max(capacities[pool] / 10, 1) }

    package mutating func touch(_ expert: Int, pool: Int) {
        counts[expert] = min(counts[expert] + 1, Self.largestCount)
    }

    package mutating func admit(_ expert: Int, pool: Int) {
        counts[expert] = 0
        let first = pool * List.count
        if lists.home(expert) >= 0 {
            lists.move(expert, to: first + List.main)
        } else {
            lists.append(expert, to: first + List.small)
        }
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        if lists.count(pool * List.count + List.small) >= smallCapacity(pool) {
            let victim = evictFromSmall(pool, sparing: protection)
            return victim >= 0 ? victim : evictFromMain(pool, sparing: protection)
        }
        let victim = evictFromMain(pool, sparing: protection)
        return victim >= 0 ? victim : evictFromSmall(pool, sparing: protection)
    }

    private mutating func evictFromSmall(_ pool: Int, sparing protection: borrowing Protection) -> Int {
        let first = pool * List.count
        let mainCapacity = capacities[pool] - smallCapacity(pool)
        var expert = lists.oldest(first + List.small, sparing: protection)
        while expert >= 0 {
            if counts[expert] < Self.promotingCount {
                lists.remove(expert)
                remember(expert, pool: pool)
                return expert
            }
            counts[expert] = 0
            lists.move(expert, to: first + List.main)
            if lists.count(first + List.main) > mainCapacity {
                let victim = evictFromMain(pool, sparing: protection)
                if victim >= 0 { return victim }
            }
            expert = lists.oldest(first + List.small, sparing: protection)
        }
        return -1
    }

    private mutating func evictFromMain(_ pool: Int, sparing protection: borrowing Protection) -> Int {
        let main = pool * List.count + List.main
        // Ends: every round takes one from the count of an expert.
        while true {
            let expert = lists.oldest(main, sparing: protection)
            if expert < 0 { return -1 }
            if counts[expert] == 0 {
                lists.remove(expert)
                return expert
            }
            counts[expert] -= 1
            lists.move(expert, to: main)
        }
    }

    private mutating func remember(_ expert: Int, pool: Int) {
        let remembered = pool * List.count + List.remembered
        lists.append(expert, to: remembered)
        while lists.count(remembered) > capacities[pool] - smallCapacity(pool) {
            lists.remove(lists.oldest(remembered))
        }
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }

    package mutating func resize(pool: Int, capacity: Int) { capacities[pool] = capacity }
}
