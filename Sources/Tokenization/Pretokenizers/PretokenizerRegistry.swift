/// Every pre-tokenizer by its GGUF names. A new one is a row here, and a rule file where no rule fits.
///
/// Source: the names, patterns and flags are those of llama.cpp's vocabulary loader (src/llama-vocab.cpp);
/// where that program approximates a pattern for its regex engine, ours is the original of the model's
/// `tokenizer.json`.
enum PretokenizerRegistry {
    /// One pre-tokenizer and the names it goes by, the plainest first.
    struct Row: Sendable {
        let names: [String]
        let rules: [any PieceRule]
        var ignoresMerges = false
        var addsBOS = false
    }

    /// All names, in the order of the table.
    static var names: [String] { rows.flatMap(\.names) }

    /// - Throws: `unknownPretokenizer`.
    static func pretokenizer(named name: String, path: String) throws(TokenizationError) -> Pretokenizer {
        for row in rows where row.names.contains(name) {
            return Pretokenizer(name, row.rules, ignoresMerges: row.ignoresMerges, addsBOS: row.addsBOS)
        }
        throw TokenizationError(.unknownPretokenizer(name: name), path: path)
    }

    static let rows: [Row] = [
        Row(
            names: ["default"],
            rules: [
                PunctuationRule(includesBackquote: false), GPT2Rule(), DigitsRule(maximum: .max),
                ThreeDigitsRule(),
            ]),
        Row(
            names: [
                "gpt-2", "mpt", "olmo", "phi-2", "jais", "trillion", "granite-docling", "exaone4", "gigachat",
                "mellum", "a.x-4.0", "modern-bert", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de",
            ], rules: [GPT2Rule()]),
        Row(
            names: [
                "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
                "jina-v5-nano",
            ], rules: [WordRule()], ignoresMerges: true, addsBOS: true),
        Row(names: ["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], rules: [WordRule()]),
        // bailingmoe's pattern has possessive quantifiers and `\s*[\r\n]`, which match the same.
        Row(
            names: [
                "qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2",
                "bailingmoe", "bailingmoe2", "llada-moe", "kormo", "f2llmv2",
            ], rules: [WordRule(digits: 1)]),
        Row(names: ["qwen35"], rules: [WordRule(letters: [.letter, .mark], digits: 1)]),
        Row(names: ["seed-coder"], rules: [WordRule(digits: 1, takesNewlines: false)]),
        Row(names: ["ufakzeka"], rules: [WordRule(digits: 1, cutsContractions: false)]),
        Row(names: ["laguna"], rules: [LinesRule(), WordRule(digits: 1)]),
        Row(
            names: ["minicpm5"], rules: [DigitsRule(maximum: 3), WordRule(digits: .max)],
            ignoresMerges: true),
        Row(names: ["gpt-4o", "llama4", "minimax-m2", "kanana2", "talkie"], rules: [CasedWordRule()]),
        Row(
            names: ["tekken"], rules: [CasedWordRule(digits: 1, keepsContractions: false)],
            ignoresMerges: true, addsBOS: true),
        Row(
            names: ["deepseek-llm"],
            rules: [
                LineBreakRule(), ScalarRangeRule(ScalarRanges.casedLetters, takesSpace: true),
                ScalarRangeRule(ScalarRanges.punctuation, takesSpace: true), TrailingSpaceRule(),
                ScalarRangeRule(ScalarRanges.asianScripts), DigitsRule(maximum: .max),
            ]),
        Row(
            names: ["deepseek-coder"],
            rules: [
                LineBreakRule(), SpacedRunRule(members: .letter), SpacedRunRule(members: .punctuation),
                ScalarRangeRule(ScalarRanges.asianScripts), DigitsRule(maximum: 1),
            ]),
        Row(
            names: ["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"],
            rules: [
                DigitsRule(maximum: 3), ScalarRangeRule(ScalarRanges.ideographsAndKana), PunctuatedWordRule(),
            ]),
        Row(
            names: ["falcon"],
            rules: [PunctuationRule(includesBackquote: true), GPT2Rule(), ThreeDigitsRule()]),
        Row(
            names: [
                "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2",
            ], rules: [DigitsRule(maximum: 1), GPT2Rule()]),
        Row(names: ["bloom", "poro-chat", "gpt3-finnish"], rules: [SentenceWordRule()]),
        Row(names: ["viking"], rules: [SentenceWordRule(), DigitsRule(maximum: 1)]),
    ]
}
