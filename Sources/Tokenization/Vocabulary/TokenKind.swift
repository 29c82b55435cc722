/// What a token is for. Raw values are those of GGUF's `tokenizer.ggml.token_type`.
///
/// Source: the GGUF specification, section on tokenizer metadata.
enum TokenKind: UInt8, Sendable {
    /// Spells text.
    case normal = 1
    /// Stands for text that the vocabulary cannot spell.
    case unknown = 2
    /// Steers the model (start of text, end of turn); recognised in a text only where special tokens are parsed.
    case control = 3
    /// Added by the model's makers; recognised in every text before anything else.
    case userDefined = 4
    /// A place in the vocabulary without use.
    case unused = 5
    /// One raw byte, written `<0x41>`.
    case byte = 6

    /// Whether decoding leaves the token out unless asked.
    var isHidden: Bool { self == .control || self == .unknown }
    /// Whether the token is cut out of a text as a whole, before its other characters are looked at.
    var isMatchedWhole: Bool { self == .control || self == .unknown || self == .userDefined }
}
