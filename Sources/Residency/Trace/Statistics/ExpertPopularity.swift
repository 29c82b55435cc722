/// How often each expert of a layer was chosen.
public struct ExpertPopularity: Hashable, Sendable {
    /// Times that each expert was chosen, by its index.
    public let uses: [Int]
    /// The same, most used first.
    public let ranked: [Int]
    /// All of them together; the largest number where they are more.
    public let total: Int

    /// A layer whose experts were chosen so often, by index.
    public init(uses: [Int]) {
        self.uses = uses
        ranked = uses.sorted(by: >)
        total = uses.reduce(0) { sum, uses in
            let (total, overflows) = sum.addingReportingOverflow(uses)
            return overflows ? .max : total
        }
    }

    /// Experts that were chosen at least once.
    public var usedCount: Int { ranked.prefix { $0 > 0 }.count }

    /// The share of all choices that the most used `share` of the experts take: 0.25 of 32 experts are the 8
    /// most used. A fraction of an expert counts whole. 0 for a layer without choices.
    public func choices(ofTop share: Double) -> Double {
        guard total > 0 else { return 0 }
        let count = min(max(Int((share * Double(uses.count)).rounded(.up)), 0), uses.count)
        return Self.sum(ranked.prefix(count)) / Self.sum(ranked[...])
    }

    /// Exact below 2^53, and without a largest number.
    private static func sum(_ uses: ArraySlice<Int>) -> Double { uses.reduce(0) { $0 + Double($1) } }

    /// How evenly experts are chosen: -sum p log2 p over each expert's share p of the choices. log2 of the
    /// number of experts where all are chosen alike, 0 where one takes all.
    ///
    /// Units: bits.
    public var entropyBits: Double {
        let total = Self.sum(ranked[...])
        return ranked.reduce(0) { sum, uses in
            guard uses > 0 else { return sum }
            let share = Double(uses) / total
            return sum - share * BinaryLogarithm.of(share)
        }
    }
}

/// Counts the uses of every expert.
struct PopularityCounter: ~Copyable {
    private let numbering: ExpertNumbering
    private var uses: FlatArray<Int>

    init(_ numbering: ExpertNumbering) {
        self.numbering = numbering
        uses = FlatArray(repeating: 0, count: numbering.count)
    }

    /// A token chose `experts` of `layer`.
    mutating func add(_ experts: Span<UInt16>, layer: Int) {
        let base = layer << numbering.shift
        for rank in experts.indices { uses[base | Int(experts[rank])] += 1 }
    }

    /// By layer.
    var result: [ExpertPopularity] {
        (0..<numbering.layerCount).map { layer in
            ExpertPopularity(
                uses: (0..<numbering.expertCount).map { uses[layer << numbering.shift | $0] })
        }
    }
}
