import ModelFiles

/// Builds a tokenizer from `tokenizer.json` and the files beside it in a Hugging Face folder.
///
/// Source: the format of the Hugging Face tokenizers library, version 0.2x ("1.0" in the file).
struct HuggingFaceTokenizer {
    private let folder: TokenizerFolder
    private let forcedPretokenizer: String?

    init(_ folder: TokenizerFolder, forcing pretokenizer: String?) {
        self.folder = folder
        forcedPretokenizer = pretokenizer
    }

    func load() throws(TokenizationError) -> Tokenizer {
        let root = try folder.description()
        let path = folder.path(of: TokenizerFolder.descriptionName)
        let model = try BPEModelDescription(root["model"] ?? .null, path: path)
        let added = try AddedToken.all(in: root["added_tokens"] ?? .null, path: path)
        let cutting = try CuttingDescription(root["pre_tokenizer"] ?? .null, path: path)
        let normalizing = try NormalizingDescription(root["normalizer"] ?? .null, path: path)
        let surroundings = try SurroundingsDescription(root["post_processor"] ?? .null, path: path)
        let isByteLevel = cutting.isByteLevel || root["decoder"]?["type"]?.string == "ByteLevel"

        let table = try TokenTable(model: model, added: added, path: path)
        let vocabulary = try Vocabulary(
            texts: table.texts, kinds: table.kinds, spelling: isByteLevel ? .bytes : .characters, path: path)
        let unknown = model.unknownText.flatMap { vocabulary.token(withText: Array($0.utf8)) }
        let builder = EncoderBuilder(vocabulary: vocabulary, path: path)
        let algorithm: Tokenizer.Algorithm
        if isByteLevel {
            if normalizing.escapesSpaces || normalizing.prependsSpace {
                throw TokenizationError(
                    .unsupportedComponent(part: "normalizer", found: "one that replaces bytes' text"),
                    path: path)
            }
            algorithm = .byteLevel(
                try builder.byteLevel(
                    merges: model.merges, pretokenizer: try pretokenizer(cutting, model, path),
                    ignoresMerges: model.ignoresMerges, unknown: unknown,
                    addsLeadingSpace: cutting.addsLeadingSpace))
        } else {
            if let forcedPretokenizer {
                throw TokenizationError(.pretokenizerWithoutUse(name: forcedPretokenizer), path: path)
            }
            algorithm = .characters(
                try builder.ranked(
                    merges: model.merges, unknown: unknown, hasByteFallback: model.hasByteFallback,
                    fusesUnknown: model.fusesUnknown,
                    spaces: try cutting.spaces(with: normalizing, path: path)))
        }
        let settings = try SpecialTokenSettings(folder, vocabulary: vocabulary)
        return Tokenizer(
            vocabulary: vocabulary, algorithm: algorithm,
            rules: try rules(vocabulary, surroundings, settings, unknown),
            specialTokens: SpecialTokenMatcher(added.map { $0.pattern(in: vocabulary) }),
            stripsLeadingSpace: Self.stripsSpace(root["decoder"] ?? .null),
            normalizesToNFC: normalizing.composes, chatTemplate: settings.chatTemplate, path: path)
    }

    /// Whether the `decoder` takes one space from the front of a text.
    private static func stripsSpace(_ json: JSONValue) -> Bool {
        let steps = json["type"]?.string == "Sequence" ? json["decoders"]?.list ?? [] : [json]
        return steps.contains { step in
            switch step["type"]?.string ?? "" {
            case "Strip": step["content"]?.string == " " && step["start"]?.integer == 1
            case "Metaspace": step["prepend_scheme"]?.string != "never"
            default: false
            }
        }
    }

    private func pretokenizer(
        _ cutting: CuttingDescription, _ model: BPEModelDescription, _ path: String
    ) throws(TokenizationError) -> Pretokenizer {
        if let forcedPretokenizer {
            return try PretokenizerRegistry.pretokenizer(named: forcedPretokenizer, path: path)
        }
        return Pretokenizer("tokenizer.json", try cutting.rules(path: path))
    }

    private func rules(
        _ vocabulary: Vocabulary, _ surroundings: SurroundingsDescription, _ settings: SpecialTokenSettings,
        _ unknown: TokenID?
    ) throws(TokenizationError) -> SequenceRules {
        var rules = SequenceRules()
        rules.bos = settings.bos
        if let text = surroundings.before { rules.bos = try settings.token(text, key: "post_processor") }
        rules.eos = settings.eos
        rules.unknown = unknown
        rules.addsBOS = settings.addsBOS ?? (surroundings.before != nil)
        rules.addsEOS = settings.addsEOS ?? (surroundings.after != nil)
        if rules.addsEOS, let text = surroundings.after {
            rules.eos = try settings.token(text, key: "post_processor")
        }
        if rules.bos == nil { rules.addsBOS = false }
        if rules.eos == nil { rules.addsEOS = false }
        rules.endOfGeneration = StopTokens.found(in: vocabulary).union(settings.endOfGeneration)
        if let eos = rules.eos { rules.endOfGeneration.insert(eos) }
        return rules
    }
}
