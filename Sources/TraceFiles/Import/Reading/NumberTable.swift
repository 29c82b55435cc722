import ModelFiles

/// Reads the lines of a table of numbers, comma-separated with a header, by the meaning of its columns.
///
/// `Field` names what a format's columns mean; several spellings of a column may mean the same.
struct NumberTable<Field: Hashable & CaseIterable & RawRepresentable<Int> & Sendable> {
    /// What may stand in a column.
    enum Kind: Sendable {
        case integer
        /// An integer or nothing, which is read as -1.
        case optionalInteger
        /// A number, `nan` or nothing.
        case real
        /// `prefill`, `decode`, 0 or 1.
        case phase
        /// Anything.
        case ignored
    }

    /// A column that a format knows.
    struct Column: Sendable {
        let name: String
        let field: Field
        let kind: Kind

        init(_ name: String, _ field: Field, _ kind: Kind = .integer) {
            self.name = name
            self.field = field
            self.kind = kind
        }
    }

    /// In the order of the file.
    private var columns: [Column] = []
    /// By field.
    private var integers: [Int]
    private var reals: [Float]
    private var isPresent: [Bool]

    /// Reads the header that `line` is.
    ///
    /// - Parameters:
    ///   - known: the columns of the format; where two present ones mean the same, the file is refused.
    ///   - required: what must be there; an inner list names alternatives.
    init(
        header line: TextLines, _ text: Span<UInt8>, known: [Column], required: [[Field]],
        of input: ImportInput
    ) throws(TraceFilesError) {
        let count = Field.allCases.count
        integers = Array(repeating: 0, count: count)
        reals = Array(repeating: .nan, count: count)
        isPresent = Array(repeating: false, count: count)
        let names = line.string(text).split(separator: ",", omittingEmptySubsequences: false)
            .map { ColumnName.normalized($0) }
        for name in names { try add(name, known: known, line: line.number, of: input) }
        for alternatives in required where !alternatives.contains(where: { self.has($0) }) {
            let missing = known.filter { alternatives.contains($0.field) }.map { quoted($0.name) }
            throw input.malformed(
                "no column \(missing.joined(separator: " or "))",
                expected: "one in the header", advice: "add it, or name the format with --format",
                at: .line(line.number))
        }
    }

    private mutating func add(
        _ name: String, known: [Column], line: Int, of input: ImportInput
    ) throws(TraceFilesError) {
        guard let column = known.first(where: { $0.name == name }) else {
            throw input.malformed(
                "a column \(quoted(name))",
                expected: "columns of " + known.map(\.name).joined(separator: ", "),
                advice: "leave it out or rename it", at: .line(line))
        }
        guard column.kind == .ignored || !has(column.field) else {
            throw input.malformed(
                "a second column \(quoted(name)) of the same meaning", expected: "one of each",
                advice: "leave one out", at: .line(line))
        }
        columns.append(column)
        isPresent[column.field.rawValue] = true
    }

    /// Whether the file has a column of this meaning.
    func has(_ field: Field) -> Bool { isPresent[field.rawValue] }

    /// What the line that was read last holds; 0 where there is no such column.
    func integer(_ field: Field) -> Int { integers[field.rawValue] }

    /// The same for a column of real numbers; not a number where there is no such column.
    func real(_ field: Field) -> Float { reals[field.rawValue] }

    /// Reads one line.
    ///
    /// Allocates: none.
    mutating func read(
        _ line: TextLines, _ text: Span<UInt8>, of input: ImportInput
    ) throws(TraceFilesError) {
        var position = line.start
        let end = line.end
        let fieldCount = columns.count
        for index in 0..<fieldCount {
            try readField(index, text, &position, end, line: line.number, of: input)
            if index + 1 == fieldCount {
                guard position == end else {
                    throw ragged(line, "more fields than the header's \(fieldCount)", input)
                }
            } else {
                guard position < end else {
                    throw ragged(line, "\(index + 1) of the header's \(fieldCount) fields", input)
                }
                position += 1
            }
        }
    }

    /// Reads a field and leaves the position at the comma behind it.
    private mutating func readField(
        _ index: Int, _ text: Span<UInt8>, _ position: inout Int, _ end: Int, line: Int, of input: ImportInput
    ) throws(TraceFilesError) {
        let start = position
        let slot = columns[index].field.rawValue
        switch columns[index].kind {
        case .integer:
            if let value = TextNumbers.integer(text, &position, end: end) {
                integers[slot] = value
                if isAtDelimiter(text, position, end) { return }
            }
        case .optionalInteger:
            if isAtDelimiter(text, position, end) {
                integers[slot] = -1
                return
            }
            if let value = TextNumbers.integer(text, &position, end: end) {
                integers[slot] = value
                if isAtDelimiter(text, position, end) { return }
            }
        case .real:
            if isAtDelimiter(text, position, end) {
                reals[slot] = .nan
                return
            }
            if let value = TextNumbers.real(text, &position, end: end) {
                reals[slot] = value
                if isAtDelimiter(text, position, end) { return }
            }
        case .phase:
            Self.skip(text, &position, end)
            if let phase = phase(text, start..<position) {
                integers[slot] = phase
                return
            }
        case .ignored:
            Self.skip(text, &position, end)
            return
        }
        position = start
        Self.skip(text, &position, end)
        throw input.malformed(
            position == start
                ? "nothing in column \(quoted(columns[index].name))"
                : quoted(TextLines.string(text, start..<position)) + " in column "
                    + quoted(columns[index].name),
            expected: expectation(columns[index].kind), advice: "repair the line", at: .line(line))
    }

    private func expectation(_ kind: Kind) -> String {
        switch kind {
        case .integer: "an integer"
        case .optionalInteger: "an integer or nothing"
        case .real: "a number, nan or nothing"
        case .phase: "prefill, decode, 0 or 1"
        case .ignored: "anything"
        }
    }

    private func phase(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        if range.count == 1 {
            let digit = Int(text[range.lowerBound]) - 0x30
            return digit == 0 || digit == 1 ? digit : nil
        }
        switch TextLines.string(text, range).lowercased() {
        case "prefill": return 0
        case "decode": return 1
        default: return nil
        }
    }

    private func isAtDelimiter(_ text: Span<UInt8>, _ position: Int, _ end: Int) -> Bool {
        position == end || text[position] == UInt8(ascii: ",")
    }

    private static func skip(_ text: Span<UInt8>, _ position: inout Int, _ end: Int) {
        while position < end, text[position] != UInt8(ascii: ",") { position += 1 }
    }

    private func ragged(_ line: TextLines, _ found: String, _ input: ImportInput) -> TraceFilesError {
        input.malformed(
            found, expected: "one for each column", advice: "repair the line, or cut the file off there",
            at: .line(line.number))
    }
}
