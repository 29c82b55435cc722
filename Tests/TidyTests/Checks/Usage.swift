import Foundation

/// Declarations that other targets may use and nothing does.
///
/// By name alone, so a name that is declared twice, or also means something else, hides what nobody uses. A
/// requirement of a protocol counts as a use of what fulfils it.
enum Usage {
    /// Names by which the language calls what we declare.
    private static let calledByLanguage: Set<Substring> = ["unownedExecutor"]

    /// Public and package declarations of `files` whose name occurs in their code only where it is declared.
    ///
    /// - Parameter imported: targets that others depend on. What the rest offer has no user yet.
    static func unused(in files: [SourceFile], imported: Set<String>) -> [Violation] {
        let declaration = /\b(?:public|package)\b[^=({]*?\b(?:func|var|let)\s+(\w+)/
        var declared: [Substring: [(path: String, line: Int)]] = [:]
        var occurrences: [Substring: Int] = [:]
        for file in files where file.isSwift && file.sourceTarget != nil {
            for (index, line) in file.codeLines.enumerated() {
                for word in words(line) { occurrences[word, default: 0] += 1 }
                if let match = line.firstMatch(of: declaration), imported.contains(file.sourceTarget ?? "") {
                    declared[match.1, default: []].append((file.path, index + 1))
                }
            }
        }
        return declared.filter { name, places in
            occurrences[name] == places.count && !calledByLanguage.contains(name)
        }.flatMap { name, places in
            places.map { Violation($0.path, line: $0.line, "nothing in Sources uses '\(name)'") }
        }.sorted { $0.description < $1.description }
    }

    private static func words(_ line: String) -> [Substring] {
        line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }
}
