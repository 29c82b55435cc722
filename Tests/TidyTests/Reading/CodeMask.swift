/// Separates a source file into code, comments and string literals without parsing it.
///
/// Both results have the layout of the file: everything else is blanked, so lines and columns stay where they
/// are.
struct CodeMask {
    /// Comments and the contents of string literals are blank.
    private(set) var code: [UInt8]
    /// Everything but comments is blank.
    private(set) var comments: [UInt8]

    private let source: [UInt8]
    private var position = 0

    init(_ text: String) {
        source = Array(text.utf8)
        code = source.map { $0 == newline ? newline : space }
        comments = code
        scanCode(untilParenthesis: false)
    }

    /// The code, line by line.
    var codeLines: [String] { Self.lines(code) }

    /// The comments, line by line.
    var commentLines: [String] { Self.lines(comments) }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: newline, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func byte(_ offset: Int) -> UInt8 {
        position + offset < source.count ? source[position + offset] : 0
    }

    /// Scans code to the end, or to the parenthesis that closes an interpolation.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while position < source.count {
            let current = byte(0)
            if current == slash && byte(1) == slash {
                scanLineComment()
            } else if current == slash && byte(1) == star {
                scanBlockComment()
            } else if let hashes = openingQuote() {
                scanString(hashes: hashes)
            } else {
                if current == openParenthesis { depth += 1 }
                if current == closeParenthesis { depth -= 1 }
                if untilParenthesis && depth < 0 { return }
                code[position] = current
                position += 1
            }
        }
    }

    private mutating func scanLineComment() {
        while position < source.count && byte(0) != newline {
            comments[position] = byte(0)
            position += 1
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        while position < source.count {
            let opens = byte(0) == slash && byte(1) == star
            let closes = byte(0) == star && byte(1) == slash
            depth += opens ? 1 : closes ? -1 : 0
            for _ in 0..<(opens || closes ? 2 : 1) where position < source.count {
                comments[position] = byte(0)
                position += 1
            }
            if depth == 0 { return }
        }
    }

    /// How many `#` stand before a quote that opens here; nil where none opens.
    private func openingQuote() -> Int? {
        var hashes = 0
        while byte(hashes) == hash { hashes += 1 }
        return byte(hashes) == quote ? hashes : nil
    }

    private mutating func scanString(hashes: Int) {
        position += hashes
        let quotes = byte(1) == quote && byte(2) == quote ? 3 : 1
        position += quotes
        while position < source.count {
            if byte(0) == backslash && follows(hash, count: hashes, from: 1) {
                position += 1 + hashes
                if byte(0) == openParenthesis {
                    position += 1
                    scanCode(untilParenthesis: true)
                }
                position += 1
            } else if follows(quote, count: quotes, from: 0) && follows(hash, count: hashes, from: quotes) {
                position += quotes + hashes
                return
            } else if byte(0) == newline && quotes == 1 {
                return
            } else {
                position += 1
            }
        }
    }

    private func follows(_ expected: UInt8, count: Int, from offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == expected }
    }
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let slash = UInt8(ascii: "/")
private let star = UInt8(ascii: "*")
private let quote = UInt8(ascii: "\"")
private let hash = UInt8(ascii: "#")
private let backslash = UInt8(ascii: "\\")
private let openParenthesis = UInt8(ascii: "(")
private let closeParenthesis = UInt8(ascii: ")")
