import TOMLKit

/// A TOML file of settings, read strictly: every key is known and holds what it may hold.
public struct SettingsFile: Sendable {
    /// A key that the file gives.
    public struct Entry: Sendable {
        public let key: SettingKey
        /// As the command line would be given it.
        public let text: String
        /// Where the key stands.
        public let place: TextPlace
    }

    /// As it was named by who reads it.
    public let path: String
    /// In the order of the file.
    public let entries: [Entry]

    /// Beyond it, the file is another: the longest that this program writes has a few thousand bytes.
    public static let mostBytes = 1 << 16

    /// Reads `bytes`, the file at `path`.
    ///
    /// - Parameters:
    ///   - bytes: may stop one byte behind ``mostBytes``.
    ///   - keys: all that may be given.
    /// - Throws: what is wrong first, and where.
    public init(_ bytes: [UInt8], path: String, keys: [SettingKey]) throws(TuningError) {
        self.path = path
        let text = try Self.text(bytes, path: path)
        let places = KeyPlaces(text)
        let table = try Self.parse(text, places, path: path)
        let start = TextPlace(line: 1, column: 1)
        // The parser sorts by name; what is wrong first is what comes first in the file.
        let leaves = Self.leaves(of: table).map { leaf in
            (parts: leaf.parts, value: leaf.value, place: places.place(of: leaf.parts) ?? start)
        }.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        var entries: [Entry] = []
        for leaf in leaves {
            entries.append(try Self.entry(leaf, keys, path: path))
        }
        self.entries = entries
    }

    /// The entry of `key`, where the file gives it.
    func entry(_ key: String) -> Entry? { entries.first { $0.key.path == key } }

    private static func text(_ bytes: [UInt8], path: String) throws(TuningError) -> String {
        guard bytes.count <= mostBytes else { throw TuningError(.tooLarge(mostBytes: mostBytes), path: path) }
        guard let marked = String(validating: bytes, as: UTF8.self) else {
            throw TuningError(.invalidText(offset: bytes.firstInvalidOffset), path: path)
        }
        // Some editors begin a file with a byte order mark.
        let text = String(marked.unicodeScalars.drop { $0 == "\u{FEFF}" })
        // The parser takes C strings. A backslash may itself be escaped, which such a file does not need.
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for null in ["\0", "\\u0000", "\\U00000000"] {
                guard let range = line.firstRange(of: null) else { continue }
                let column = line.unicodeScalars.distance(from: line.startIndex, to: range.lowerBound) + 1
                throw TuningError(
                    .nullCharacter, path: path, place: TextPlace(line: index + 1, column: column))
            }
        }
        return text
    }

    private static func parse(
        _ text: String, _ places: KeyPlaces, path: String
    ) throws(TuningError) -> TOMLTable {
        if let place = places.namelessHeader {
            throw TuningError(
                .syntax("expected the name of a table, in letters, digits, _, - or quotes"), path: path,
                place: place)
        }
        do {
            return try TOMLTable(string: text)
        } catch {
            if let (found, firstLine) = places.duplicate {
                let name = found.parts.shownAsKey
                throw TuningError(
                    .duplicateKey(found.isHeader ? "[\(name)]" : name, firstLine: firstLine), path: path,
                    place: found.place)
            }
            guard let error = error as? TOMLParseError else {
                throw TuningError(.syntax("\(error)"), path: path)
            }
            let begin = error.source.begin
            throw TuningError(
                .syntax(error.description), path: path,
                place: TextPlace(line: begin.line, column: begin.column))
        }
    }

    private typealias Leaf = (parts: [String], value: FoundValue)

    /// All values, and tables without any, which may be misspelt like every other name.
    private static func leaves(of table: TOMLTable, below parts: [String] = []) -> [Leaf] {
        table.flatMap { name, value -> [Leaf] in
            let parts = parts + [name]
            guard let inner = value.table else { return [(parts, FoundValue(value))] }
            return inner.isEmpty ? [(parts, .other("a table"))] : leaves(of: inner, below: parts)
        }
    }

    private static func entry(
        _ leaf: (parts: [String], value: FoundValue, place: TextPlace), _ keys: [SettingKey], path: String
    ) throws(TuningError) -> Entry {
        let name = leaf.parts.shownAsKey
        guard leaf.parts.count == 2, let key = keys.key(leaf.parts[0], leaf.parts[1]) else {
            if leaf.parts.count == 1, keys.contains(where: { $0.table == leaf.parts[0] }) {
                throw TuningError(
                    .wrongType(key: name, found: leaf.value.shown, expected: "a table with keys in it"),
                    path: path, place: leaf.place)
            }
            throw TuningError(
                .unknownKey(name, advice: keys.advice(for: leaf.parts)), path: path, place: leaf.place)
        }
        let (text, refusal) = key.rule.text(of: leaf.value)
        if let text { return Entry(key: key, text: text, place: leaf.place) }
        let (found, expected) = (leaf.value.shown, key.rule.expectation)
        let code: TuningError.Code =
            switch refusal {
            case .unit: .wrongUnit(key: name, found: found, expected: expected)
            case .range: .outOfRange(key: name, found: found, expected: expected)
            case .type, nil: .wrongType(key: name, found: found, expected: expected)
            }
        throw TuningError(code, path: path, place: leaf.place)
    }
}

extension [String] {
    /// The parts of a key as a file writes them, with quotes where it needs them.
    fileprivate var shownAsKey: String {
        map { part in
            let isBare =
                !part.isEmpty
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
            return isBare ? part : "\"\(part)\""
        }.joined(separator: ".")
    }
}

extension [UInt8] {
    /// Offset of the first byte that is not part of a whole UTF-8 sequence.
    fileprivate var firstInvalidOffset: Int {
        var decoder = UTF8()
        var iterator = makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }
}
