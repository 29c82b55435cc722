/// Lets experts leave that were not chosen in this forward pass, from the first layer on, before any that
/// were.
///
/// Layers run in order, so of the stale experts those of the lowest layer wait longest for their next chance.
/// Within a layer the one chosen longest ago leaves. A forward pass is a tick.
///
/// Source: SpecMD, arXiv 2602.03921 (2026). The paper keeps two queues, stale and current, in the order of
/// layers; we keep one list for each layer and read from its old end whether it is stale. In slots of one
/// layer this is LRU.
package struct LeastStale: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "least-stale"
    /// What users read about it.
    package static let summary = "not used in this pass leaves first, lowest layer first"

    private let layout: PolicyLayout
    /// One list for each layer.
    private var lists: ExpertLists
    private var lastTick: FlatArray<Int>
    private var tick = 0

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.numbering.layerCount)
        lastTick = FlatArray(repeating: 0, count: layout.numbering.count)
    }

    package mutating func begin(layer: Int, tick: Int) { self.tick = tick }

    package mutating func touch(_ expert: Int, pool: Int) {
        lists.remove(expert)
        admit(expert, pool: pool)
    }

    package mutating func admit(_ expert: Int, pool: Int) {
        lists.append(expert, to: expert >> layout.numbering.shift)
        lastTick[expert] = tick
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        var victim = -1
        for layer in layout.layers(of: pool) {
            let candidate = lists.oldest(layer, sparing: protection)
            guard candidate >= 0 else { continue }
            if victim < 0 { victim = candidate }
            if lastTick[candidate] < tick {
                victim = candidate
                break
            }
        }
        if victim >= 0 { lists.remove(victim) }
        return victim
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }
}
