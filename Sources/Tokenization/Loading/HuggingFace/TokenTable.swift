import ModelFiles

/// The tokens of a `tokenizer.json` by id: those of the model, and the added ones over them.
struct TokenTable {
    private(set) var texts: [String]
    private(set) var kinds: [TokenKind]

    /// - Throws: `emptyVocabulary`, `tooManyTokens`, `idOutOfRange`, `duplicateToken` for two tokens with
    /// one id.
    init(model: BPEModelDescription, added: [AddedToken], path: String) throws(TokenizationError) {
        var count = 0
        for member in model.vocabulary {
            count = max(count, try Self.id(member.value, "model.vocab['\(member.name)']", path) + 1)
        }
        for token in added {
            count = max(
                count,
                try Self.id(.integer(Int64(token.id)), "the id of added token '\(token.text)'", path) + 1)
        }
        // Places that no token takes stay empty: they are neither found in a text nor made by merging.
        texts = Array(repeating: "", count: count)
        kinds = Array(repeating: .unused, count: count)
        for member in model.vocabulary {
            let id = try Self.id(member.value, "model.vocab", path)
            guard kinds[id] == .unused else {
                throw TokenizationError(
                    .duplicateToken(text: "\(texts[id])' and '\(member.name)", first: id, second: id),
                    path: path)
            }
            texts[id] = member.name
            kinds[id] = Self.kind(of: member.name, in: model)
        }
        for token in added {
            texts[token.id] = token.text
            let kind = token.isSpecial ? TokenKind.control : .userDefined
            kinds[token.id] = StopTokens.kind(of: token.text, listedAs: kind)
        }
    }

    private static func kind(of text: String, in model: BPEModelDescription) -> TokenKind {
        if text == model.unknownText { return .unknown }
        let isByte =
            model.hasByteFallback && text.utf8.count == 6 && text.hasPrefix("<0x") && text.hasSuffix(">")
        return isByte ? .byte : .normal
    }

    private static func id(_ json: JSONValue, _ key: String, _ path: String) throws(TokenizationError) -> Int
    {
        guard let id = json.integer else {
            throw TokenizationError(
                .wrongMetadata(key: key, found: json.kind, expected: "a token id"), path: path)
        }
        guard id >= 0, id < TokenizationLimits.tokenCount else {
            throw TokenizationError(
                .idOutOfRange(key: key, found: Int(id), vocabularySize: TokenizationLimits.tokenCount),
                path: path)
        }
        return Int(id)
    }
}
