extension Tokenizer {
    /// The pieces into which a pre-tokenizer cuts a text: what its bytes are merged within.
    ///
    /// - Throws: `unknownPretokenizer`, `invalidUTF8`.
    package static func pieces(
        of bytes: [UInt8], cutBy pretokenizer: String
    ) throws(TokenizationError) -> [ArraySlice<UInt8>] {
        let pretokenizer = try PretokenizerRegistry.pretokenizer(named: pretokenizer, path: "")
        let text = try ClassifiedText(bytes)
        var start = 0
        return pretokenizer.ends(of: text, from: 0, limit: text.count).map { end in
            defer { start = end }
            return bytes[start..<end]
        }
    }
}
