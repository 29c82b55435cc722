/// How long an expert of a layer waits for its next use, over all choices of the layer.
///
/// The trace counts as one text, as for a cache that lives on from text to text.
public struct ReuseDistances: Hashable, Sendable {
    /// Choices of an expert that had not been chosen before.
    public let firstUses: Int
    /// Choices by the tokens since the expert's last use, 1 for the token before: element 0 holds a distance
    /// of 1, element 1 of 2, element 2 of 3 and 4, element b of 2^(b-1) + 1 to 2^b.
    public let tokens: [Int]
    /// Choices by the experts of the layer that were chosen since the expert's last use: element d - 1 holds
    /// those with d different experts, itself among them. A token's choices come one after the other,
    /// strongest first.
    ///
    /// A cache with n slots for the layer that evicts the least recent, choice by choice, hits the sum of the
    /// first n elements.
    ///
    /// Source: Mattson et al., Evaluation techniques for storage hierarchies, IBM Systems Journal 9, 1970.
    public let experts: [Int]

    package init(firstUses: Int, tokens: [Int], experts: [Int]) {
        self.firstUses = firstUses
        self.tokens = tokens
        self.experts = experts
    }

    /// The bucket of ``tokens`` that holds `distance`, which is 1 or more.
    public static func bucket(_ distance: Int) -> Int {
        distance <= 1 ? 0 : Int.bitWidth - (distance - 1).leadingZeroBitCount
    }

    /// ``experts`` in buckets as those of ``tokens``.
    public var expertBuckets: [Int] {
        var buckets = [Int](repeating: 0, count: Self.bucket(experts.count) + 1)
        for (index, count) in experts.enumerated() { buckets[Self.bucket(index + 1)] += count }
        return buckets
    }

    /// The distances of several layers together.
    ///
    /// - Precondition: layers with equally many experts.
    public static func sum(_ layers: [ReuseDistances]) -> ReuseDistances {
        func add(_ lists: [[Int]]) -> [Int] {
            var sum = [Int](repeating: 0, count: lists.map(\.count).max() ?? 0)
            for list in lists {
                for (index, count) in list.enumerated() { sum[index] += count }
            }
            return sum
        }
        return ReuseDistances(
            firstUses: layers.reduce(0) { $0 + $1.firstUses }, tokens: add(layers.map(\.tokens)),
            experts: add(layers.map(\.experts)))
    }
}

/// Measures the distance of every choice to the one before.
///
/// Cost: the depth of the expert in its layer's list of recent ones, for a choice.
struct ReuseMeter: ~Copyable {
    private static let bucketCount = 40
    private let numbering: ExpertNumbering
    /// By expert, the token of its last use.
    private var lastToken: FlatArray<Int>
    /// By layer, its experts, the most recent first; the first `recentCount` of them were used at all.
    private var recent: FlatArray<UInt16>
    private var recentCount: FlatArray<Int>
    private var tokens: FlatArray<Int>
    private var depths: FlatArray<Int>

    init(_ numbering: ExpertNumbering) {
        self.numbering = numbering
        lastToken = FlatArray(repeating: -1, count: numbering.count)
        recent = FlatArray(repeating: 0, count: numbering.count)
        recentCount = FlatArray(repeating: 0, count: numbering.layerCount)
        tokens = FlatArray(repeating: 0, count: numbering.layerCount * Self.bucketCount)
        depths = FlatArray(repeating: 0, count: numbering.count)
    }

    /// Token number `token` chose `experts` of `layer`.
    mutating func add(_ experts: Span<UInt16>, layer: Int, token: Int) {
        let base = layer << numbering.shift
        for rank in experts.indices {
            let expert = experts[rank]
            let number = base | Int(expert)
            let last = lastToken[number]
            lastToken[number] = token
            let depth = moveToFront(expert, base: base, count: recentCount[layer])
            if last < 0 {
                recentCount[layer] += 1
            } else {
                depths[base + depth] += 1
                tokens[layer * Self.bucketCount + ReuseDistances.bucket(token - last)] += 1
            }
        }
    }

    /// Puts `expert` before the others of its layer; returns how many stood before it.
    private mutating func moveToFront(_ expert: UInt16, base: Int, count: Int) -> Int {
        var moved = expert
        for depth in 0..<count {
            let next = recent[base + depth]
            recent[base + depth] = moved
            if next == expert { return depth }
            moved = next
        }
        recent[base + count] = moved
        return count
    }

    /// By layer.
    var result: [ReuseDistances] {
        (0..<numbering.layerCount).map { layer in
            var buckets = (0..<Self.bucketCount).map { tokens[layer * Self.bucketCount + $0] }
            while buckets.last == 0 { buckets.removeLast() }
            return ReuseDistances(
                firstUses: recentCount[layer], tokens: buckets,
                experts: (0..<numbering.expertCount).map { depths[layer << numbering.shift + $0] })
        }
    }
}
