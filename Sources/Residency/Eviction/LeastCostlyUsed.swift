/// Keeps what was used most in this text, and what the last pass used, by how soon its layer runs.
///
/// The one leaves of which uses / tokens is least, with 1 / (layers until it runs + 0.1) added where the last
/// event of its layer chose it. Counts start anew with every text. Of equals the one used longest ago leaves.
///
/// Source: MoE-APEX's "least costly used", the published form of HOBBIT (arXiv 2411.01433). What differs: all
/// experts have one precision here, so a use costs the same for all; "used in the previous pass" is judged
/// for each layer by its own last event.
package struct LeastCostlyUsed: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "lcu"
    /// What users read about it.
    package static let summary = "least used in this text leaves, sparing what the last pass used"

    private let layout: PolicyLayout
    /// Uses in this text: in the upper bits the count, in the lower 32 the event of the last use, exact for a
    /// million tokens.
    private var uses: FlatArray<Double>
    /// Residents that the last event of their layer did not choose, and those that it did.
    private var others: ExpertRanking
    private var recent: ExpertRanking
    /// What the last event of each layer chose, a list for each layer.
    private var chosen: ExpertLists
    private var layer = 0
    private var event = 0
    private var firstTick: Int?
    private var tokens = 1.0

    private static let oneUse = 0x1p32

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        uses = FlatArray(repeating: 0, count: layout.numbering.count)
        others = ExpertRanking(layout.numbering)
        recent = ExpertRanking(layout.numbering)
        chosen = ExpertLists(experts: layout.numbering.count, lists: layout.numbering.layerCount)
    }

    package mutating func begin(layer: Int, tick: Int) {
        self.layer = layer
        event += 1
        let first = firstTick ?? tick
        firstTick = first
        tokens = Double(tick - first + 1)
        var expert = chosen.oldest(layer)
        while expert >= 0 {
            let next = chosen.next(expert)
            chosen.remove(expert)
            if recent.contains(expert) {
                others.set(expert, worth: recent.worth(expert))
                recent.remove(expert)
            }
            expert = next
        }
    }

    package mutating func touch(_ expert: Int, pool: Int) {
        miss(expert, pool: pool)
        others.remove(expert)
        admit(expert, pool: pool)
    }

    package mutating func miss(_ expert: Int, pool: Int) {
        uses[expert] = uses[expert] - lastEvent(uses[expert]) + Self.oneUse + Double(event & 0xFFFF_FFFF)
    }

    /// The event in a worth.
    private func lastEvent(_ worth: Double) -> Double { Double(UInt64(worth) & 0xFFFF_FFFF) }

    package mutating func admit(_ expert: Int, pool: Int) {
        recent.set(expert, worth: uses[expert])
        if chosen.home(expert) < 0 { chosen.append(expert, to: expert >> layout.numbering.shift) }
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        let layers = layout.layers(of: pool)
        let perUse = 1 / (Self.oneUse * tokens)
        let layerCount = layout.numbering.layerCount
        let running = layer
        let other = others.least(in: layers, sparing: protection) { $1 * perUse }
        let lately = recent.least(in: layers, sparing: protection) { layer, worth in
            let wait = layer >= running ? layer - running : layer - running + layerCount
            return worth * perUse + 1 / (Double(wait) + 0.1)
        }
        let victim =
            lately.expert < 0 || other.value <= lately.value && other.expert >= 0
            ? other.expert : lately.expert
        if victim >= 0 { remove(victim, pool: pool) }
        return victim
    }

    package mutating func remove(_ expert: Int, pool: Int) {
        others.remove(expert)
        recent.remove(expert)
    }

    package mutating func beginSequence() {
        for expert in 0..<uses.count {
            uses[expert] = lastEvent(uses[expert])
            if others.contains(expert) { others.set(expert, worth: uses[expert]) }
            if recent.contains(expert) { recent.set(expert, worth: uses[expert]) }
        }
        firstTick = nil
    }
}
