import ModelFiles

/// The `pre_tokenizer` of a `tokenizer.json`: one step, or a `Sequence` of them.
struct CuttingDescription {
    private let steps: [JSONValue]
    /// Whether the text is spelled in bytes.
    let isByteLevel: Bool
    /// Whether a text that does not start with a space is given one.
    let addsLeadingSpace: Bool

    init(_ json: JSONValue, path: String) throws(TokenizationError) {
        if json == .null {
            steps = []
        } else if json["type"]?.string == "Sequence" {
            steps = json["pretokenizers"]?.list ?? []
        } else {
            steps = [json]
        }
        let byteLevel = steps.first { $0["type"]?.string == "ByteLevel" }
        isByteLevel = byteLevel != nil
        addsLeadingSpace = byteLevel?["add_prefix_space"]?.boolean ?? false
    }

    /// The patterns of a byte-level model, in order.
    ///
    /// - Throws: `unknownPretokenizerPattern`, `unsupportedComponent`.
    func rules(path: String) throws(TokenizationError) -> [any PieceRule] {
        var rules: [any PieceRule] = []
        for step in steps {
            switch step["type"]?.string ?? "" {
            case "ByteLevel":
                if step["use_regex"]?.boolean ?? true { rules.append(GPT2Rule()) }
            case "Digits":
                rules.append(DigitsRule(maximum: step["individual_digits"]?.boolean ?? false ? 1 : .max))
            case "Punctuation":
                try require(step, behavior: ["Contiguous"], path)
                rules.append(PunctuationRule(includesBackquote: true))
            case "Split":
                rules.append(try split(step, path))
            case let other:
                throw TokenizationError(
                    .unsupportedComponent(part: "pre_tokenizer", found: "'\(other)'"), path: path)
            }
        }
        return rules
    }

    private func split(_ step: JSONValue, _ path: String) throws(TokenizationError) -> any PieceRule {
        let isInverted = step["invert"]?.boolean ?? false
        // Keeping the matches and removing what is between them is the same wherever a pattern matches
        // every character.
        try require(step, behavior: isInverted ? ["Removed"] : ["Isolated"], path)
        guard let pattern = step["pattern"]?["Regex"]?.string else {
            throw TokenizationError(
                .unknownPretokenizerPattern(pattern: "'\(step["pattern"]?["String"]?.string ?? "")'"),
                path: path)
        }
        guard let rule = SplitPatterns.rule(for: pattern, matchesEverything: isInverted) else {
            throw TokenizationError(.unknownPretokenizerPattern(pattern: pattern), path: path)
        }
        return rule
    }

    private func require(_ step: JSONValue, behavior: [String], _ path: String) throws(TokenizationError) {
        let found = step["behavior"]?.string ?? "missing"
        guard behavior.contains(found) else {
            throw TokenizationError(
                .unsupportedComponent(part: "pre_tokenizer's behavior", found: "'\(found)'"), path: path)
        }
    }

    /// How a model of characters treats spaces.
    ///
    /// - Throws: `unsupportedComponent`.
    func spaces(
        with normalizing: NormalizingDescription, path: String
    ) throws(TokenizationError) -> CharacterEncoder.Spaces {
        guard let step = steps.first else {
            return CharacterEncoder.Spaces(
                prefix: normalizing.prependsSpace ? .everyFragment : .never,
                areEscaped: normalizing.escapesSpaces,
                startPieces: false)
        }
        guard steps.count == 1, step["type"]?.string == "Metaspace", step["replacement"]?.string == "▁" else {
            throw TokenizationError(
                .unsupportedComponent(part: "pre_tokenizer", found: "'\(step["type"]?.string ?? "")'"),
                path: path)
        }
        let scheme =
            step["prepend_scheme"]?.string
            ?? (step["add_prefix_space"]?.boolean ?? true ? "always" : "never")
        let prefix: CharacterEncoder.SpacePrefix
        switch scheme {
        case "always": prefix = .everyFragmentUnlessPresent
        case "first": prefix = .firstFragmentUnlessPresent
        case "never": prefix = .never
        default:
            throw TokenizationError(
                .unsupportedComponent(part: "pre_tokenizer's prepend_scheme", found: "'\(scheme)'"),
                path: path)
        }
        return CharacterEncoder.Spaces(
            prefix: prefix, areEscaped: true, startPieces: step["split"]?.boolean ?? true)
    }
}
