import Foundation

/// Words that the code does not use, with what to write instead.
enum Words {
    /// Constructs that no code uses.
    private static let bannedEverywhere: [Rule] = [
        (#"\btry!"#, "a thrown error"),
        (#"\bas!"#, "a checked cast"),
        (#"@testable\b"#, "package or public access: tests run in release builds"),
    ]

    /// Constructs that the code of a target does not use; comments and string literals may hold them.
    private static let bannedInTargets: [Rule] = [
        (#"\bfatalError\b"#, "a precondition with the values, or a thrown error"),
        (#"(?<![.\w])(print|debugPrint|dump|NSLog)\("#, "the output of the command, or a log at the edge"),
        (#"@inline\(__always\)"#, "no underscored attributes"),
        (#"@_\w+"#, "no underscored attributes"),
    ]

    /// The field's words as other projects and files spell them, and ours.
    private static let glossary: [Rule] = [
        (
            "embeddingLength embeddingSize embeddingDim hiddenDim hiddenDimension modelDim dModel",
            "hiddenSize"
        ),
        ("moeIntermediateSize expertFeedForwardLength expertIntermediateSize", "expertHiddenSize"),
        ("numExperts nExperts nExpert numberOfExperts expertsCount expertsTotal", "expertCount"),
        (
            "expertUsedCount expertsUsedCount numExpertsPerTok numExpertsPerToken topKExperts",
            "expertsPerToken"
        ),
        ("gatingNetwork gateNetwork gateInp routerGate gateRouter gateLogits gatingLogits", "router"),
        ("sharedExp shexp expertShared", "sharedExpert"),
        ("numHeads nHeads nHead numLayers nLayers nLayer", "headCount, layerCount"),
        ("vocabSize nVocab", "vocabularySize"),
    ].map { (#"\b("# + $0.replacingOccurrences(of: " ", with: "|") + #")\b"#, $1) }

    /// A regular expression, and what to write instead of what it finds.
    private typealias Rule = (pattern: String, instead: String)

    /// A note of work to do names who will do it: `TODO(name): what`.
    private static let ownerless = #"\b(TODO|FIXME|XXX)\b(?!\([\w .-]+\):)"#

    /// Paths of the machine on which something was built; put together so as not to find itself.
    private static let machine =
        "(?<![\\w.<>])/("
        + ["home/[a-z]", "root/", "work/", "Users/[a-z]", "opt/swift"].joined(separator: "|") + ")"

    static func bannedInSources(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.sourceTarget != nil else { return [] }
        return matches(bannedEverywhere + bannedInTargets, in: file.codeLines, of: file)
    }

    static func bannedInTests(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.path.hasPrefix("Tests/") else { return [] }
        return matches(bannedEverywhere, in: file.codeLines, of: file)
    }

    static func glossaryMisuse(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.sourceTarget != nil else { return [] }
        return matches(glossary, in: file.codeLines, of: file)
    }

    static func ownerlessNotes(_ file: SourceFile) -> [Violation] {
        matches([(ownerless, "TODO(name): what, or do it")], in: file.commentLines, of: file)
    }

    static func machinePaths(_ file: SourceFile) -> [Violation] {
        matches([(machine, "no path of a build machine")], in: file.lines, of: file)
    }

    private static func matches(
        _ rules: [Rule], in lines: [String], of file: SourceFile
    ) -> [Violation] {
        let text = lines.joined(separator: "\n")
        return rules.flatMap { pattern, instead -> [Violation] in
            // Most files hold none: one search of the whole spares one of every line.
            guard text.range(of: pattern, options: .regularExpression) != nil else { return [] }
            return lines.enumerated().compactMap { index, line in
                guard let range = line.range(of: pattern, options: .regularExpression) else { return nil }
                return Violation(file.path, line: index + 1, "'\(line[range])': use \(instead)")
            }
        }
    }
}
