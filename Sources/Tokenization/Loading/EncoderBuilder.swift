import ModelFiles

/// Builds the tables of the encoders from a vocabulary and its merges or scores.
struct EncoderBuilder {
    let vocabulary: Vocabulary
    let path: String

    /// A merge as files write it: "a b", or two strings.
    enum Merge {
        case joined(String)
        case pair(String, String)
    }

    // MARK: - Byte level

    func byteLevel(
        merges: [Merge], pretokenizer: Pretokenizer, ignoresMerges: Bool, unknown: TokenID?,
        addsLeadingSpace: Bool
    ) throws(TokenizationError) -> ByteLevelEncoder {
        let byteTokens = (0..<256).map { byte -> Int32 in
            guard let scalar = Unicode.Scalar(ByteAlphabet.scalars[byte]) else { return -1 }
            return vocabulary.token(withText: Array(String(scalar).utf8))?.rawValue ?? -1
        }
        var wholePieces: ByteStringIndex?
        if ignoresMerges {
            var index = ByteStringIndex(capacity: vocabulary.count)
            for token in mergeableTokens() { index.insert(vocabulary.piece(of: token), token.rawValue) }
            wholePieces = index
        }
        return ByteLevelEncoder(
            pretokenizer: pretokenizer, merges: try table(of: merges),
            fallback: ByteFallback(byteTokens: byteTokens, unknown: unknown?.rawValue),
            wholePieces: wholePieces,
            addsLeadingSpace: addsLeadingSpace)
    }

    // MARK: - Characters

    /// Merges by score: of two neighbours whose text together is a token, the token with the higher score
    /// first.
    ///
    /// - Throws: `countMismatch`, `wrongMetadata` for a score that is not a number.
    func scored(
        scores: [Double], unknown: TokenID?, spacePrefix: CharacterEncoder.SpacePrefix
    ) throws(TokenizationError) -> CharacterEncoder {
        let key = "tokenizer.ggml.scores"
        guard scores.count == vocabulary.count else {
            throw TokenizationError(
                .countMismatch(key: key, found: scores.count, expected: vocabulary.count), path: path)
        }
        if let bad = scores.firstIndex(where: \.isNaN) {
            throw TokenizationError(
                .wrongMetadata(key: "\(key)[\(bad)]", found: "nan", expected: "a number"), path: path)
        }
        // Equal scores share a rank, so that of equal merges the leftmost comes first.
        var ranks: [Double: UInt32] = [:]
        for score in Set(scores).sorted(by: >) { ranks[score] = UInt32(ranks.count) }

        let (symbols, boundaries) = characterTables(countingCharactersOfTokens: true)
        var index = ByteStringIndex(capacity: vocabulary.count)
        for token in mergeableTokens() { index.insert(vocabulary.text(of: token), token.rawValue) }
        var merges = MergeTable(capacity: vocabulary.count * 4)
        for token in mergeableTokens() {
            guard let rank = ranks[scores[Int(token.rawValue)]] else { continue }
            let text = vocabulary.text(of: token)
            var split = text.startIndex + UTF8Sequence.length(startingWith: text[text.startIndex])
            while split < text.endIndex {
                if let left = symbol(of: text[..<split], symbols, index),
                    let right = symbol(of: text[split...], symbols, index)
                {
                    merges.insert(left: left, right: right, rank: rank, merged: token.rawValue)
                }
                split += UTF8Sequence.length(startingWith: text[split])
            }
        }
        return CharacterEncoder(
            symbols: symbols, vocabularyCount: Int32(vocabulary.count), merges: merges,
            boundaries: boundaries,
            fallback: byteFallback(unknown: unknown, fuses: false),
            spaces: CharacterEncoder.Spaces(prefix: spacePrefix, areEscaped: true, startPieces: false))
    }

    /// Merges by rank, the order of the file's list.
    ///
    /// - Throws: `malformedMerge`, `unknownTokenInMerge`.
    func ranked(
        merges: [Merge], unknown: TokenID?, hasByteFallback: Bool, fusesUnknown: Bool,
        spaces: CharacterEncoder.Spaces
    ) throws(TokenizationError) -> CharacterEncoder {
        let (symbols, boundaries) = characterTables(countingCharactersOfTokens: false)
        let fallback =
            hasByteFallback
            ? byteFallback(unknown: unknown, fuses: fusesUnknown)
            : ByteFallback(
                byteTokens: Array(repeating: -1, count: 256), unknown: unknown?.rawValue,
                fusesUnknown: fusesUnknown)
        return CharacterEncoder(
            symbols: symbols, vocabularyCount: Int32(vocabulary.count), merges: try table(of: merges),
            boundaries: boundaries, fallback: fallback, spaces: spaces)
    }

    /// The symbols of single characters and the neighbours inside tokens.
    ///
    /// - Parameter countingCharactersOfTokens: whether a character that is no token but part of one is a
    ///   symbol too, numbered from
    ///   the end of the vocabulary.
    private func characterTables(
        countingCharactersOfTokens: Bool
    ) -> (symbols: ScalarTable, boundaries: MergeBoundaries) {
        var symbols = ScalarTable()
        var boundaries = MergeBoundaries()
        var longer: [[UInt32]] = []
        for token in mergeableTokens() {
            let scalars = String(decoding: vocabulary.text(of: token), as: UTF8.self).unicodeScalars.map(
                \.value)
            if scalars.count == 1 {
                symbols[scalars[0]] = token.rawValue
            } else {
                boundaries.insert(scalars)
                longer.append(scalars)
            }
        }
        guard countingCharactersOfTokens else { return (symbols, boundaries) }
        var next = Int32(vocabulary.count)
        for scalar in longer.joined() where symbols[scalar] < 0 {
            symbols[scalar] = next
            next += 1
        }
        return (symbols, boundaries)
    }

    /// The symbol of a part of a token: of its single character, or of the token that it is.
    private func symbol(of text: ArraySlice<UInt8>, _ symbols: ScalarTable, _ index: ByteStringIndex)
        -> Int32?
    {
        if text.count == UTF8Sequence.length(startingWith: text[text.startIndex]) {
            return UTF8Sequence.decode(Array(text), at: 0).map { symbols[$0.scalar] }
        }
        return index.value(of: text)
    }

    // MARK: - Shared

    /// The tokens that merging may make. Control tokens and bytes never come out of ordinary text.
    private func mergeableTokens() -> [TokenID] {
        vocabulary.tokens.filter { token in
            let kind = vocabulary.kind(of: token)
            return !kind.isControl && kind != .byte && !vocabulary.text(of: token).isEmpty
        }
    }

    private func byteFallback(unknown: TokenID?, fuses: Bool) -> ByteFallback {
        ByteFallback(
            byteTokens: (0..<256).map { vocabulary.byteToken(UInt8($0))?.rawValue ?? -1 },
            unknown: unknown?.rawValue, fusesUnknown: fuses)
    }

    private func table(of merges: [Merge]) throws(TokenizationError) -> MergeTable {
        guard merges.count <= TokenizationLimits.mergeCount else {
            throw TokenizationError(
                .countMismatch(key: "merges", found: merges.count, expected: TokenizationLimits.mergeCount),
                path: path)
        }
        var table = MergeTable(capacity: merges.count)
        for (index, merge) in merges.enumerated() {
            let (left, right) = try parts(of: merge, index)
            let merged = left + right
            table.insert(
                left: try token(left, index), right: try token(right, index), rank: UInt32(index),
                merged: try token(merged, index))
        }
        return table
    }

    private func parts(of merge: Merge, _ index: Int) throws(TokenizationError) -> ([UInt8], [UInt8]) {
        switch merge {
        case .pair(let left, let right):
            guard !left.isEmpty, !right.isEmpty else {
                throw TokenizationError(.malformedMerge(index: index, found: "\(left) \(right)"), path: path)
            }
            return (Array(left.utf8), Array(right.utf8))
        case .joined(let text):
            let bytes = Array(text.utf8)
            // A token may itself start with a space, so the first byte is never the separator.
            guard let space = bytes.dropFirst().firstIndex(of: 0x20), space + 1 < bytes.count else {
                throw TokenizationError(.malformedMerge(index: index, found: text), path: path)
            }
            return (Array(bytes[..<space]), Array(bytes[(space + 1)...]))
        }
    }

    private func token(_ text: [UInt8], _ index: Int) throws(TokenizationError) -> Int32 {
        guard let token = vocabulary.token(withText: text) else {
            throw TokenizationError(
                .unknownTokenInMerge(index: index, token: String(decoding: text, as: UTF8.self)), path: path)
        }
        return token.rawValue
    }
}
