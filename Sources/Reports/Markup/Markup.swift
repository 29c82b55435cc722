/// Text of HTML and SVG, in which every name and value of others is escaped where it enters.
///
/// What is written is well-formed XML: it can be read by a parser of either.
struct Markup {
    private(set) var text = ""

    init() {}

    /// A piece that `build` writes.
    init(_ build: (inout Markup) -> Void) { build(&self) }

    /// Adds characters that are shown as they are.
    mutating func show(_ characters: String) { text += Self.escaped(characters) }

    /// Adds an element with what `build` writes inside it.
    ///
    /// - Parameters:
    ///   - name: ours, never a value from outside.
    ///   - attributes: names of ours, values of anybody; left out where empty.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
        _ build: (inout Markup) -> Void = { _ in }
    ) {
        text += "<" + name
        for (key, value) in attributes where !value.isEmpty {
            text += " \(key)=\"\(Self.escaped(value))\""
        }
        var inner = Markup()
        build(&inner)
        // HTML knows elements without content only by a list; all others are closed by a tag.
        text += inner.text.isEmpty && Self.alone.contains(name) ? "/>" : ">\(inner.text)</\(name)>"
    }

    /// Adds an element that holds only text.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
    ) {
        element(name, attributes) { $0.show(text) }
    }

    /// Adds another piece.
    mutating func add(_ other: Markup) { text += other.text }

    /// Adds text of ours that is markup already.
    mutating func write(_ markup: StaticString) { text += markup.description }

    private static let alone: Set<String> = [
        "meta", "br", "path", "rect", "line", "circle", "polyline", "polygon", "col",
    ]

    /// `characters` with what markup gives a meaning replaced, and what XML does not allow shown as U+FFFD.
    static func escaped(_ characters: String) -> String {
        var result = ""
        for scalar in characters.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value),
                "\u{FFFE}", "\u{FFFF}":
                result += "\u{FFFD}"
            // Marks that turn the direction of what follows them.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
