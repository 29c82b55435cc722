/// Which target may use which, and whether declarations and imports keep to it.
struct Layering {
    /// Direct edges, top to bottom; a target may use everything that can be reached along them.
    static let edges: [String: [String]] = [
        "sluice": ["Serving", "Cluster", "Tuning", "Generation", "Reports", "Residency"],
        "Serving": ["Generation", "Tokenization"],
        "Cluster": ["Models", "Residency"],
        "Tuning": ["Generation", "TraceFiles", "Residency"],
        "Generation": ["Models", "TraceFiles", "Tokenization", "Residency"],
        "Models": ["ExpertStorage", "Residency"],
        "ExpertStorage": ["ModelFiles", "Residency", "CEventCounter", "CLZ4"],
        "TraceFiles": ["ModelFiles", "Residency", "CLZ4"],
        "Tokenization": ["ModelFiles"],
        "ModelFiles": ["Kernels"],
        "Kernels": ["CKernels"],
        "CKernels": [],
        "CEventCounter": [],
        "CLZ4": [],
        "Reports": ["Residency"],
        "Residency": [],
    ]

    /// Modules of the system that any target but `Residency` may import.
    static let system: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]
    static let foundationAllowed: Set<String> = ["Generation", "Tuning", "Serving", "Cluster", "sluice"]
    static let foundationEssentialsAllowed: Set<String> = ["ModelFiles", "Tokenization"]

    static func reachable(from target: String) -> Set<String> {
        var found: Set<String> = []
        var open = edges[target] ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += edges[next] ?? [] }
        }
        return found
    }

    /// Declared dependencies of the targets under `Sources`.
    static func violations(in package: PackageDescription) -> [Violation] {
        let ours = Set(package.targets.map(\.name))
        return package.targets.filter { !$0.isForTests }.flatMap { target in
            guard edges[target.name] != nil || target.type == "system-target" else {
                return [Violation("Package.swift", "target \(target.name) has no place in the layers")]
            }
            let allowed = reachable(from: target.name)
            return target.dependencyNames.filter { ours.contains($0) && !allowed.contains($0) }.map {
                Violation("Package.swift", "target \(target.name) must not depend on \($0)")
            }
        }
    }

    /// Imports of one file, against the layers and what its target declares.
    static func violations(in file: SourceFile, package: PackageDescription) -> [Violation] {
        guard let target = file.sourceTarget, file.isSwift else { return [] }
        let ours = Set(package.targets.map(\.name))
        let declared = Set(package.targets.first { $0.name == target }?.dependencyNames ?? [])
        return imports(file).compactMap { module, line in
            if let complaint = complaint(module, in: target, ours: ours, declared: declared) {
                return Violation(file.path, line: line, "\(target) must not import \(module): \(complaint)")
            }
            return nil
        }
    }

    private static func complaint(
        _ module: String, in target: String, ours: Set<String>, declared: Set<String>
    ) -> String? {
        switch module {
        case "Foundation":
            return foundationAllowed.contains(target) ? nil : "Foundation begins at Generation"
        case "FoundationEssentials":
            let allowed = foundationAllowed.union(foundationEssentialsAllowed)
            return allowed.contains(target) ? nil : "only ModelFiles and Tokenization may, for JSON"
        case _ where system.contains(module):
            return target == "Residency" && module != "Synchronization" ? "it makes decisions only" : nil
        case _ where ours.contains(module):
            if !reachable(from: target).contains(module) { return "it does not stand below" }
            return declared.contains(module) ? nil : "Package.swift does not declare it"
        default:
            return declared.contains(module) ? nil : "Package.swift does not declare it"
        }
    }

    /// Module and 1-based line of every import.
    static func imports(_ file: SourceFile) -> [(module: String, line: Int)] {
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        return file.codeLines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ")[...]
            while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) {
                words.removeFirst()
            }
            guard words.popFirst() == "import" else { return nil }
            if let first = words.first, kinds.contains(first) { words.removeFirst() }
            return words.first.map { (String($0.split(separator: ".")[0]), index + 1) }
        }
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
}
