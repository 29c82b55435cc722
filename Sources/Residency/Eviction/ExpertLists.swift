/// Doubly linked lists of experts, each expert in at most one of them.
///
/// Links are stored by the expert's number; each list has a sentinel behind the numbers. Every operation
/// takes constant time. Allocates: once.
package struct ExpertLists: ~Copyable {
    private var newer: FlatArray<Int32>
    private var older: FlatArray<Int32>
    private var homes: FlatArray<Int32>
    private var counts: FlatArray<Int32>
    private let experts: Int

    /// - Parameter experts: numbers of experts, 0..<experts.
    package init(experts: Int, lists: Int) {
        self.experts = experts
        newer = FlatArray(repeating: 0, count: experts + lists)
        older = FlatArray(repeating: 0, count: experts + lists)
        homes = FlatArray(repeating: -1, count: experts)
        counts = FlatArray(repeating: 0, count: lists)
        for node in experts..<experts + lists {
            newer[node] = Int32(node)
            older[node] = Int32(node)
        }
    }

    /// The list that holds `expert`, or -1.
    package func home(_ expert: Int) -> Int { Int(homes[expert]) }

    /// Experts in `list`.
    package func count(_ list: Int) -> Int { Int(counts[list]) }

    /// The expert at the old end of `list`, or -1.
    package func oldest(_ list: Int) -> Int { expert(newer[experts + list]) }

    /// The expert that joined the list next after `expert`, or -1 at the young end.
    package func next(_ expert: Int) -> Int { self.expert(newer[expert]) }

    private func expert(_ node: Int32) -> Int { Int(node) < experts ? Int(node) : -1 }

    /// The oldest expert of `list` that need not stay, or -1.
    package func oldest(_ list: Int, sparing protection: borrowing Protection) -> Int {
        var expert = oldest(list)
        while expert >= 0 && protection.covers(expert) { expert = next(expert) }
        return expert
    }

    /// Puts `expert`, which is in no list, at the young end of `list`.
    package mutating func append(_ expert: Int, to list: Int) {
        precondition(homes[expert] < 0, "expert \(expert) is in list \(homes[expert])")
        let sentinel = Int32(experts + list)
        let last = older[Int(sentinel)]
        older[expert] = last
        newer[expert] = sentinel
        newer[Int(last)] = Int32(expert)
        older[Int(sentinel)] = Int32(expert)
        homes[expert] = Int32(list)
        counts[list] += 1
    }

    /// Takes `expert` out of its list.
    package mutating func remove(_ expert: Int) {
        let list = Int(homes[expert])
        precondition(list >= 0, "expert \(expert) is in no list")
        let before = older[expert]
        let after = newer[expert]
        newer[Int(before)] = after
        older[Int(after)] = before
        homes[expert] = -1
        counts[list] -= 1
    }

    /// Takes `expert` out of its list and puts it at the young end of `list`.
    package mutating func move(_ expert: Int, to list: Int) {
        remove(expert)
        append(expert, to: list)
    }
}
