/// How many of a token's experts the token before it in its text chose too, in one layer.
public struct TokenOverlap: Hashable, Sendable {
    /// Tokens with one before them in their text.
    public let pairs: Int
    /// The share of the later token's choices that the earlier one made as well.
    public let share: Double
    /// What the share would be were tokens independent and experts as popular as they are: the sum over
    /// experts of p^2, divided by the sum of p, where p is how often a token chooses the expert.
    public let byChance: Double
}

/// Compares each token with the one before it in its text.
struct OverlapCounter: ~Copyable {
    private var pairs: [Int]
    private var choices: [Int]
    private var shared: [Int]

    init(layerCount: Int) {
        pairs = Array(repeating: 0, count: layerCount)
        choices = pairs
        shared = pairs
    }

    /// A token chose `experts` of `layer`, the one before it `earlier`.
    mutating func add(_ experts: Span<UInt16>, after earlier: Span<UInt16>, layer: Int) {
        var common = 0
        for rank in experts.indices {
            for other in earlier.indices where earlier[other] == experts[rank] { common += 1 }
        }
        pairs[layer] += 1
        choices[layer] += experts.count
        shared[layer] += common
    }

    /// By layer, with the popularity and the number of all tokens.
    func result(_ popularity: [ExpertPopularity], tokens: Int) -> [TokenOverlap] {
        pairs.indices.map { layer in
            let uses = popularity[layer]
            let squares = uses.uses.reduce(0.0) { $0 + Double($1) * Double($1) }
            return TokenOverlap(
                pairs: pairs[layer],
                share: choices[layer] == 0 ? 0 : Double(shared[layer]) / Double(choices[layer]),
                byChance: uses.total == 0 ? 0 : squares / Double(tokens) / Double(uses.total))
        }
    }
}
