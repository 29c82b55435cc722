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
        #"\b(var (description|debugDescription|errorDescription|hashValue|id|rawValue)|func (hash|encode|run|validate)\(|static func (==|<) |init\((from|rawValue))"#

    /// `public` and `package` declarations of a file that no doc comment precedes.
    static func undocumentedDeclarations(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.sourceTarget != nil else { return [] }
        return file.codeLines.indices.compactMap { index in
            let line = file.codeLines[index]
            guard line.range(of: exported, options: .regularExpression) != nil,
                line.range(of: explainedElsewhere, options: .regularExpression) == nil,
                !isDocumented(index, in: file)
            else { return nil }
            return Violation(
                file.path, line: index + 1, "no doc comment: \(line.trimmingCharacters(in: .whitespaces))")
        }
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
            let here = file.commentLines[index].contains("//")
            let above = index > 0 && file.commentLines[..<index].last?.contains("//") == true
            if here || above || isDocumented(index, in: file) { return nil }
            return Violation(file.path, line: index + 1, "says why it is safe in a comment beside or above")
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
