/// One queue and a hand that passes from the oldest to the youngest: what was chosen since the hand last
/// passed stays where it is, the first that was not leaves.
///
/// Source: Zhang et al., NSDI 2024 (SIEVE). What differs: the hand steps over experts of the same event and
/// leaves their mark.
package struct Sieve: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "sieve"
    /// What users read about it.
    package static let summary = "first in, first out, sparing what was used since a hand last passed"

    private var lists: ExpertLists
    private var isVisited: FlatArray<Bool>
    /// Where the hand of each pool stands: the next expert to look at, -1 for the oldest.
    private var hands: FlatArray<Int>

    package init(_ layout: PolicyLayout) {
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.poolCount)
        isVisited = FlatArray(repeating: false, count: layout.numbering.count)
        hands = FlatArray(repeating: -1, count: layout.poolCount)
    }

    package mutating func touch(_ expert: Int, pool: Int) { isVisited[expert] = true }

    package mutating func admit(_ expert: Int, pool: Int) {
        isVisited[expert] = false
        lists.append(expert, to: pool)
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        // After two rounds every mark that may be taken is gone.
        for _ in 0..<2 * lists.count(pool) {
            let hand = hands[pool]
            let candidate = hand >= 0 ? hand : lists.oldest(pool)
            hands[pool] = lists.next(candidate)
            if protection.covers(candidate) { continue }
            if isVisited[candidate] {
                isVisited[candidate] = false
            } else {
                lists.remove(candidate)
                return candidate
            }
        }
        return -1
    }

    package mutating func remove(_ expert: Int, pool: Int) {
        if hands[pool] == expert { hands[pool] = lists.next(expert) }
        lists.remove(expert)
    }
}
