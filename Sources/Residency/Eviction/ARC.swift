/// Balances what was used once lately against what was used more than once, by what it regrets.
///
/// Two lists of residents, chosen once and chosen again, and for each a list of those that left it. A miss on
/// one that left moves the share of the slots towards the list that it left.
///
/// Source: Megiddo and Modha, FAST 2003 (ARC); the policy inside Fate's deep layers (arXiv 2502.12224). What
/// differs: experts of the same event are passed over, and where one list holds no other the other list gives
/// the victim.
package struct ARC: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "arc"
    /// What users read about it.
    package static let summary = "adapts between recency and frequency by what it evicted too early"

    private enum List {
        static let once = 0
        static let again = 1
        static let leftOnce = 2
        static let leftAgain = 3
        static let count = 4
    }

    private var lists: ExpertLists
    /// Slots of each pool that the list of those chosen once should have.
    private var targets: FlatArray<Double>
    private var capacities: FlatArray<Int>

    package init(_ layout: PolicyLayout) {
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.poolCount * List.count)
        targets = FlatArray(repeating: 0, count: layout.poolCount)
        capacities = FlatArray(repeating: 0, count: layout.poolCount)
        for (pool, slots) in layout.poolSlots.enumerated() { capacities[pool] = slots }
    }

    package mutating func touch(_ expert: Int, pool: Int) {
        lists.move(expert, to: pool * List.count + List.again)
    }

    package mutating func miss(_ expert: Int, pool: Int) {
        let first = pool * List.count
        let leftOnce = Double(lists.count(first + List.leftOnce))
        let leftAgain = Double(lists.count(first + List.leftAgain))
        switch lists.home(expert) - first {
        case List.leftOnce:
            targets[pool] = min(targets[pool] + max(leftAgain / leftOnce, 1), Double(capacities[pool]))
        case List.leftAgain:
            targets[pool] = max(targets[pool] - max(leftOnce / leftAgain, 1), 0)
        default: break
        }
    }

    package mutating func admit(_ expert: Int, pool: Int) {
        let first = pool * List.count
        if lists.home(expert) >= 0 {
            lists.move(expert, to: first + List.again)
        } else {
            lists.append(expert, to: first + List.once)
        }
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        let first = pool * List.count
        let once = lists.count(first + List.once)
        let home = expert < 0 ? -1 : lists.home(expert)
        if home < 0 {
            let leftOnce = lists.count(first + List.leftOnce)
            let others = lists.count(first + List.again) + lists.count(first + List.leftAgain)
            if once + leftOnce >= capacities[pool] {
                if leftOnce == 0 { return take(from: first + List.once, sparing: protection) }
                forgetOldest(first + List.leftOnce)
            } else if once + leftOnce + others >= 2 * capacities[pool] {
                forgetOldest(first + List.leftAgain)
            }
        }
        let isBack = home == first + List.leftAgain
        let target = targets[pool]
        let takesOnce = once > 0 && (Double(once) > target || isBack && Double(once) == target)
        let order = takesOnce ? (List.once, List.again) : (List.again, List.once)
        let victim = take(from: first + order.0, sparing: protection)
        if victim >= 0 {
            lists.append(victim, to: first + order.0 + 2)
            return victim
        }
        let other = take(from: first + order.1, sparing: protection)
        if other >= 0 { lists.append(other, to: first + order.1 + 2) }
        return other
    }

    private mutating func take(from list: Int, sparing protection: borrowing Protection) -> Int {
        let expert = lists.oldest(list, sparing: protection)
        if expert >= 0 { lists.remove(expert) }
        return expert
    }

    private mutating func forgetOldest(_ list: Int) {
        let expert = lists.oldest(list)
        if expert >= 0 { lists.remove(expert) }
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }

    package mutating func resize(pool: Int, capacity: Int) {
        capacities[pool] = capacity
        targets[pool] = min(targets[pool], Double(capacity))
    }
}
