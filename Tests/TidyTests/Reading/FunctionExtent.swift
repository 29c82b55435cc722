import Foundation

/// A function with a body: its name, its first line (1-based) and how many lines it has, braces included.
struct FunctionExtent: Equatable {
    let name: String
    let line: Int
    let lineCount: Int

    /// The functions of a file; only Swift, C and Python are understood.
    static func all(in file: SourceFile) -> [FunctionExtent] {
        switch file.suffix {
        case "swift": swift(file.codeLines)
        case "c", "h": c(file.codeLines)
        case "py": python(file.lines)
        default: []
        }
    }

    /// Every `func`, `init`, `deinit` and `subscript` that a body follows.
    private static func swift(_ lines: [String]) -> [FunctionExtent] {
        let words = lines.map {
            $0.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." })
        }
        return lines.indices.compactMap { index in
            guard let keyword = words[index].firstIndex(where: { declaring.contains($0) }),
                words[index][..<keyword].allSatisfy({ modifiers.contains($0) }),
                let end = bodyEnd(lines, from: index)
            else { return nil }
            let follows = keyword + 1 < words[index].count ? words[index][keyword + 1] : words[index][keyword]
            let name = words[index][keyword] == "func" ? follows : words[index][keyword]
            return FunctionExtent(name: String(name), line: index + 1, lineCount: end - index + 1)
        }
    }

    private static let declaring: Set<Substring> = ["func", "init", "deinit", "subscript"]
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "static", "final", "override", "mutating",
        "nonmutating", "consuming", "borrowing", "required", "convenience", "nonisolated", "isolated",
        "inlinable",
        "usableFromInline", "discardableResult", "inline", "never", "always", "available", "concurrent",
        "unsafe",
        "safe", "class", "MainActor", "lifetime", "borrow", "self", "copy", "Test", "Suite", "specialized",
    ]

    /// Words that begin the next declaration: where one comes before a brace, there was no body.
    private static let beginning = [
        "func ", "var ", "let ", "init", "subscript", "static ", "associatedtype ", "@",
    ]

    /// The line where the body that begins at or after a line ends; nil for a declaration without a body.
    private static func bodyEnd(_ lines: [String], from start: Int) -> Int? {
        var depth = 0
        var parentheses = 0
        var opened = false
        for index in start..<lines.count {
            let trimmed = lines[index].trimmingCharacters(in: .whitespaces)
            if index > start && !opened && parentheses == 0 && beginning.contains(where: trimmed.hasPrefix) {
                return nil
            }
            for character in trimmed {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where opened || parentheses == 0:
                    opened = true
                    depth += 1
                case "}" where opened:
                    depth -= 1
                    if depth == 0 { return index }
                case "}" where parentheses == 0: return nil
                default: break
                }
            }
        }
        return nil
    }

    /// A definition begins in the first column and ends at a brace in the first column.
    private static func c(_ lines: [String]) -> [FunctionExtent] {
        var found: [FunctionExtent] = []
        var start: (line: Int, name: String)?
        for (index, line) in lines.enumerated() {
            if let opened = start, line.hasPrefix("}") {
                found.append(
                    FunctionExtent(name: opened.name, line: opened.line, lineCount: index + 2 - opened.line))
                start = nil
            } else if start == nil, let first = line.first, first.isLetter,
                let name = line.split(separator: "(").first,
                line.contains("(") && !line.contains(";")
            {
                start = (index + 1, String(name.split(whereSeparator: { " *".contains($0) }).last ?? ""))
            } else if line.hasSuffix(";") && !line.hasPrefix(" ") && !line.hasPrefix("\t") {
                start = nil
            }
        }
        return found
    }

    /// A `def` reaches to the last line that is indented deeper than it.
    private static func python(_ lines: [String]) -> [FunctionExtent] {
        func indentation(_ line: String) -> Int { line.prefix { $0 == " " }.count }
        return lines.indices.compactMap { start in
            let trimmed = lines[start].trimmingCharacters(in: .whitespaces)
            guard trimmed.hasPrefix("def ") else { return nil }
            let outer = indentation(lines[start])
            var end = start
            for index in lines.indices where index > start {
                let text = lines[index].trimmingCharacters(in: .whitespaces)
                let blank = text.isEmpty
                // A line that starts with a bracket ends a signature over several lines.
                if !blank && indentation(lines[index]) <= outer && !text.hasPrefix(")") { break }
                if !blank { end = index }
            }
            let name = trimmed.dropFirst(4).prefix { $0 != "(" }
            return FunctionExtent(name: String(name), line: start + 1, lineCount: end - start + 1)
        }
    }
}
