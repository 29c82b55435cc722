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
    /// Residents that the last event of their layer did not choose.
    private var others: ExpertRanking
    /// Residents that it did choose, a list for each layer: a few, which are looked through.
    private var recent: ExpertLists
    private var layer = 0
    private var event = 0
    private var firstTick: Int?
    private var tokens = 1.0

    private static let oneUse = 0x1p32

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        uses = FlatArray(repeating: 0, count: layout.numbering.count)
        others = ExpertRanking(layout.numbering)
        recent = ExpertLists(experts: layout.numbering.count, lists: layout.numbering.layerCount)
    }

    package mutating func begin(layer: Int, tick: Int) {
        self.layer = layer
        event += 1
        let first = firstTick ?? tick
        firstTick = first
        tokens = Double(tick - first + 1)
        var expert = recent.oldest(layer)
        while expert >= 0 {
            let next = recent.next(expert)
            recent.remove(expert)
            others.set(expert, worth: uses[expert])
            expert = next
        }
    }

    package mutating func touch(_ expert: Int, pool: Int) {
        miss(expert, pool: pool)
        if recent.home(expert) >= 0 { return }
        others.remove(expert)
        admit(expert, pool: pool)
    }

    package mutating func miss(_ expert: Int, pool: Int) {
        uses[expert] = uses[expert] - lastEvent(uses[expert]) + Self.oneUse + Double(event & 0xFFFF_FFFF)
    }

    /// The event in a worth.
    private func lastEvent(_ worth: Double) -> Double { Double(UInt64(worth) & 0xFFFF_FFFF) }

    package mutating func admit(_ expert: Int, pool: Int) {
        recent.append(expert, to: expert >> layout.numbering.shift)
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        let layers = layout.layers(of: pool)
        let perUse = 1 / (Self.oneUse * tokens)
        var (victim, least) = others.least(in: layers, sparing: protection) { $1 * perUse }
        for layer in layers {
            let ahead = layer - self.layer
            let wait = ahead >= 0 ? ahead : ahead + layout.numbering.layerCount
            let bonus = 1 / (Double(wait) + 0.1)
            // Whoever the layer used last is worth this at least.
            if bonus >= least { continue }
            let candidate = leastRecent(layer, sparing: protection)
            if candidate < 0 { continue }
            let value = uses[candidate] * perUse + bonus
            if value < least { (victim, least) = (candidate, value) }
        }
        if victim >= 0 { remove(victim, pool: pool) }
        return victim
    }

    /// Of what the last event of `layer` chose, the least used one that need not stay, -1 for none; of equals
    /// the one with the smallest number.
    private func leastRecent(_ layer: Int, sparing protection: borrowing Protection) -> Int {
        var least = -1
        var expert = recent.oldest(layer, sparing: protection)
        while expert >= 0 {
            if !protection.covers(expert) && (least < 0 || (uses[expert], expert) < (uses[least], least)) {
                least = expert
            }
            expert = recent.next(expert)
        }
        return least
    }

    package mutating func remove(_ expert: Int, pool: Int) {
        if recent.home(expert) >= 0 { recent.remove(expert) } else { others.remove(expert) }
    }

    package mutating func beginSequence() {
        for expert in 0..<uses.count {
            uses[expert] = lastEvent(uses[expert])
            if others.contains(expert) { others.set(expert, worth: uses[expert]) }
        }
        firstTick = nil
    }
}
