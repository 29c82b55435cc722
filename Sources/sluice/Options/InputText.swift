/// Text that a command reads.
enum InputText {
    /// The bytes of the file at `path`, or of standard input for `-`, checked to be UTF-8.
    ///
    /// - Throws: `CommandFailure` naming the path, what is wrong (missing, unreadable, a folder, not UTF-8)
    ///   and what to try.
    static func read(_ path: String) throws -> [UInt8] {
        let bytes = try InputFile.contents(of: path)
        if let offset = firstInvalidByte(bytes) {
            throw CommandFailure.failure(
                "\(name(path)) is not valid UTF-8: the byte at offset \(offset) starts no character; "
                    + "expected text in UTF-8")
        }
        return bytes
    }

    /// What messages call the input at `path`.
    static func name(_ path: String) -> String { path == "-" ? "standard input" : "'\(path)'" }

    /// Offset of the first byte that is not part of a whole UTF-8 sequence; nil for good text.
    static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
