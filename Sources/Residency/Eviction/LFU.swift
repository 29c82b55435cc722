/// Keeps what was chosen most often, where a use counts half after a half-life.
///
/// Counts survive eviction, so that an expert returns with what it was worth. With weights of layers the
/// count is multiplied by its layer's weight.
///
/// Source: the combined recency and frequency of LRFU (Lee et al. 2001, doi 10.1109/TC.2001.970573) with
/// lambda = 1 / half-life; time is counted in tokens and not in accesses, so that the experts of a token
/// weigh the same. A stack algorithm, as what an expert is worth does not depend on the cache.
package struct LFU: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "lfu"
    /// What users read about it.
    package static let summary = "least often used leaves; uses fade with a half-life in tokens, as in lfu:32"
    /// Its priority can be multiplied.
    package static let takesLayerWeights = true
    /// Where the user names none.
    package static let defaultHalfLifeTokens: Double? = 32

    private let layout: PolicyLayout
    private var uses: FadingUses
    private var ranking: ExpertRanking

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        uses = FadingUses(count: layout.numbering.count, halfLifeTokens: layout.halfLifeTokens)
        ranking = ExpertRanking(layout.numbering)
    }

    package mutating func begin(layer: Int, tick: Int) {
        if let factor = uses.advance(to: tick) { ranking.scale(by: factor) }
    }

    package mutating func touch(_ expert: Int, pool: Int) {
        uses.use(expert)
        ranking.set(expert, worth: uses.scaled[expert])
    }

    package mutating func miss(_ expert: Int, pool: Int) { uses.use(expert) }

    package mutating func admit(_ expert: Int, pool: Int) {
        ranking.set(expert, worth: uses.scaled[expert])
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        let layers = layout.layers(of: pool)
        let victim =
            if let weights = layout.layerWeights {
                ranking.least(in: layers, sparing: protection) { $1 * weights[$0] }.expert
            } else {
                ranking.least(in: layers, sparing: protection) { $1 }.expert
            }
        if victim >= 0 { ranking.remove(victim) }
        return victim
    }

    package mutating func remove(_ expert: Int, pool: Int) { ranking.remove(expert) }
}
