/// Parses one JSON document, strictly, and reports errors by byte offset.
///
/// Two things differ from RFC 8259: a name may not occur twice in an object, and the numbers `NaN`,
/// `Infinity` and `-Infinity` are read, because Python's writer produces them in genuine configurations.
struct JSONParser {
    let path: String
    /// Where the text starts in its file, for the offsets of errors.
    let start: Int
    /// What the names of the outermost object stand for, for the error about one that occurs twice.
    let outerNames: OuterNames
    private var position = 0

    /// The meaning of the outermost object's names.
    enum OuterNames { case keys, tensors }

    init(path: String, start: Int, outerNames: OuterNames) {
        self.path = path
        self.start = start
        self.outerNames = outerNames
    }

    /// - Throws: `invalidJSON`, `limitExceeded` (nesting), `invalidText`, `duplicateMetadata`.
    mutating func parseDocument(_ text: Span<UInt8>) throws(ModelFileError) -> JSONValue {
        let value = try parseValue(text, depth: 0)
        skipSpace(text)
        guard position == text.count else { throw unexpected(text, expected: "the end of the text") }
        return value
    }

    private mutating func parseValue(_ text: Span<UInt8>, depth: Int) throws(ModelFileError) -> JSONValue {
        guard depth < FileLimits.jsonNesting else {
            let maximum = UInt64(FileLimits.jsonNesting)
            throw error(
                .limitExceeded(limit: "the depth of JSON", found: UInt64(depth + 1), maximum: maximum))
        }
        skipSpace(text)
        guard position < text.count else { throw unexpected(text, expected: "a value") }
        switch text[position] {
        case UInt8(ascii: "{"): return try parseObject(text, depth: depth)
        case UInt8(ascii: "["): return try parseList(text, depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString(text))
        case UInt8(ascii: "t"): return try parseWord("true", as: .boolean(true), text)
        case UInt8(ascii: "f"): return try parseWord("false", as: .boolean(false), text)
        case UInt8(ascii: "n"): return try parseWord("null", as: .null, text)
        case UInt8(ascii: "N"): return try parseWord("NaN", as: .real(.nan), text)
        case UInt8(ascii: "I"): return try parseWord("Infinity", as: .real(.infinity), text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber(text)
        default: throw unexpected(text, expected: "a value")
        }
    }

    private mutating func parseObject(_ text: Span<UInt8>, depth: Int) throws(ModelFileError) -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        var names = ObjectNames()
        if take(UInt8(ascii: "}"), text) { return .object([]) }
        repeat {
            skipSpace(text)
            guard position < text.count, text[position] == UInt8(ascii: "\"") else {
                throw unexpected(text, expected: "a name")
            }
            let nameStart = position
            let name = try parseString(text)
            guard names.insert(name, earlier: members) else {
                throw duplicate(name, at: start + nameStart, isOuter: depth == 0)
            }
            guard take(UInt8(ascii: ":"), text) else { throw unexpected(text, expected: "':'") }
            members.append(JSONMember(name: name, value: try parseValue(text, depth: depth + 1)))
        } while take(UInt8(ascii: ","), text)
        guard take(UInt8(ascii: "}"), text) else { throw unexpected(text, expected: "',' or '}'") }
        return .object(members)
    }

    private mutating func parseList(_ text: Span<UInt8>, depth: Int) throws(ModelFileError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]"), text) { return .list([]) }
        repeat {
            elements.append(try parseValue(text, depth: depth + 1))
        } while take(UInt8(ascii: ","), text)
        guard take(UInt8(ascii: "]"), text) else { throw unexpected(text, expected: "',' or ']'") }
        return .list(elements)
    }

    private mutating func parseWord(
        _ word: StaticString, as value: JSONValue, _ text: Span<UInt8>
    ) throws(ModelFileError) -> JSONValue {
        for byte in word.description.utf8 {
            guard position < text.count, text[position] == byte else {
                throw unexpected(text, expected: "'\(word)'")
            }
            position += 1
        }
        return value
    }

    private mutating func parseString(_ text: Span<UInt8>) throws(ModelFileError) -> String {
        var strings = JSONStringParser(path: path, start: start, position: position)
        defer { position = strings.position }
        return try strings.parse(text)
    }

    private mutating func parseNumber(_ text: Span<UInt8>) throws(ModelFileError) -> JSONValue {
        let numberStart = position
        if text[position] == UInt8(ascii: "-") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "I") {
                return try parseWord("Infinity", as: .real(-.infinity), text)
            }
        }
        let leading = position
        try parseDigits(text)
        if position - leading > 1, text[leading] == UInt8(ascii: "0") {
            position = leading
            throw unexpected(text, expected: "a number without leading zeros")
        }
        var isInteger = true
        if position < text.count, text[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try parseDigits(text)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < text.count,
                text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try parseDigits(text)
        }
        let digits = Self.string(text.extracting(numberStart..<position)) ?? ""
        if isInteger, let integer = Int64(digits) { return .integer(integer) }
        guard let real = Double(digits), real.isFinite else {
            position = numberStart
            throw unexpected(text, expected: "a number within the range of a 64-bit float")
        }
        return .real(real)
    }

    private mutating func parseDigits(_ text: Span<UInt8>) throws(ModelFileError) {
        let first = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > first else { throw unexpected(text, expected: "a digit") }
    }

    // MARK: - Bytes

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Steps over `byte`, after space, if it comes next.
    private mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        skipSpace(text)
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private func error(_ code: ModelFileError.Code) -> ModelFileError {
        ModelFileError(code, path: path, offset: start + position)
    }

    private func duplicate(_ name: String, at offset: Int, isOuter: Bool) -> ModelFileError {
        isOuter && outerNames == .tensors
            ? ModelFileError(.duplicateTensor(otherPath: path), path: path, offset: offset, tensor: name)
            : ModelFileError(.duplicateMetadata, path: path, offset: offset, key: name)
    }

    private func unexpected(_ text: Span<UInt8>, expected: String) -> ModelFileError {
        error(.invalidJSON(found: Self.found(text, at: position), expected: expected))
    }

    /// What stands at `position`, as an error shows it.
    static func found(_ text: Span<UInt8>, at position: Int) -> String {
        guard position < text.count else { return "the end of the text" }
        let byte = text[position]
        return byte < 0x80 ? quoted(String(UnicodeScalar(byte))) : "the byte 0x\(String(byte, radix: 16))"
    }

    /// The bytes as a string, or nil where they are not UTF-8.
    static func string(_ bytes: Span<UInt8>) -> String? {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
    }
}
