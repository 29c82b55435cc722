/// Where the keys and tables of a TOML text stand, which the parser does not tell.
///
/// It reads text that is TOML, and of other text as much as it can: what it cannot read ends with its line.
///
/// Source: TOML 1.0.0, for bare, quoted and dotted keys, and for what a `#` or a line's end is part of.
struct KeyPlaces {
    /// A key, or the header of a table, with all parts of its name.
    struct Found: Equatable {
        let parts: [String]
        let place: TextPlace
        let isHeader: Bool
    }

    /// In the order of the text.
    private(set) var found: [Found] = []
    /// The first header without a name, which the parser takes for granted that there is none of.
    private(set) var namelessHeader: TextPlace?

    init(_ text: String) {
        var cursor = TextCursor(text)
        var table: [String] = []
        while let scalar = cursor.next {
            switch scalar {
            case " ", "\t", "\r", "\n": cursor.advance()
            case "#": cursor.skipLine()
            case "[":
                let place = cursor.place
                cursor.skip("[")
                table = cursor.readKey()
                if table.isEmpty, cursor.next != "]" { namelessHeader = namelessHeader ?? cursor.place }
                found.append(Found(parts: table, place: place, isHeader: true))
                cursor.skipLine()
            default:
                let place = cursor.place
                let parts = cursor.readKey()
                guard !parts.isEmpty, cursor.next == "=" else {
                    cursor.skipLine()
                    break
                }
                found.append(Found(parts: table + parts, place: place, isHeader: false))
                cursor.skipValue()
            }
        }
    }

    /// The place of the key `parts`; of one in an inline table, that of the table's key.
    func place(of parts: [String]) -> TextPlace? {
        let holders = found.filter { parts.starts(with: $0.parts) }
        return holders.max { $0.parts.count < $1.parts.count }?.place
    }

    /// The first key, or table with a header, that was given before, and the line where.
    var duplicate: (found: Found, firstLine: Int)? {
        for (index, later) in found.enumerated() {
            if let first = found[..<index].first(where: { $0.parts == later.parts }) {
                return (later, first.place.line)
            }
        }
        return nil
    }
}

/// A place in a text that is read character by character.
private struct TextCursor {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var place = TextPlace(line: 1, column: 1)

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func advance() {
        guard let scalar = next else { return }
        index += 1
        place =
            scalar == "\n"
            ? TextPlace(line: place.line + 1, column: 1)
            : TextPlace(line: place.line, column: place.column + 1)
    }

    private func isAt(_ text: String) -> Bool { scalars[index...].starts(with: text.unicodeScalars) }

    /// Passes all that equals `scalar`, and blanks.
    mutating func skip(_ scalar: Unicode.Scalar) {
        while let next, next == scalar || next == " " || next == "\t" { advance() }
    }

    mutating func skipLine() {
        while let next, next != "\n" { advance() }
    }

    /// The parts of a dotted key, and behind it all blanks; empty where there is none.
    mutating func readKey() -> [String] {
        var parts: [String] = []
        while true {
            skip(" ")
            guard let part = readPart() else { return parts }
            parts.append(part)
            skip(" ")
            guard next == "." else { return parts }
            advance()
        }
    }

    private mutating func readPart() -> String? {
        let start = index
        if next == "\"" || next == "'" {
            skipText()
            // Escapes stay as they are: no key that exists has any.
            return String(String.UnicodeScalarView(scalars[start..<index].dropFirst().dropLast()))
        }
        while let next, next.isBareKey { advance() }
        return index > start ? String(String.UnicodeScalarView(scalars[start..<index])) : nil
    }

    /// Passes a value, which ends with its line where no bracket and no text of several lines is open.
    mutating func skipValue() {
        var depth = 0
        while let scalar = next {
            switch scalar {
            case "\"", "'":
                skipText()
                continue
            case "#":
                skipLine()
                continue
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "\n" where depth <= 0: return
            default: break
            }
            advance()
        }
    }

    /// Passes a text with its quotes.
    private mutating func skipText() {
        guard let quote = next else { return }
        let triple = String(repeating: Character(quote), count: 3)
        let isLong = isAt(triple)
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        while let scalar = next {
            if isLong ? isAt(triple) : scalar == quote {
                for _ in 0..<(isLong ? 3 : 1) { advance() }
                // Up to two quotes may stand before the closing ones.
                while isLong, next == quote { advance() }
                return
            }
            if !isLong, scalar == "\n" { return }
            if scalar == "\\", quote == "\"" { advance() }
            advance()
        }
    }
}

extension Unicode.Scalar {
    /// Whether it may stand in a key without quotes.
    fileprivate var isBareKey: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
