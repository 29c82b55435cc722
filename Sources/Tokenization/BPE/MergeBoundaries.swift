/// Knows between which characters no merge can ever reach, because no token holds the two side by side.
///
/// A text may be cut there without changing its tokens, which turns one word of a whole text into many short
/// ones. The answer errs to the safe side only: two pairs of characters may share a bit, and then fewer cuts
/// are found.
struct MergeBoundaries: Sendable {
    private static let hashedBits: UInt32 = 1 << 20
    /// ASCII and the stand-in for a space have bits of their own.
    private static let plainCount: UInt32 = 129
    private var words = [UInt64](
        repeating: 0, count: Int(hashedBits + plainCount * plainCount) / 64 + 1)

    /// Notes every pair of neighbours in a token.
    mutating func insert(_ scalars: [UInt32]) {
        for (left, right) in zip(scalars, scalars.dropFirst()) {
            let bit = Self.bit(left, right)
            words[bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    /// Whether a token might hold the two characters side by side.
    func canJoin(_ left: UInt32, _ right: UInt32) -> Bool {
        let bit = Self.bit(left, right)
        return words[bit >> 6] & 1 << UInt64(bit & 63) != 0
    }

    private static func bit(_ left: UInt32, _ right: UInt32) -> Int {
        if let left = plain(left), let right = plain(right) {
            return Int(hashedBits + left * plainCount + right)
        }
        let hash = (UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
        return Int((hash ^ hash >> 32) >> 20 & UInt64(hashedBits - 1))
    }

    private static func plain(_ scalar: UInt32) -> UInt32? {
        scalar < 0x80 ? scalar : scalar == EscapedSpace.scalar ? 0x80 : nil
    }
}
