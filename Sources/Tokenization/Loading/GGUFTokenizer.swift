import ModelFiles

/// Builds a tokenizer from the `tokenizer.*` keys of a GGUF file.
///
/// Source: the GGUF specification, section on tokenizer metadata; defaults and flags as in llama.cpp's
/// vocabulary loader.
struct GGUFTokenizer {
    private let metadata: TokenizerMetadata
    private let forcedPretokenizer: String?

    init(_ metadata: Metadata, forcing pretokenizer: String?) {
        self.metadata = TokenizerMetadata(metadata)
        forcedPretokenizer = pretokenizer
    }

    func load() throws(TokenizationError) -> Tokenizer {
        let key = "tokenizer.ggml.model"
        guard let model = try metadata.string(key) else {
            throw TokenizationError(.missingTokenizer(expected: "the key \(key)"), path: metadata.path)
        }
        switch model {
        case "gpt2": return try loadByteLevel()
        case "llama": return try loadScored()
        default: throw TokenizationError(.unsupportedModel(name: model), path: metadata.path)
        }
    }

    // MARK: - Models

    private func loadByteLevel() throws(TokenizationError) -> Tokenizer {
        let pretokenizer = try pretokenizer()
        let vocabulary = try vocabulary(.bytes)
        let key = "tokenizer.ggml.merges"
        let merges = try metadata.required(key, try metadata.strings(key))
        let rules = try rules(vocabulary, addsBOS: pretokenizer.addsBOS, hasDefaultIDs: false)
        let encoder = try EncoderBuilder(vocabulary: vocabulary, path: metadata.path).byteLevel(
            merges: merges.map { .joined($0) }, pretokenizer: pretokenizer,
            ignoresMerges: pretokenizer.ignoresMerges,
            unknown: nil, addsLeadingSpace: false)
        return try tokenizer(vocabulary, .byteLevel(encoder), rules, stripsLeadingSpace: false)
    }

    private func loadScored() throws(TokenizationError) -> Tokenizer {
        if let forcedPretokenizer {
            throw TokenizationError(.pretokenizerWithoutUse(name: forcedPretokenizer), path: metadata.path)
        }
        let vocabulary = try vocabulary(.characters)
        let key = "tokenizer.ggml.scores"
        let scores = try metadata.required(key, try metadata.reals(key))
        let rules = try rules(vocabulary, addsBOS: true, hasDefaultIDs: true)
        let addsPrefix = try metadata.boolean("tokenizer.ggml.add_space_prefix") ?? true
        let encoder = try EncoderBuilder(vocabulary: vocabulary, path: metadata.path).scored(
            scores: scores, unknown: rules.unknown, spacePrefix: addsPrefix ? .everyFragment : .never)
        return try tokenizer(vocabulary, .characters(encoder), rules, stripsLeadingSpace: addsPrefix)
    }

    private func tokenizer(
        _ vocabulary: Vocabulary, _ algorithm: Tokenizer.Algorithm, _ rules: SequenceRules,
        stripsLeadingSpace: Bool
    ) throws(TokenizationError) -> Tokenizer {
        Tokenizer(
            vocabulary: vocabulary, algorithm: algorithm, rules: rules,
            specialTokens: SpecialTokenMatcher(try patterns(vocabulary)),
            stripsLeadingSpace: stripsLeadingSpace,
            chatTemplate: try metadata.string("tokenizer.chat_template"), path: metadata.path)
    }

    // MARK: - Parts

    private func pretokenizer() throws(TokenizationError) -> Pretokenizer {
        let named = try metadata.string("tokenizer.ggml.pre")
        guard let name = forcedPretokenizer ?? named, !name.isEmpty else {
            throw TokenizationError(.missingPretokenizer, path: metadata.path)
        }
        return try PretokenizerRegistry.pretokenizer(named: name, path: metadata.path)
    }

    private func vocabulary(_ spelling: Vocabulary.Spelling) throws(TokenizationError) -> Vocabulary {
        let key = "tokenizer.ggml.tokens"
        let texts = try metadata.required(key, try metadata.strings(key))
        return try Vocabulary(
            texts: texts, kinds: try kinds(of: texts), spelling: spelling, path: metadata.path)
    }

    private func kinds(of texts: [String]) throws(TokenizationError) -> [TokenKind] {
        let key = "tokenizer.ggml.token_type"
        guard let raw = try metadata.integers(key) else {
            return Array(repeating: .normal, count: texts.count)
        }
        guard raw.count == texts.count else {
            throw TokenizationError(
                .countMismatch(key: key, found: raw.count, expected: texts.count), path: metadata.path)
        }
        var kinds: [TokenKind] = []
        kinds.reserveCapacity(raw.count)
        for (id, value) in raw.enumerated() {
            guard let kind = TokenKind(fileValue: value) else {
                throw TokenizationError(
                    .wrongMetadata(
                        key: "\(key)[\(id)]", found: "\(value)", expected: "a token type from 0 to 6"),
                    path: metadata.path)
            }
            kinds.append(StopTokens.kind(of: texts[id], listedAs: kind))
        }
        return kinds
    }

    /// - Parameter hasDefaultIDs: whether BOS, EOS and unknown are 1, 2 and 0 where the file does not say.
    private func rules(
        _ vocabulary: Vocabulary, addsBOS: Bool, hasDefaultIDs: Bool
    ) throws(TokenizationError) -> SequenceRules {
        func standard(_ id: Int32) -> TokenID? {
            hasDefaultIDs && vocabulary.contains(TokenID(id)) ? TokenID(id) : nil
        }
        var rules = SequenceRules()
        rules.bos = try metadata.id("bos", in: vocabulary) ?? standard(1)
        rules.eos = try metadata.id("eos", in: vocabulary) ?? standard(2)
        rules.unknown = try metadata.id("unknown", in: vocabulary) ?? standard(0)
        // Not used, but wrong ids are found at load.
        _ = try metadata.id("padding", in: vocabulary)
        rules.addsBOS = try metadata.boolean("tokenizer.ggml.add_bos_token") ?? addsBOS
        rules.addsEOS = try metadata.boolean("tokenizer.ggml.add_eos_token") ?? false
        if rules.addsBOS { _ = try metadata.required("tokenizer.ggml.bos_token_id", rules.bos) }
        if rules.addsEOS { _ = try metadata.required("tokenizer.ggml.eos_token_id", rules.eos) }
        rules.endOfGeneration = StopTokens.found(in: vocabulary)
        let named = [
            rules.eos, try metadata.id("eot", in: vocabulary), try metadata.id("eom", in: vocabulary),
        ]
        rules.endOfGeneration.formUnion(named.compactMap(\.self))
        return rules
    }

    /// The tokens that are cut out of a text as wholes.
    private func patterns(_ vocabulary: Vocabulary) throws(TokenizationError) -> [SpecialTokenMatcher.Pattern]
    {
        // Phi-3's tokens swallow the white space after them; GGUF has no key for that, so llama.cpp goes by
        // the name as well.
        let name = try metadata.string("general.name")?.lowercased() ?? ""
        let isPhi3 = name.contains("phi-3") || name.contains("phi3")
        return vocabulary.tokens.compactMap { token in
            let kind = vocabulary.kind(of: token)
            guard kind.isMatchedWhole, !vocabulary.text(of: token).isEmpty else { return nil }
            let text = Array(vocabulary.text(of: token))
            let keepsSpace = ["<unk>", "<s>", "<|endoftext|>"].contains { text.elementsEqual($0.utf8) }
            return SpecialTokenMatcher.Pattern(
                token: token, text: text, isControl: kind.isControl, takesSpaceAfter: isPhi3 && !keepsSpace)
        }
    }
}
