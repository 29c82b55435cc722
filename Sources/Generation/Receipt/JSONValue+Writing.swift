public import ModelFiles

extension JSONValue {
    /// This value as JSON text: members in their order, two spaces per level, short lists of numbers on one
    /// line.
    ///
    /// Reals are written with as many digits as tell them apart; infinities and NaN, which JSON lacks, become
    /// null.
    public var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    /// An object of `members` in this order.
    public static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { JSONMember(name: $0.key, value: $0.value) })
    }

    /// The integer `value`.
    public static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    /// The text, or null.
    public static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    /// The integer, or null.
    public static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.count) ?? .null }

    /// The number, or null.
    public static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.real) ?? .null }

    /// The ids as a list of integers.
    public static func tokens(_ ids: some Sequence<TokenID>) -> JSONValue {
        .list(ids.map { .integer(Int64($0.rawValue)) })
    }

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += "\(value)"
        case .real(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.writeQuoted(value, to: &text)
        case .list(let values): writeList(values, to: &text, indent: indent)
        case .object(let members):
            let lines = members.map { member in
                var line = ""
                Self.writeQuoted(member.name, to: &line)
                line += ": "
                member.value.write(to: &line, indent: indent + 1)
                return line
            }
            Self.writeBlock(lines, open: "{", close: "}", to: &text, indent: indent)
        }
    }

    private func writeList(_ values: [JSONValue], to text: inout String, indent: Int) {
        if values.allSatisfy(\.isScalar) {
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += ", " }
                value.write(to: &text, indent: indent)
            }
            text += "]"
            return
        }
        let lines = values.map { value in
            var line = ""
            value.write(to: &line, indent: indent + 1)
            return line
        }
        Self.writeBlock(lines, open: "[", close: "]", to: &text, indent: indent)
    }

    private static func writeBlock(
        _ lines: [String], open: String, close: String, to text: inout String, indent: Int
    ) {
        if lines.isEmpty {
            text += open + close
            return
        }
        let margin = String(repeating: "  ", count: indent + 1)
        text += open + "\n" + lines.map { margin + $0 }.joined(separator: ",\n")
        text += "\n" + String(repeating: "  ", count: indent) + close
    }

    private var isScalar: Bool {
        switch self {
        case .null, .boolean, .integer, .real: true
        case .string, .list, .object: false
        }
    }

    /// Escapes quotes, backslashes and control characters, as JSON demands (RFC 8259, section 7).
    private static func writeQuoted(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
