/// What a layer's experts tell of those of the next layer: how well counts of the past predict the future.
///
/// Both numbers are recalls: the share of a layer's choices that were among as many experts as a token may
/// choose, named beforehand. Only tokens before the present one were counted when it was predicted, so
/// nothing is judged on what it was fitted on.
public struct LayerAssociation: Hashable, Sendable {
    /// Choices that were predicted.
    public let choices: Int
    /// Recall of a predictor that knows the layer before: it names the experts with the largest sum of P(b|a)
    /// over the experts a that the token chose there, where P(b|a) is how often b was chosen among the tokens
    /// that chose a. Ties go to the lower index.
    public let recall: Double
    /// Recall of one that knows nothing of the token and names the experts that were chosen most.
    public let byPopularity: Double
}

/// Predicts each layer from the one before, token by token, and learns from what came.
///
/// Memory: four bytes for each pair of experts of neighbouring layers; of more than ``mostPairs`` nothing is
/// learnt. Cost: experts of a layer x experts per token, for an event.
struct AssociationMeter: ~Copyable {
    /// 256 MiB of counts: 60 layers of 1,000 experts have fewer pairs.
    private static let mostPairs = 1 << 26

    private let numbering: ExpertNumbering
    private let expertsPerToken: Int
    private let isOn: Bool
    /// By layer but the first, expert of the layer before and expert: tokens that chose both.
    private var together: FlatArray<UInt32>
    private var uses: FlatArray<UInt32>
    private var scores: [Double]
    private var best: FlatArray<Int>
    private var choices: [Int]
    private var foreseen: [Int]
    private var popular: [Int]

    init(_ shape: TraceShape) {
        numbering = shape.numbering
        expertsPerToken = shape.expertsPerToken
        let experts = numbering.expertCount
        let pairs = (numbering.layerCount - 1) * experts * experts
        isOn = pairs <= Self.mostPairs
        together = FlatArray(repeating: 0, count: isOn ? pairs : 0)
        uses = FlatArray(repeating: 0, count: numbering.layerCount * experts)
        scores = Array(repeating: 0, count: experts)
        best = FlatArray(repeating: 0, count: shape.expertsPerToken)
        choices = Array(repeating: 0, count: numbering.layerCount)
        foreseen = choices
        popular = choices
    }

    /// A token chose `experts` of `layer`, which has one before it, and `before` of that one.
    mutating func add(_ experts: Span<UInt16>, layer: Int, before: Span<UInt16>) {
        guard isOn else { return }
        let count = numbering.expertCount
        for expert in 0..<count { scores[expert] = Double(uses[layer * count + expert]) }
        popular[layer] += recalled(experts)
        for expert in 0..<count { scores[expert] = 0 }
        for rank in before.indices {
            let cause = Int(before[rank])
            let tokens = uses[(layer - 1) * count + cause]
            // Never chosen before: it tells nothing yet.
            guard tokens > 0 else { continue }
            let row = ((layer - 1) * count + cause) * count
            together.withSpan(row..<row + count) { addShares($0, of: Double(tokens), to: &scores) }
        }
        foreseen[layer] += recalled(experts)
        choices[layer] += experts.count
        for rank in before.indices {
            let row = ((layer - 1) * count + Int(before[rank])) * count
            for chosen in experts.indices { together[row + Int(experts[chosen])] += 1 }
        }
    }

    /// All layers of a token were added: `experts` is what it chose of `layer`.
    mutating func count(_ experts: Span<UInt16>, layer: Int) {
        for rank in experts.indices { uses[layer * numbering.expertCount + Int(experts[rank])] += 1 }
    }

    /// How many of `experts` are among the `expertsPerToken` with the largest scores.
    private mutating func recalled(_ experts: Span<UInt16>) -> Int {
        var filled = 0
        var least = 0.0
        for expert in 0..<numbering.expertCount {
            let score = scores[expert]
            if filled == expertsPerToken && score <= least { continue }
            var place = filled < expertsPerToken ? filled : filled - 1
            while place > 0 && scores[best[place - 1]] < score {
                best[place] = best[place - 1]
                place -= 1
            }
            best[place] = expert
            filled = min(filled + 1, expertsPerToken)
            least = scores[best[filled - 1]]
        }
        var hits = 0
        for rank in experts.indices {
            for place in 0..<filled where best[place] == Int(experts[rank]) { hits += 1 }
        }
        return hits
    }

    /// By layer, the first of which has none before it and says nothing; nothing where there are too many
    /// pairs.
    var result: [LayerAssociation?] {
        (0..<numbering.layerCount).map { layer in
            guard isOn, layer > 0 else { return nil }
            let all = Double(max(choices[layer], 1))
            return LayerAssociation(
                choices: choices[layer], recall: Double(foreseen[layer]) / all,
                byPopularity: Double(popular[layer]) / all)
        }
    }
}

/// Adds to each element of `scores` that of `counts` divided by `tokens`; equally many of both.
private func addShares(_ counts: Span<UInt32>, of tokens: Double, to scores: inout [Double]) {
    var sums = scores.mutableSpan
    precondition(counts.count == sums.count, "\(counts.count) counts for \(sums.count) sums")
    for index in counts.indices { sums[index] += Double(counts[index]) / tokens }
}
