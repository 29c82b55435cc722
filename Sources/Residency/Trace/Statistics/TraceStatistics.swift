/// What a trace says of a model's routing: how skewed, how repetitive, how predictable.
///
/// Plain arithmetic in one pass over the choices, and one over each column of candidates. Lists by layer are
/// in the order of ``TraceShape``.
public struct TraceStatistics: Hashable, Sendable {
    /// The model's sizes.
    public let shape: TraceShape
    /// Tokens by phase and text.
    public let counts: TokenCounts
    /// By layer, how often each expert was chosen.
    public let popularity: [ExpertPopularity]
    /// By layer, how long experts wait for their next use.
    public let reuse: [ReuseDistances]
    /// By length of the window, shortest first.
    public let demand: [WindowDemand]
    /// By layer, what a token's choices have in common with those of the token before.
    public let overlap: [TokenOverlap]
    /// By layer, what the layer before tells of its choices; nil for the first.
    public let association: [LayerAssociation?]
    /// By column of candidates, how often predictors were right.
    public let recall: [CandidateRecall]

    /// Cost: for an event of k choices, k x experts of a layer; 2.5 s for a
    /// million events of 8 of 128 experts.
    /// Memory: four bytes for each pair of experts of neighbouring layers.
    public init(_ trace: RoutingTrace) {
        shape = trace.shape
        var pass = StatisticsPass(trace)
        trace.withChoices { pass.run($0) }
        counts = pass.counts
        popularity = pass.popularity.result
        reuse = pass.reuse.result
        demand = pass.windows.finish()
        overlap = pass.overlap.result(popularity, tokens: counts.tokens)
        association = pass.association.result
        recall = CandidateRecall.all(trace)
    }
}

/// The pass: hands every choice to what counts it.
private struct StatisticsPass: ~Copyable {
    var counts = TokenCounts()
    var popularity: PopularityCounter
    var reuse: ReuseMeter
    var windows: WindowCounter
    var overlap: OverlapCounter
    var association: AssociationMeter
    private let rows: [TraceRow]
    private let layerCount: Int
    private let expertsPerToken: Int

    init(_ trace: RoutingTrace) {
        let numbering = trace.shape.numbering
        rows = trace.rows
        layerCount = numbering.layerCount
        expertsPerToken = trace.shape.expertsPerToken
        popularity = PopularityCounter(numbering)
        reuse = ReuseMeter(numbering)
        windows = WindowCounter(numbering)
        overlap = OverlapCounter(layerCount: layerCount)
        association = AssociationMeter(trace.shape)
    }

    mutating func run(_ choices: Span<UInt16>) {
        /// By text, its place among the counts and its last row.
        var texts: [UInt32: (place: Int, row: Int)] = [:]
        var width = 0
        for row in rows.indices {
            let text = texts[rows[row].sequence] ?? (counts.sequences.count, -1)
            texts[rows[row].sequence] = (text.place, row)
            if text.row < 0 { counts.sequences.append(.init(number: rows[row].sequence, tokens: 0)) }
            counts.sequences[text.place].tokens += 1
            if rows[row].phase == .prefill { counts.prefill += 1 } else { counts.decode += 1 }
            let isNewStep = row == 0 || rows[row].step != rows[row - 1].step
            width = isNewStep ? 1 : width + 1
            counts.steps += isNewStep ? 1 : 0
            counts.widestStep = max(counts.widestStep, width)
            add(choices, row: row, earlier: text.row)
        }
        counts.tokens = rows.count
    }

    /// The row, and the row of the token before it in its text, negative where there is none.
    private mutating func add(_ choices: Span<UInt16>, row: Int, earlier: Int) {
        for layer in 0..<layerCount {
            let experts = choices.extracting(chosen(choices, row, layer))
            counts.choices += experts.count
            popularity.add(experts, layer: layer)
            reuse.add(experts, layer: layer, token: row)
            windows.add(experts, layer: layer, token: row)
            if earlier >= 0 {
                let others = choices.extracting(chosen(choices, earlier, layer))
                overlap.add(experts, after: others, layer: layer)
            }
            if layer > 0 {
                let before = choices.extracting(chosen(choices, row, layer - 1))
                association.add(experts, layer: layer, before: before)
            }
        }
        for layer in 0..<layerCount {
            association.count(choices.extracting(chosen(choices, row, layer)), layer: layer)
        }
        windows.endToken()
    }

    /// Where the choices of `row` in `layer` lie, without the places that stand for none.
    private func chosen(_ choices: Span<UInt16>, _ row: Int, _ layer: Int) -> Range<Int> {
        let start = (row * layerCount + layer) * expertsPerToken
        var count = expertsPerToken
        while count > 0 && choices[start + count - 1] == RoutingTrace.noExpert { count -= 1 }
        return start..<start + count
    }
}
