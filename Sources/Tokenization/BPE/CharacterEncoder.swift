/// SentencePiece-style BPE: text is merged from its characters, spaces written as U+2581, and characters that
/// the vocabulary lacks fall back to the tokens of their bytes.
///
/// Source: Kudo and Richardson 2018, arXiv 1808.06226; the merge order by score is llama.cpp's, the order by
/// rank that of the Hugging Face tokenizers library.
struct CharacterEncoder: Sendable {
    /// When a piece of text is given a leading space.
    enum SpacePrefix: Sendable {
        case never
        /// At the start of the text and after every special token.
        case everyFragment
        /// The same, unless the piece starts with a space.
        case everyFragmentUnlessPresent
        /// At the start of the text only, unless it starts with a space.
        case firstFragmentUnlessPresent
    }

    /// How spaces are treated.
    struct Spaces: Sendable {
        var prefix: SpacePrefix
        /// Whether they are written as U+2581.
        var areEscaped: Bool
        /// Whether every escaped space starts a piece of its own.
        var startPieces: Bool
    }

    let symbols: ScalarTable
    /// Symbols from this one on are characters that occur in tokens without being one.
    let vocabularyCount: Int32
    let merges: MergeTable
    let boundaries: MergeBoundaries
    let fallback: ByteFallback
    let spaces: Spaces

    /// Appends the tokens of `bytes[range]`, well-formed UTF-8.
    ///
    /// - Throws: `byteWithoutToken`.
    func encode(
        _ bytes: [UInt8], _ range: Range<Int>, isFirst: Bool, session: inout EncodingSession
    ) throws(TokenizationError) {
        guard !range.isEmpty else { return }
        var text: [UInt8] = []
        text.reserveCapacity(range.count + range.count / 2 + 3)
        let space = spaces.areEscaped ? EscapedSpace.bytes : [0x20]
        if needsPrefix(bytes, range, isFirst) { text.append(contentsOf: space) }
        if spaces.areEscaped {
            EscapedSpace.appendEscaped(bytes[range], to: &text)
        } else {
            text.append(contentsOf: bytes[range])
        }
        var start = 0
        while start < text.count {
            let end = pieceEnd(text, from: start)
            try encodePiece(text, start..<end, &session)
            start = end
        }
    }

    private func needsPrefix(_ bytes: [UInt8], _ range: Range<Int>, _ isFirst: Bool) -> Bool {
        let startsWithSpace = bytes[range.lowerBound] == 0x20 || bytes[range].starts(with: EscapedSpace.bytes)
        switch spaces.prefix {
        case .never: return false
        case .everyFragment: return true
        case .everyFragmentUnlessPresent: return !startsWithSpace
        case .firstFragmentUnlessPresent: return isFirst && !startsWithSpace
        }
    }

    /// Up to the next place that no merge crosses.
    private func pieceEnd(_ text: [UInt8], from start: Int) -> Int {
        guard var (left, length) = UTF8Sequence.decode(text, at: start) else { return start + 1 }
        var position = start + length
        while position < text.count, let (scalar, next) = UTF8Sequence.decode(text, at: position) {
            if !boundaries.canJoin(left, scalar) && !fuses(left, scalar) { break }
            if spaces.startPieces && scalar == EscapedSpace.scalar { break }
            left = scalar
            length = next
            position += length
        }
        return position
    }

    /// Whether two characters without tokens become one unknown token.
    private func fuses(_ left: UInt32, _ right: UInt32) -> Bool {
        fallback.fusesUnknown && symbols[left] < 0 && symbols[right] < 0
    }

    private func encodePiece(
        _ text: [UInt8], _ piece: Range<Int>, _ session: inout EncodingSession
    ) throws(TokenizationError) {
        guard piece.count <= WordCache.wordBytes else { return try mergePiece(text, piece, &session) }
        let key = WordCache.Key(text, piece)
        if session.cache.append(key, to: &session.tokens) { return }
        let first = session.tokens.count
        try mergePiece(text, piece, &session)
        session.cache.insert(key, session.tokens[first...])
    }

    private func mergePiece(
        _ text: [UInt8], _ piece: Range<Int>, _ session: inout EncodingSession
    ) throws(TokenizationError) {
        let first = session.tokens.count
        session.merger.removeAll()
        var position = piece.lowerBound
        while position < piece.upperBound, let (scalar, length) = UTF8Sequence.decode(text, at: position) {
            session.merger.append(symbols[scalar], start: position - piece.lowerBound)
            position += length
        }
        session.merger.merge(by: merges)
        let starts = session.merger.starts
        for (index, token) in session.merger.ids.enumerated() {
            if token >= 0 && token < vocabularyCount {
                session.tokens.append(token)
            } else {
                let end = index + 1 < starts.count ? Int(starts[index + 1]) : piece.count
                let range = piece.lowerBound + Int(starts[index])..<piece.lowerBound + end
                try fallback.append(text, range, to: &session.tokens, wordFrom: first)
            }
        }
    }
}
