extension TokenizationError: CustomStringConvertible {
    /// One sentence: where, what was found, what was expected, what to try.
    public var description: String {
        // A sentence of the file's reader names the path itself.
        if path.isEmpty || isOfModelFile { return sentence }
        return "\(path): \(sentence)"
    }

    private var sentence: String {
        switch code {
        case .modelFile(let sentence):
            return sentence
        case .missingTokenizer(let expected):
            return
                "no tokenizer found, expected \(expected); add it, or give ids with --tokens / --tokens-file"
        case .missingMetadata(let key):
            return "the tokenizer needs the key \(key), which the file does not have"
        case .wrongMetadata(let key, let found, let expected):
            return "\(key) is \(found), expected \(expected)"
        case .malformedJSON(let reason):
            return "not the JSON of a tokenizer\(at): \(reason)"
        case .unsupportedModel(let name):
            return
                "tokenizer model '\(name)' is not supported (supported: gpt2, llama; in tokenizer.json BPE)"
        case .unsupportedComponent(let part, let found):
            return "the tokenizer's \(part) is \(found), which is not supported"
        case .missingPretokenizer:
            return "the file names no pre-tokenizer (tokenizer.ggml.pre); \(forceHint)"
        case .unknownPretokenizer(let name):
            return "unknown pre-tokenizer '\(name)'; \(forceHint)"
        case .pretokenizerWithoutUse(let name):
            return "the model merges characters and uses no pre-tokenizer; leave out --pretokenizer \(name)"
        case .unknownPretokenizerPattern(let pattern):
            return "unknown pre-tokenizer pattern \(pattern); \(forceHint)"
        case .emptyVocabulary:
            return "the vocabulary has no tokens"
        case .tooManyTokens(let found, let limit):
            return "the vocabulary has \(found) tokens; the most that is accepted is \(limit)"
        case .tokenTooLong(let token, let bytes, let limit):
            return "token \(token) has \(bytes) bytes; the most that is accepted is \(limit)"
        case .duplicateToken(let text, let first, let second):
            return "the tokens \(first) and \(second) have the same text '\(text)'"
        case .countMismatch(let key, let found, let expected):
            return "\(key) has \(found) elements, expected one per token: \(expected)"
        case .malformedMerge(let index, let found):
            return "merge \(index) is '\(found)', expected two tokens with a space between them"
        case .unknownTokenInMerge(let index, let token):
            return "merge \(index) needs the token '\(token)', which the vocabulary does not have"
        case .idOutOfRange(let key, let found, let vocabularySize):
            return "\(key) is \(found), expected a token id below \(vocabularySize)"
        case .invalidUTF8:
            return "the text is not UTF-8\(at)"
        case .textTooLong(let bytes, let limit):
            return "the text has \(bytes) bytes; the most that is encoded at once is \(limit)"
        case .byteWithoutToken(let byte):
            return "the vocabulary has no token for the byte 0x\(String(byte, radix: 16)) of the text"
        case .unknownChatTemplate(let found):
            let names = ChatTemplateRegistry.names.joined(separator: ", ")
            return "\(found); name one with --chat-template NAME (\(names))"
        case .unsupportedRole(let role, let template):
            return "the chat template \(template) has no place for a message of the role '\(role)'"
        }
    }

    private var at: String { offset.map { " at byte \($0)" } ?? "" }

    private var isOfModelFile: Bool { if case .modelFile = code { true } else { false } }

    private var forceHint: String {
        "name one with --pretokenizer NAME (`sluice tokenize --help` lists them)"
    }
}
