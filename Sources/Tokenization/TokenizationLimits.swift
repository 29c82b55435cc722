/// The largest values that a tokenizer's description may have.
enum TokenizationLimits {
    /// Published vocabularies end near 262,000 tokens; this leaves room and keeps the tables under a
    /// gigabyte.
    static let tokenCount = 4_000_000
    /// Published merge lists end near 600,000.
    static let mergeCount = 8_000_000
    /// Bytes of one token. The longest published ones (runs of spaces, dashes) have about 1,000.
    static let tokenBytes = 65_536
    /// Bytes of a text to encode: positions are kept in 32 bits.
    static let textBytes = Int(Int32.max) / 4
}
