/// Parses a JSON string: quotes, escapes, UTF-8.
struct JSONStringParser {
    let path: String
    /// Where the text starts in its file, for the offsets of errors.
    let start: Int
    /// The opening quote before `parse`, the byte after the closing quote behind it.
    var position: Int

    /// - Throws: `invalidJSON`, `invalidText`.
    mutating func parse(_ text: Span<UInt8>) throws(ModelFileError) -> String {
        position += 1
        let first = position
        while position < text.count, !Self.endsRun(text[position]) { position += 1 }
        // Most strings have no escapes and need no second buffer.
        if position < text.count, text[position] == UInt8(ascii: "\"") {
            position += 1
            return try string(text.extracting(first..<position - 1), first: first)
        }
        var unescaped: [UInt8] = []
        for index in first..<position { unescaped.append(text[index]) }
        while true {
            guard position < text.count else { throw unexpected(text, expected: "'\"'") }
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try string(unescaped.span, first: first)
            case UInt8(ascii: "\\"): try parseEscape(text, into: &unescaped)
            case 0..<0x20:
                position -= 1
                throw unexpected(text, expected: "an escape instead of a control character")
            default: unescaped.append(byte)
            }
        }
    }

    private static func endsRun(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
    }

    private func string(_ bytes: Span<UInt8>, first: Int) throws(ModelFileError) -> String {
        if let string = JSONParser.string(bytes) { return string }
        let shown = unsafe bytes.withUnsafeBufferPointer {
            unsafe String(decoding: $0.prefix(64), as: UTF8.self)
        }
        throw ModelFileError(.invalidText(found: quoted(shown)), path: path, offset: start + first)
    }

    private mutating func parseEscape(
        _ text: Span<UInt8>, into unescaped: inout [UInt8]
    ) throws(ModelFileError) {
        guard position < text.count else { throw unexpected(text, expected: "an escape") }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: Array(String(try parseScalar(text)).utf8))
        default:
            position -= 1
            throw unexpected(text, expected: "an escape")
        }
    }

    /// The scalar of `\uXXXX`, or of two of them where the first is a high surrogate.
    private mutating func parseScalar(_ text: Span<UInt8>) throws(ModelFileError) -> Unicode.Scalar {
        let unitStart = position
        let unit = try parseUnit(text)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if UTF16.isLeadSurrogate(unit), position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try parseUnit(text)
            let joined = UInt32(unit & 0x3FF) << 10 + UInt32(second & 0x3FF) + 0x10000
            if UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(joined) { return scalar }
        }
        position = unitStart
        throw unexpected(text, expected: "a pair of surrogates")
    }

    private mutating func parseUnit(_ text: Span<UInt8>) throws(ModelFileError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < text.count, let digit = Self.digit(text[position]) else {
                throw unexpected(text, expected: "a hexadecimal digit")
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func digit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private func unexpected(_ text: Span<UInt8>, expected: String) -> ModelFileError {
        let code = ModelFileError.Code.invalidJSON(
            found: JSONParser.found(text, at: position), expected: expected)
        return ModelFileError(code, path: path, offset: start + position)
    }
}
