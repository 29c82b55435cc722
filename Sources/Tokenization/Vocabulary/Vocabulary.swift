import ModelFiles

/// The tokens of a model: what each is called, what it is for, and which bytes it decodes to.
struct Vocabulary: Sendable {
    private let texts: ByteStrings
    private let pieces: ByteStrings
    private let kinds: [TokenKind]
    private let idsByText: ByteStringIndex

    /// How a vocabulary writes the bytes of its tokens.
    enum Spelling: Sendable {
        /// Every byte is a character of `ByteAlphabet`.
        case bytes
        /// Text as it is, a space written as U+2581.
        case characters
    }

    var count: Int { kinds.count }

    /// Every token id, ascending.
    var tokens: some Collection<TokenID> { (0..<Int32(kinds.count)).lazy.map { TokenID($0) } }

    /// - Throws: `emptyVocabulary`, `tooManyTokens`, `tokenTooLong`, `duplicateToken`, `countMismatch`.
    init(
        texts: [String], kinds: [TokenKind], spelling: Spelling, path: String
    ) throws(TokenizationError) {
        guard !texts.isEmpty else { throw TokenizationError(.emptyVocabulary, path: path) }
        guard texts.count <= TokenizationLimits.tokenCount else {
            throw TokenizationError(
                .tooManyTokens(found: texts.count, limit: TokenizationLimits.tokenCount), path: path)
        }
        guard kinds.count == texts.count else {
            throw TokenizationError(
                .countMismatch(key: "token_type", found: kinds.count, expected: texts.count), path: path)
        }
        var spelled = ByteStrings()
        var decoded = ByteStrings()
        var index = ByteStringIndex(capacity: texts.count)
        spelled.reserve(count: texts.count, bytes: texts.count * 8)
        decoded.reserve(count: texts.count, bytes: texts.count * 8)
        for (id, text) in texts.enumerated() {
            // A file may leave places of the vocabulary without text; they can be neither found nor merged.
            let bytes = Array(text.utf8)
            guard bytes.count <= TokenizationLimits.tokenBytes else {
                throw TokenizationError(
                    .tokenTooLong(token: id, bytes: bytes.count, limit: TokenizationLimits.tokenBytes),
                    path: path)
            }
            if !bytes.isEmpty, let first = index.insert(bytes[...], Int32(id)) {
                throw TokenizationError(
                    .duplicateToken(text: text, first: Int(first), second: id), path: path)
            }
            spelled.append(bytes)
            decoded.append(Self.piece(text, bytes, kinds[id], spelling))
        }
        self.texts = spelled
        self.pieces = decoded
        self.kinds = kinds
        self.idsByText = index
    }

    func contains(_ token: TokenID) -> Bool {
        token.rawValue >= 0 && Int(token.rawValue) < kinds.count
    }

    /// The file's spelling of a token. - Precondition: the vocabulary contains it.
    func text(of token: TokenID) -> ArraySlice<UInt8> { texts[Int(token.rawValue)] }

    /// The bytes that a token adds to a text. - Precondition: the vocabulary contains it.
    func piece(of token: TokenID) -> ArraySlice<UInt8> { pieces[Int(token.rawValue)] }

    /// - Precondition: the vocabulary contains the token.
    func kind(of token: TokenID) -> TokenKind { kinds[Int(token.rawValue)] }

    func token(withText bytes: [UInt8]) -> TokenID? {
        idsByText.value(of: bytes[...]).map { TokenID($0) }
    }

    /// The token of a raw byte in the spelling `<0x41>`.
    func byteToken(_ byte: UInt8) -> TokenID? {
        let digits = Array("0123456789ABCDEF".utf8)
        let text = Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]] + Array(">".utf8)
        return token(withText: text)
    }

    private static func piece(_ text: String, _ bytes: [UInt8], _ kind: TokenKind, _ spelling: Spelling)
        -> [UInt8]
    {
        switch kind {
        case .control, .shownControl, .unknown, .userDefined: return bytes
        case .byte: return byte(named: bytes).map { [$0] } ?? bytes
        case .normal, .unused:
            switch spelling {
            case .bytes: return ByteAlphabet.bytes(spelledBy: text) ?? bytes
            case .characters: return EscapedSpace.removed(from: bytes)
            }
        }
    }

    /// 0x41 of `<0x41>`.
    private static func byte(named text: [UInt8]) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
    }
}
