/// The number of a token in a model's vocabulary.
///
/// A struct of its own, so that a token cannot be passed where a position, an expert or a count is meant.
public struct TokenID: Hashable, Comparable, Sendable {
    /// 0 up to, not including, the vocabulary's size.
    public let rawValue: Int32

    /// Wraps the number of a token.
    @inlinable
    public init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Orders by number.
    @inlinable
    public static func < (left: TokenID, right: TokenID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension TokenID: CustomStringConvertible {
    /// The number alone.
    public var description: String { "\(rawValue)" }
}
