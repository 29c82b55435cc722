/// What a predictor said, a layer earlier, that a layer would miss, and what came of it: the guesses in their
/// order, the most likely first, each right or wrong.
public struct Foresight: Sendable, Equatable {
    /// The most guesses that are told apart; those behind them are left out.
    public static let capacity = 64

    /// Guesses.
    public private(set) var count = 0
    /// By guess, the first in the lowest bit, whether the layer asked for the expert.
    private var bits: UInt64 = 0

    /// Nobody said anything.
    public init() {}

    /// So many guesses, all of them right.
    public init(right count: Int) {
        self.count = min(count, Self.capacity)
        bits = self.count == Self.capacity ? .max : (1 << UInt64(self.count)) - 1
    }

    /// Those that were right.
    public var rightCount: Int { bits.nonzeroBitCount }

    /// Whether guess `index` was right.
    public subscript(index: Int) -> Bool { bits >> UInt64(index) & 1 == 1 }

    /// One more, the least likely.
    public mutating func append(isRight: Bool) {
        guard count < Self.capacity else { return }
        if isRight { bits |= 1 << UInt64(count) }
        count += 1
    }

    /// The first `limit` of them.
    public func prefix(_ limit: Int) -> Foresight {
        if limit >= count { return self }
        var first = self
        first.count = limit
        first.bits &= (1 << UInt64(limit)) - 1
        return first
    }
}
