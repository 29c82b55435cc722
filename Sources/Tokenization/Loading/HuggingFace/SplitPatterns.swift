/// The split patterns of published `tokenizer.json` files, each with the rule that does the same.
enum SplitPatterns {
    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let spaces = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let head = #"[^\r\n\p{L}\p{N}]?"#
    private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    private static let punctuation = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
    private static let pathPunctuation = #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|"#

    /// Patterns that match every character.
    private static let complete: [(pattern: String, rule: any PieceRule)] = [
        (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, GPT2Rule()),
        ("\(contractions)|\(head)\\p{L}+|\\p{N}{1,3}\(punctuation)\(spaces)", WordRule()),
        ("\(contractions)|\(head)\\p{L}+|\\p{N}\(punctuation)\(spaces)", WordRule(digits: 1)),
        ("\(contractions)|\(head)\\p{L}+|\\p{N}+\(punctuation)\(spaces)", WordRule(digits: .max)),
        (
            "\(contractions)|\(head)[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\(spaces)",
            WordRule(letters: [.letter, .mark], digits: 1)
        ),
        (
            "\(contractions)|\(head)\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\(spaces)",
            WordRule(digits: 1, takesNewlines: false)
        ),
        (
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*"#
                + #"|\s*[\r\n]|\s+(?!\S)|\s+"#,
            WordRule(digits: 1)
        ),
        (
            "\(head)\(upper)*\(lower)+\(contractions)?|\(head)\(upper)+\(lower)*\(contractions)?|"
                + "\\p{N}{1,3}\(pathPunctuation)\(spaces)", CasedWordRule()
        ),
        (
            "\(head)\(upper)*\(lower)+|\(head)\(upper)+\(lower)*|\\p{N}\(pathPunctuation)\(spaces)",
            CasedWordRule(digits: 1, keepsContractions: false)
        ),
        (#"[^\n]+|[\n]+"#, LinesRule()),
    ]

    /// Patterns that leave something between their matches.
    private static let partial: [(pattern: String, rule: any PieceRule)] = [
        (#"[\r\n]"#, LineBreakRule()),
        (#"\s?\p{L}+"#, SpacedRunRule(members: .letter)),
        (#"\s?\p{P}+"#, SpacedRunRule(members: .punctuation)),
        (#"\s+$"#, TrailingSpaceRule()),
        (#"\p{N}"#, DigitsRule(maximum: 1)),
        (#"\p{N}{1,3}"#, DigitsRule(maximum: 3)),
        (#"\p{N}+"#, DigitsRule(maximum: .max)),
        (#"[0-9][0-9][0-9]"#, ThreeDigitsRule()),
        (
            ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
                + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\(spaces)", PunctuatedWordRule()
        ),
        (" ?[^(\\s|[.,!?…。，、।۔،])]+", SentenceWordRule()),
        (" ?[^(\\s|.,!?…。，、।۔،)]+", SentenceWordRule()),
    ]

    /// The rule of a pattern; nil where it is not known.
    ///
    /// - Parameter matchesEverything: whether only patterns without gaps will do.
    static func rule(for pattern: String, matchesEverything: Bool) -> (any PieceRule)? {
        // Some files hold line breaks as such, most as the two characters that a regex reads as one.
        let written = pattern.unicodeScalars.map { scalar in
            switch scalar {
            case "\r": "\\r"
            case "\n": "\\n"
            default: String(scalar)
            }
        }.joined()
        let known = matchesEverything ? complete : complete + partial
        if let entry = known.first(where: { $0.pattern.utf8.elementsEqual(written.utf8) }) {
            return entry.rule
        }
        return matchesEverything ? nil : LiteralRanges.rule(for: pattern)
    }
}
