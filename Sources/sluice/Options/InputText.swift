import Foundation

/// Text that a command reads.
enum InputText {
    /// The bytes of the file at `path`, or of standard input for `-`, checked to be UTF-8.
    ///
    /// - Throws: `CommandFailure` naming the path and what is wrong: missing, unreadable, a folder, not
    ///   UTF-8.
    static func read(_ path: String) throws -> [UInt8] {
        let name = path == "-" ? "standard input" : path
        let bytes = try data(path, name)
        if let offset = firstInvalidByte(bytes) {
            throw CommandFailure.failure(
                "\(name) is not valid UTF-8: the byte at offset \(offset) starts no character; expected "
                    + "text in UTF-8"
            )
        }
        return bytes
    }

    private static func data(_ path: String, _ name: String) throws -> [UInt8] {
        if path == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw CommandFailure.failure("\(name) is a folder; expected a text file")
        }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CommandFailure.failure("cannot read \(name): \((error as NSError).localizedDescription)")
        }
    }

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
