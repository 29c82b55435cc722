/// What a token is for.
///
/// Source: the GGUF specification, `tokenizer.ggml.token_type`.
enum TokenKind: Sendable {
    /// Spells text.
    case normal
    /// Stands for text that the vocabulary cannot spell.
    case unknown
    /// Steers the model (start of text, end of turn); recognised in a text only where special tokens are
    /// parsed.
    case control
    /// A control token that is part of what the model says, as the head of a Harmony message: recognised as
    /// the others, but shown.
    case shownControl
    /// Added by the model's makers; recognised in every text before anything else.
    case userDefined
    /// A place in the vocabulary without use.
    case unused
    /// One raw byte, written `<0x41>`.
    case byte

    /// The kind with this number in a GGUF file; nil for a number that the format does not have.
    init?(fileValue: Int64) {
        switch fileValue {
        // 0 is "undefined", which files of old converters have.
        case 0, 1: self = .normal
        case 2: self = .unknown
        case 3: self = .control
        case 4: self = .userDefined
        case 5: self = .unused
        case 6: self = .byte
        default: return nil
        }
    }

    /// Whether decoding leaves the token out unless asked.
    var isHidden: Bool { self == .control || self == .unknown }
    /// Whether the token is recognised only where special tokens are parsed, and never comes out of merging.
    var isControl: Bool { isHidden || self == .shownControl }
    /// Whether the token is cut out of a text as a whole, before its other characters are looked at.
    var isMatchedWhole: Bool { isControl || self == .userDefined }
}
