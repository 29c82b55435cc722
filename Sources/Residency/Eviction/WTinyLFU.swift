/// Lets a newcomer stay only where it is used more often than the one that would have to leave for it.
///
/// A window of a hundredth of the slots takes newcomers in the order of recency. Who falls out of the window
/// is compared with the least recent of the main part, and the one used less often leaves. The main part
/// keeps four fifths for experts that were chosen again there.
///
/// Source: Einziger, Friedman, Manes 2017, doi 10.1145/3149371 (W-TinyLFU), with the sizes of Caffeine. What
/// differs: uses are counted by expert instead of in a sketch, up to 15, and halved after ten uses for every
/// slot; a window of one slot holds a whole event, as the experts of an event are passed over.
package struct WTinyLFU: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "w-tinylfu"
    /// What users read about it.
    package static let summary = "a newcomer stays if it is used more often than whom it would replace"

    private enum List {
        static let window = 0
        static let probation = 1
        static let protected = 2
        static let count = 3
    }

    private static let largestCount: UInt8 = 15

    private let layout: PolicyLayout
    private var lists: ExpertLists
    private var counts: FlatArray<UInt8>
    /// Uses in each pool since its counts were halved.
    private var uses: FlatArray<Int>
    private var capacities: FlatArray<Int>

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.poolCount * List.count)
        counts = FlatArray(repeating: 0, count: layout.numbering.count)
        uses = FlatArray(repeating: 0, count: layout.poolCount)
        capacities = FlatArray(repeating: 0, count: layout.poolCount)
        for (pool, slots) in layout.poolSlots.enumerated() { capacities[pool] = slots }
    }

    private func windowCapacity(_ pool: Int) -> Int { max(capacities[pool] / 100, 1) }

    private func protectedCapacity(_ pool: Int) -> Int {
        (capacities[pool] - windowCapacity(pool)) * 4 / 5
    }

    private mutating func count(_ expert: Int, pool: Int) {
        counts[expert] = min(counts[expert] + 1, Self.largestCount)
        uses[pool] += 1
        if uses[pool] >= 10 * max(capacities[pool], 1) {
            uses[pool] = 0
            for number in layout.numbers(of: pool) { counts[number] /= 2 }
        }
    }

    package mutating func miss(_ expert: Int, pool: Int) { count(expert, pool: pool) }

    package mutating func touch(_ expert: Int, pool: Int) {
        count(expert, pool: pool)
        let first = pool * List.count
        if lists.home(expert) == first + List.window {
            lists.move(expert, to: first + List.window)
            return
        }
        lists.move(expert, to: first + List.protected)
        if lists.count(first + List.protected) > protectedCapacity(pool) {
            lists.move(lists.oldest(first + List.protected), to: first + List.probation)
        }
    }

    package mutating func admit(_ expert: Int, pool: Int) {
        let first = pool * List.count
        lists.append(expert, to: first + List.window)
        let mainCapacity = capacities[pool] - windowCapacity(pool)
        while lists.count(first + List.window) > windowCapacity(pool),
            lists.count(first + List.probation) + lists.count(first + List.protected) < mainCapacity
        {
            lists.move(lists.oldest(first + List.window), to: first + List.probation)
        }
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        let first = pool * List.count
        var leaving = lists.oldest(first + List.probation, sparing: protection)
        if leaving < 0 { leaving = lists.oldest(first + List.protected, sparing: protection) }
        let isWindowFull = lists.count(first + List.window) >= windowCapacity(pool)
        if isWindowFull || leaving < 0 {
            let newcomer = lists.oldest(first + List.window, sparing: protection)
            if newcomer >= 0 && (leaving < 0 || counts[newcomer] <= counts[leaving]) {
                leaving = newcomer
            } else if newcomer >= 0 {
                lists.move(newcomer, to: first + List.probation)
            }
        }
        if leaving >= 0 { lists.remove(leaving) }
        return leaving
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }

    package mutating func resize(pool: Int, capacity: Int) { capacities[pool] = capacity }
}
