import Generation

/// What a key may hold.
///
/// The unit of a quantity stands in the key's name or its table's, or else in the value: `"8G"`, `"70%"`.
public enum KeyRule: Sendable, Equatable {
    case integer(ClosedRange<Int>, unit: String)
    case number(ClosedRange<Double>, unit: String)
    /// Memory of the whole process: a size, a share of the machine's memory, or `auto`.
    case budget
    /// A size or `auto`.
    case size
    /// One of these words.
    case choice([String])
    /// Any text of one line, at most so many characters long.
    case words(mostCharacters: Int)

    /// Why a value is refused.
    enum Refusal: Equatable {
        case type
        case unit
        case range
    }

    /// What the command line would be given for `found`, or why it cannot be.
    func text(of found: FoundValue) -> (text: String?, refusal: Refusal?) {
        switch (self, found) {
        case (.integer(let range, _), .integer(let value)):
            range.contains(value) ? ("\(value)", nil) : (nil, .range)
        case (.number(let range, _), .integer(let value)):
            range.contains(Double(value)) ? ("\(value)", nil) : (nil, .range)
        case (.number(let range, _), .number(let value)):
            range.contains(value) ? ("\(value)", nil) : (nil, .range)
        case (.budget, .text(let text)): Self.quantity(text, isValid: MemoryBudget(text) != nil)
        case (.size, .text(let text)):
            Self.quantity(text, isValid: text == "auto" || ByteSize.parse(text) != nil)
        // A bare number of bytes is what everybody forgets.
        case (.budget, .integer(_)), (.size, .integer(_)), (.budget, .number(_)), (.size, .number(_)):
            (nil, .unit)
        case (.choice(let words), .text(let text)): words.contains(text) ? (text, nil) : (nil, .range)
        case (.words(let most), .text(let text)):
            text.count <= most && !text.contains(where: \.isNewline) ? (text, nil) : (nil, .range)
        default: (nil, .type)
        }
    }

    /// The same for a quantity whose unit stands behind it.
    private static func quantity(_ text: String, isValid: Bool) -> (text: String?, refusal: Refusal?) {
        if text == "auto" { return (text, nil) }
        // "8" would be eight bytes.
        let units: Set<Character> = ["K", "M", "G", "T", "B", "%"]
        guard let last = text.uppercased().last, units.contains(last) else { return (nil, .unit) }
        return isValid ? (text, nil) : (nil, .range)
    }

    /// What an error says that was expected.
    var expectation: String {
        switch self {
        case .integer(let range, let unit):
            "an integer from \(range.lowerBound) to \(range.upperBound) (\(unit))"
        case .number(let range, let unit):
            "a number from \(Self.shown(range)) (\(unit))"
        case .budget: "a size such as \"8G\" or \"512M\", a share such as \"70%\", or \"auto\""
        case .size: "a size such as \"4G\" or \"512M\", or \"auto\""
        case .choice(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        case .words(let most): "a text of one line and at most \(most) characters"
        }
    }

    /// `type`, `unit` and `range` as the table of all keys shows them.
    var columns: (type: String, unit: String, range: String) {
        switch self {
        case .integer(let range, let unit): ("integer", unit, "\(range.lowerBound) to \(range.upperBound)")
        case .number(let range, let unit): ("number", unit, Self.shown(range))
        case .budget:
            (
                "text", "behind the number: `K`, `M`, `G`, `T` (of 1024), `%`",
                "more than 0; at most 100%; `auto`"
            )
        case .size: ("text", "behind the number: `K`, `M`, `G`, `T` (of 1024)", "more than 0; `auto`")
        case .choice(let words): ("text", "", words.map { "`\($0)`" }.joined(separator: ", "))
        case .words(let most): ("text", "", "at most \(most) characters")
        }
    }

    /// Bounds that are whole numbers, without a point.
    private static func shown(_ range: ClosedRange<Double>) -> String {
        let bounds = [range.lowerBound, range.upperBound].map { bound in
            bound == bound.rounded() ? "\(Int(bound))" : "\(bound)"
        }
        return bounds.joined(separator: " to ")
    }
}
