import ModelFiles

/// What is wrong with a tokenizer's description or with a text: what was found, what was expected, and where.
public struct TokenizationError: Error, Sendable, Equatable {
    /// The kind of problem, with what was found and what was expected.
    public enum Code: Sendable, Equatable {
        /// The model file itself cannot be read, or a key has the wrong type; the sentence says which.
        case modelFile(String)
        /// The model has none.
        case missingTokenizer(expected: String)
        case missingMetadata(key: String)
        case wrongMetadata(key: String, found: String, expected: String)
        case malformedJSON(reason: String)
        /// The kind of tokenizer (`tokenizer.ggml.model`, `model.type`) is none of ours.
        case unsupportedModel(name: String)
        /// A part of a `tokenizer.json` that changes the result and that we do not have.
        case unsupportedComponent(part: String, found: String)
        /// The file names no pre-tokenizer; none is guessed.
        case missingPretokenizer
        case unknownPretokenizer(name: String)
        /// A pre-tokenizer was named for a model that has none.
        case pretokenizerWithoutUse(name: String)
        /// The split pattern of a `tokenizer.json` is none of those we know.
        case unknownPretokenizerPattern(pattern: String)
        case emptyVocabulary
        case tooManyTokens(found: Int, limit: Int)
        case tokenTooLong(token: Int, bytes: Int, limit: Int)
        case duplicateToken(text: String, first: Int, second: Int)
        /// A list that must have one element per token has another length.
        case countMismatch(key: String, found: Int, expected: Int)
        case malformedMerge(index: Int, found: String)
        /// A merge uses, or makes, a token that the vocabulary does not have.
        case unknownTokenInMerge(index: Int, token: String)
        case idOutOfRange(key: String, found: Int, vocabularySize: Int)
        /// The text is not UTF-8; `offset` is the first byte of the bad sequence.
        case invalidUTF8
        case textTooLong(bytes: Int, limit: Int)
        /// The vocabulary has no token for this byte, and none for unknown text.
        case byteWithoutToken(byte: UInt8)
        /// The model's chat template is none of those we know, or it has none.
        case unknownChatTemplate(found: String)
        /// The chat format cannot express this role.
        case unsupportedRole(role: String, template: String)
    }

    /// What is wrong.
    public let code: Code
    /// The file that the tokenizer came from; empty where no file is involved.
    public let path: String
    /// Byte offset of the problem in the text or the file, where one exists.
    public let offset: Int?

    /// - Parameter path: the file, where one is involved.
    public init(_ code: Code, path: String = "", offset: Int? = nil) {
        self.code = code
        self.path = path
        self.offset = offset
    }

    init(_ error: ModelFileError) {
        self.init(.modelFile("\(error)"), path: error.path, offset: error.offset)
    }
}
