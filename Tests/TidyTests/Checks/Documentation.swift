import Foundation

/// What must be explained, and whether explanations lead anywhere.
enum Documentation {
    static let undocumented = Ratchet(
        rule: "undocumented", limit: 0, unit: "declarations without a doc comment")

    /// Words that declare something with a name of its own.
    private static let declaring =
        "(func|var|let|struct|class|enum|actor|protocol|init|subscript|typealias|macro|case)"
    private static let exported =
        #"^\s*(@\w+(\([^)]*\))?\s+)*(public|package)(\(set\))?\s+(\w+(\(\w+\))?\s+)*"# + declaring + #"\b"#

    /// Members that a protocol of the standard library explains.
    private static let explainedElsewhere =
        #"\bvar (description|debugDescription|errorDescription|hashValue|id|rawValue)\b"#
        + #"|\bfunc (hash|encode|run|validate)\(|\bstatic func (==|<) |\binit\((from|rawValue)\b"#

    /// The documented requirements of protocols, without modifiers: what fulfils them is explained there.
    static func requirements(_ files: [SourceFile]) -> Set<String> {
        var found: Set<String> = []
        for file in files where file.isSwift {
            for index in file.codeLines.indices where isDocumented(index, in: file) {
                if let signature = signature(file.codeLines[index]) { found.insert(signature) }
            }
        }
        return found
    }

    /// A function from `func` to its brace, where it stands on one line; nil for anything else.
    private static func signature(_ line: String) -> String? {
        guard let start = line.range(of: #"\bfunc \w"#, options: .regularExpression) else { return nil }
        return line[start.lowerBound...].prefix { $0 != "{" }.trimmingCharacters(in: .whitespaces)
    }

    /// `public` and `package` declarations of a file that no doc comment precedes.
    static func undocumentedDeclarations(_ file: SourceFile, requirements: Set<String> = []) -> [Violation] {
        guard file.isSwift, file.sourceTarget != nil else { return [] }
        return file.codeLines.indices.compactMap { index in
            let line = file.codeLines[index]
            guard line.contains("public") || line.contains("package"),
                line.range(of: exported, options: .regularExpression) != nil,
                line.range(of: explainedElsewhere, options: .regularExpression) == nil,
                !isDocumented(index, in: file), !isExplainedByType(index, in: file),
                !(signature(line).map(requirements.contains) ?? false)
            else { return nil }
            return Violation(
                file.path, line: index + 1, "no doc comment: \(line.trimmingCharacters(in: .whitespaces))")
        }
    }

    /// A property that the type's own doc comment speaks of by name needs no second one, nor does an
    /// initialiser that cannot fail: what it does is the type.
    private static func isExplainedByType(_ index: Int, in file: SourceFile) -> Bool {
        func indentation(_ line: String) -> Int { line.prefix { $0 == " " }.count }
        let line = file.codeLines[index]
        guard
            let outer = file.codeLines[..<index].lastIndex(where: {
                indentation($0) < indentation(line)
                    && $0.range(
                        of: #"\b(struct|class|enum|protocol|actor|extension) \w"#, options: .regularExpression
                    ) != nil
            })
        else { return false }
        if line.range(of: #"\binit[?(<]"#, options: .regularExpression) != nil {
            let end = file.codeLines[index...].firstIndex { $0.contains("{") } ?? index
            return !file.codeLines[index...end].contains { $0.contains("throws") }
        }
        guard let match = line.range(of: #"\b(let|var) \w+"#, options: .regularExpression) else {
            return false
        }
        let name = line[match].dropFirst(4)
        let comment = file.lines[..<outer].reversed().prefix {
            let text = $0.trimmingCharacters(in: .whitespaces)
            return text.hasPrefix("///") || text.hasPrefix("@")
        }
        return comment.contains { $0.range(of: "\\b\(name)\\b", options: .regularExpression) != nil }
    }

    private static func isDocumented(_ index: Int, in file: SourceFile) -> Bool {
        var above = index - 1
        while above >= 0 {
            let line = file.lines[above].trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("///") || line.hasSuffix("*/") { return true }
            guard line.hasPrefix("@") || line.hasPrefix("#if") || line.hasPrefix("// swift-format") else {
                return false
            }
            above -= 1
        }
        return false
    }

    /// Constructs that switch a safety check off, without the reason why that is safe.
    static func unexplainedUnsafety(_ file: SourceFile) -> [Violation] {
        guard file.isSwift else { return [] }
        return file.codeLines.indices.compactMap { index in
            let line = file.codeLines[index]
            guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else {
                return nil
            }
            let beside = file.commentLines[max(index - 1, 0)...].prefix(3)
            if beside.contains(where: { $0.contains("//") }) || isDocumented(index, in: file) { return nil }
            return Violation(file.path, line: index + 1, "says why it is safe in a comment beside it")
        }
    }

    /// Relative links of a Markdown file, and paths it shows in backticks, that lead nowhere.
    static func deadLinks(_ file: SourceFile, exists: (String) -> Bool) -> [Violation] {
        guard file.suffix == "md" else { return [] }
        let folder = file.path.split(separator: "/").dropLast().map(String.init)
        return file.lines.enumerated().flatMap { index, line -> [Violation] in
            let linked = matches(#"\]\(([^)#\s]+)"#, in: line).filter {
                !$0.contains("://") && !$0.hasPrefix("mailto:")
            }
            let shown = matches(#"`((?:Sources|Tests|tools|profiles|\.ci)/[\w./+-]+)`"#, in: line)
            let paths = linked.map { resolve($0, from: folder) } + shown
            return paths.filter { !exists($0) }.map {
                Violation(file.path, line: index + 1, "leads nowhere: \($0)")
            }
        }
    }

    private static func resolve(_ link: String, from folder: [String]) -> String {
        link.split(separator: "/").reduce(into: folder) { parts, step in
            if step == ".." { _ = parts.popLast() } else if step != "." { parts.append(String(step)) }
        }.joined(separator: "/")
    }

    /// The first group of every match.
    private static func matches(_ pattern: String, in line: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        return expression.matches(in: line, range: NSRange(line.startIndex..., in: line)).compactMap {
            Range($0.range(at: 1), in: line).map { String(line[$0]) }
        }
    }
}
