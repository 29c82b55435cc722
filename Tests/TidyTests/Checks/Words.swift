import Foundation

/// Words that the code does not use, with what to write instead.
enum Words {
    /// Whole words of code in `Sources`; comments and string literals may hold them.
    private static let banned: [(pattern: String, instead: String)] = [
        (#"\bfatalError\b"#, "a precondition with the values, or a thrown error"),
        (#"(?<![.\w])(print|debugPrint|dump|NSLog)\("#, "the output of the command, or a log at the edge"),
        (#"\btry!"#, "a thrown error"),
        (#"\bas!"#, "a checked cast"),
        (#"@inline\(__always\)"#, "no underscored attributes"),
        (#"@_\w+"#, "no underscored attributes"),
        (#"@testable\b"#, "package or public access: tests run in release builds"),
    ]

    /// The field's words as other projects and files spell them, and ours.
    private static let glossary: [(pattern: String, instead: String)] = [
        (
            #"\b(embeddingLength|embeddingSize|embeddingDim|hiddenDim|hiddenDimension|modelDim|dModel|nEmbd)\b"#,
            "hiddenSize"
        ),
        (
            #"\b(moeIntermediateSize|expertFeedForwardLength|expertFeedForwardSize|expertIntermediateSize)\b"#,
            "expertHiddenSize"
        ),
        (#"\b(numExperts|nExperts|numberOfExperts|expertsCount|nExpert|expertsTotal)\b"#, "expertCount"),
        (
            #"\b(expertUsedCount|expertsUsedCount|numExpertsPerTok|numExpertsPerToken|topKExperts|expertTopK|activeExperts)\b"#,
            "expertsPerToken"
        ),
        (
            #"\b(gatingNetwork|gateNetwork|gateInp|gateInput|routerGate|gateRouter|gatingWeights|gateLogits|gatingLogits)\b"#,
            "router"
        ),
        (#"\b(sharedExp|shexp|expertShared)\b"#, "sharedExpert"),
        (
            #"\b(numHeads|nHeads|nHead|numLayers|nLayers|nLayer|vocabSize|nVocab|seqLen|ctxLen)\b"#,
            "headCount, layerCount, vocabularySize, ..."
        ),
    ]

    /// A note of work to do names who will do it: `TODO(name): what`.
    private static let ownerless = #"\b(TODO|FIXME|XXX)\b(?!\([\w .-]+\):)"#

    /// Paths of the machine on which something was built; the pattern is put together so as not to match itself.
    private static let machine =
        "(?<![\\w.<>])/("
        + ["home/[a-z]", "root/", "work/", "Users/[a-z]", "opt/swift"].joined(separator: "|") + ")"

    static func bannedInSources(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.sourceTarget != nil else { return [] }
        return matches(banned, in: file.codeLines, of: file)
    }

    static func bannedInTests(_ file: SourceFile) -> [Violation] {
        guard file.isSwift, file.path.hasPrefix("Tests/") else { return [] }
        return matches([banned[2], banned[3], banned[6]], in: file.codeLines, of: file)
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
        _ rules: [(pattern: String, instead: String)], in lines: [String], of file: SourceFile
    ) -> [Violation] {
        rules.flatMap { pattern, instead -> [Violation] in
            lines.enumerated().compactMap { index, line in
                guard let range = line.range(of: pattern, options: .regularExpression) else { return nil }
                return Violation(file.path, line: index + 1, "'\(line[range])': use \(instead)")
            }
        }
    }
}
