/// What stands for text that no merge spells: the tokens of its bytes, or the token for unknown text.
struct ByteFallback: Sendable {
    /// The token of each byte; negative where there is none.
    let byteTokens: [Int32]
    /// The token for unknown text, where it may stand in.
    let unknown: Int32?
    /// Whether unknown characters in a row become one token.
    var fusesUnknown = false

    /// Appends the tokens of `bytes[range]`, one character or byte.
    ///
    /// - Parameter first: where the tokens of this word begin; unknown characters fuse within a word.
    ///
    /// - Throws: `byteWithoutToken` where a byte has none and no token stands for unknown text.
    func append(
        _ bytes: [UInt8], _ range: Range<Int>, to tokens: inout [Int32], wordFrom first: Int
    ) throws(TokenizationError) {
        guard let missing = range.first(where: { byteTokens[Int(bytes[$0])] < 0 }) else {
            for position in range { tokens.append(byteTokens[Int(bytes[position])]) }
            return
        }
        guard let unknown else {
            throw TokenizationError(.byteWithoutToken(byte: bytes[missing]))
        }
        let follows = tokens.count > first && tokens.last == unknown
        if !(fusesUnknown && follows) { tokens.append(unknown) }
    }
}
