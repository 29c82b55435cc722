import Foundation

/// What files are called and what must stand beside them.
enum Folders {
    /// Names that say nothing about what a file holds.
    private static let vague: Set<String> = [
        "util", "utils", "utilities", "helper", "helpers", "common", "misc", "old", "v2", "stuff", "new",
        "temp",
    ]

    /// Fixtures are left out: they have the names of models, `deepseek_v2` among them.
    static func vagueNames(_ paths: [String]) -> [Violation] {
        paths.filter { !$0.contains("/Fixtures/") }.filter { path in
            path.split(separator: "/").contains { part in
                words(part.split(separator: ".").first ?? "").contains { vague.contains($0) }
            }
        }.map { Violation($0, "the name does not say what the file holds") }
    }

    /// The words of a name in camel, kebab or snake case, in lower case.
    private static func words(_ name: Substring) -> [String] {
        let spaced = String(name).replacingOccurrences(
            of: "([a-z0-9])([A-Z])", with: "$1 $2", options: .regularExpression)
        return spaced.lowercased().components(separatedBy: CharacterSet(charactersIn: " -_+"))
    }

    /// Every target has a page of 30 to 60 lines that a newcomer lands on: `<Target>.docc/<Target>.md`; one
    /// that only names headers of the system needs none.
    static func missingLandingPages(_ targets: [String], files: [SourceFile]) -> [Violation] {
        targets.compactMap { target in
            if files.contains(where: { $0.path == "Sources/\(target)/module.modulemap" }) { return nil }
            let path = "Sources/\(target)/\(target).docc/\(target).md"
            guard let page = files.first(where: { $0.path == path }) else {
                return Violation(path, "is missing: every target has a landing page")
            }
            let count = page.lines.count - 1
            return (30...60).contains(count)
                ? nil : Violation(path, "\(count) lines, a landing page has 30 to 60")
        }
    }

    /// Folders of data tell where it came from.
    static func missingProvenance(_ paths: [String]) -> [Violation] {
        let folders = paths.compactMap { path -> String? in
            let parts = path.split(separator: "/")
            let index = parts.firstIndex { $0 == "Fixtures" || $0 == "Resources" }
            return index.map { parts[...$0].joined(separator: "/") }
        }
        return Set(folders).sorted().filter { folder in
            !paths.contains("\(folder)/PROVENANCE.md") && !paths.contains("\(folder)/README.md")
        }.map { Violation($0, "has no PROVENANCE.md") }
    }

    /// Files that nothing uses: code without a declaration, and tools and fixtures that no other file names.
    static func deadFiles(_ paths: [String], files: [SourceFile]) -> [Violation] {
        let empty = files.filter { ["swift", "c"].contains($0.suffix) && !holdsCode($0) }.map {
            Violation($0.path, "holds no code")
        }
        let speakers = speakers(files)
        let unnamed = paths.filter { path in
            guard path.hasPrefix("tools/") || path.contains("/Fixtures/") else { return false }
            return !isNamed(path, speakers: speakers)
        }.map { Violation($0, "no other file names it") }
        return empty + unnamed
    }

    private static func holdsCode(_ file: SourceFile) -> Bool {
        file.codeLines.contains { line in
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            return !trimmed.isEmpty && !trimmed.hasPrefix("#include") && !trimmed.contains("import ")
        }
    }

    /// For every word that a path can consist of, the files that hold it.
    private static func speakers(_ files: [SourceFile]) -> [Substring: Set<String>] {
        var found: [Substring: Set<String>] = [:]
        for file in files {
            for word in Set(file.text.split { !($0.isLetter || $0.isNumber || "._-+".contains($0)) }) {
                found[word.drop { $0 == "." }.trimmedAtEnd, default: []].insert(file.path)
                // The last part of a module's name.
                if let last = word.split(separator: ".").last { found[last, default: []].insert(file.path) }
            }
        }
        return found
    }

    /// By its name, by its module's name in Python, or by the name of itself or of a folder among the
    /// fixtures.
    private static func isNamed(_ path: String, speakers: [Substring: Set<String>]) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last, !["PROVENANCE.md", "README.md", "__init__.py"].contains(name) else {
            return true
        }
        let stem = name.split(separator: ".").first ?? name
        func speaks(_ word: Substring, _ suffix: String) -> Bool {
            speakers[word, default: []].contains { $0 != path && $0.hasSuffix(suffix) }
        }
        if speaks(name, "") || name.hasSuffix(".py") && speaks(stem, ".py") { return true }
        guard let fixtures = parts.firstIndex(of: "Fixtures") else { return false }
        let folders = parts[fixtures...].dropFirst().dropLast()
        return speaks(stem, ".swift") || folders.contains { speaks($0, ".swift") }
    }
}

extension Substring {
    /// Without the full stop of a sentence.
    fileprivate var trimmedAtEnd: Substring { hasSuffix(".") ? dropLast() : self }
}
