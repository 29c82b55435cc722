import ModelFiles

/// The first bytes of a file, by which formats are told apart.
struct FileHead {
    /// At most ``maximum`` of them.
    let bytes: [UInt8]
    /// Bytes of the whole file.
    let byteCount: Int
    /// Lines of a text, without comments and empty ones; the last may be cut. Empty for a binary file.
    let lines: [String]
    /// The first comment line of a text.
    let comment: String?

    /// Room for the preamble of a model with some 100 layers and a header behind it.
    static let maximum = 32_768

    init(_ file: FileBytes) {
        byteCount = file.count
        bytes = file.withSpan(0..<min(file.count, Self.maximum)) { span in
            span.indices.map { span[$0] }
        }
        guard let text = Self.text(bytes) else {
            lines = []
            comment = nil
            return
        }
        let all = text.split(whereSeparator: \.isNewline).map(String.init)
        comment = all.first { $0.hasPrefix("#") }
        lines = all.filter { !$0.hasPrefix("#") && !$0.isEmpty }
    }

    /// The first line as the names of columns.
    var columns: [String] {
        (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map {
            ColumnName.normalized($0)
        }
    }

    /// Whether the file starts with these bytes.
    func starts(with magic: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// The start of the file, for an error.
    var appearance: String {
        if let line = comment ?? lines.first { return quoted(String(line.prefix(60))) }
        return "the bytes " + bytes.prefix(8).map { Self.hexadecimal($0) }.joined(separator: " ")
    }

    /// What to do with a file that needs another program first.
    var advice: String? {
        if starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return "unpack it first: zstd -d FILE" }
        if starts(with: [0x1F, 0x8B]) { return "unpack it first: gunzip FILE" }
        if starts(with: Array("PAR1".utf8)) {
            return "turn Parquet into CSV first: python3 tools/traces/flame_to_csv.py"
        }
        return nil
    }

    /// The bytes as text; nil where they hold what text does not.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
            return nil
        }
        let marked = bytes.starts(with: TextLines.byteOrderMark)
        return String(decoding: bytes.dropFirst(marked ? 3 : 0), as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

/// The name of a column as formats are compared by.
enum ColumnName {
    /// Without space around it or quotes, in small letters.
    static func normalized(_ text: Substring) -> String {
        var name = text
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "\r" }
        while let first = name.first, isSpace(first) { name.removeFirst() }
        while let last = name.last, isSpace(last) { name.removeLast() }
        return name.lowercased()
    }
}
