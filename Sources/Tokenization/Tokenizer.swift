public import ModelFiles

/// Turns text into the token ids of one model's vocabulary and back.
///
/// Loaded once per model and never changed afterwards, so it may be used from any number of threads at once.
public final class Tokenizer: Sendable {
    /// Every token's text, kind and bytes.
    let vocabulary: Vocabulary
    let algorithm: Algorithm
    let specialTokens: SpecialTokenMatcher
    let rules: SequenceRules
    /// Whether text between special tokens is put into Normalization Form C first.
    let normalizesToNFC: Bool
    /// Whether decoding takes away the space that encoding puts in front of a text.
    let stripsLeadingSpace: Bool
    /// The chat template of the file as it stands there (Jinja), where it has one.
    public let chatTemplate: String?
    /// The file that errors name.
    public let path: String

    /// How the text between special tokens becomes ids.
    enum Algorithm: Sendable {
        case byteLevel(ByteLevelEncoder)
        case characters(CharacterEncoder)
    }

    init(
        vocabulary: Vocabulary, algorithm: Algorithm, rules: SequenceRules,
        specialTokens: SpecialTokenMatcher,
        stripsLeadingSpace: Bool, normalizesToNFC: Bool = false, chatTemplate: String?, path: String
    ) {
        self.vocabulary = vocabulary
        self.algorithm = algorithm
        self.rules = rules
        self.specialTokens = specialTokens
        self.normalizesToNFC = normalizesToNFC
        self.stripsLeadingSpace = stripsLeadingSpace
        self.chatTemplate = chatTemplate
        self.path = path
    }

    /// Number of token ids: 0 ..< `vocabularySize` are valid.
    public var vocabularySize: Int { vocabulary.count }

    /// The token that starts a text, where the vocabulary names one.
    public var bos: TokenID? { rules.bos }
    /// The token that ends a text.
    public var eos: TokenID? { rules.eos }
    /// The token that stands for text the vocabulary cannot spell.
    public var unknown: TokenID? { rules.unknown }
    /// Whether `encode` with `addSpecial` puts `bos` first.
    public var addsBOS: Bool { rules.addsBOS }
    /// Whether `encode` with `addSpecial` puts `eos` last.
    public var addsEOS: Bool { rules.addsEOS }
    /// The tokens after which generation ends: end of text, of turn, of message.
    public var endOfGeneration: Set<TokenID> { rules.endOfGeneration }

    /// Whether generation ends with this token.
    public func isEndOfGeneration(_ token: TokenID) -> Bool {
        rules.endOfGeneration.contains(token)
    }

    /// The token whose text in the vocabulary is exactly this, as in `<|im_end|>`.
    ///
    /// The text is compared in the file's spelling: byte-level vocabularies write a leading space as `Ġ`,
    /// others as `▁`.
    public func token(forText text: String) -> TokenID? {
        vocabulary.token(withText: Array(text.utf8))
    }

    /// The text of a token in the file's spelling; nil where the id is outside the vocabulary.
    public func text(of token: TokenID) -> String? {
        vocabulary.contains(token) ? String(decoding: vocabulary.text(of: token), as: UTF8.self) : nil
    }

    /// Whether the token steers the model rather than spelling text.
    public func isControl(_ token: TokenID) -> Bool {
        vocabulary.contains(token) && vocabulary.kind(of: token).isControl
    }
}
