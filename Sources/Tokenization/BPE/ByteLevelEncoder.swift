/// Byte-level BPE: pieces of text are merged from their bytes, so that every text can be spelled.
///
/// Source: Sennrich et al. 2016, arXiv 1508.07909 (BPE); Radford et al. 2019 (on bytes, with a split
/// pattern).
struct ByteLevelEncoder: Sendable {
    let pretokenizer: Pretokenizer
    let merges: MergeTable
    let fallback: ByteFallback
    /// Tokens by their bytes, where a piece that is a token is taken whole.
    let wholePieces: ByteStringIndex?
    /// Whether a text that does not start with a space is given one.
    let addsLeadingSpace: Bool

    /// Appends the tokens of `range` of a text.
    ///
    /// - Throws: `byteWithoutToken`.
    /// Cost: O(n log n) in the longest piece, linear in the text.
    func encode(
        _ text: ClassifiedText, _ range: Range<Int>, session: inout EncodingSession
    ) throws(TokenizationError) {
        guard !range.isEmpty else { return }
        if addsLeadingSpace, text.bytes[range.lowerBound] != 0x20 {
            let spaced = try ClassifiedText([0x20] + text.bytes[range])
            try encodePieces(spaced, 0..<spaced.count, &session)
        } else {
            try encodePieces(text, range, &session)
        }
    }

    private func encodePieces(
        _ text: ClassifiedText, _ range: Range<Int>, _ session: inout EncodingSession
    ) throws(TokenizationError) {
        var start = range.lowerBound
        for end in pretokenizer.ends(of: text, from: start, limit: range.upperBound) {
            let piece = start..<end
            start = end
            guard piece.count <= WordCache.wordBytes else {
                try encodePiece(text.bytes, piece, &session)
                continue
            }
            let key = WordCache.Key(text.bytes, piece)
            if session.cache.append(key, to: &session.tokens) { continue }
            let first = session.tokens.count
            try encodePiece(text.bytes, piece, &session)
            session.cache.insert(key, session.tokens[first...])
        }
    }

    private func encodePiece(
        _ bytes: [UInt8], _ piece: Range<Int>, _ session: inout EncodingSession
    ) throws(TokenizationError) {
        if let wholePieces, let token = wholePieces.value(of: bytes[piece]) {
            session.tokens.append(token)
            return
        }
        let first = session.tokens.count
        session.merger.removeAll()
        for position in piece {
            session.merger.append(
                fallback.byteTokens[Int(bytes[position])], start: position - piece.lowerBound)
        }
        session.merger.merge(by: merges)
        for (index, token) in session.merger.ids.enumerated() {
            if token >= 0 {
                session.tokens.append(token)
            } else {
                let position = piece.lowerBound + Int(session.merger.starts[index])
                try fallback.append(bytes, position..<position + 1, to: &session.tokens, wordFrom: first)
            }
        }
    }
}
