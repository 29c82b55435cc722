import Foundation

/// The package folder and its files, read once.
struct Repository {
    static let current = Repository(root: Self.packageRoot())

    let root: URL
    /// Paths of all files relative to the root, build products and hidden folders left out.
    let paths: [String]
    /// Those that are text.
    let files: [SourceFile]

    init(root: URL) {
        self.root = root
        paths = Self.listed(root)
        files = paths.compactMap { path in
            guard Self.isText(path) else { return nil }
            let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            return text.map { SourceFile(path: path, text: $0) }
        }
    }

    /// Swift files of the targets and tests.
    var swiftFiles: [SourceFile] { files.filter(\.isSwift) }

    /// Folders directly under a folder, e.g. the targets under `Sources`.
    func folders(in parent: String) -> [String] {
        let parts = paths.map { $0.split(separator: "/") }
        return Set(parts.filter { $0.count > 2 && $0[0] == parent }.map { String($0[1]) }).sorted()
    }

    private static func packageRoot() -> URL {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    /// Hidden folders that belong to the project all the same.
    private static let visible: Set<String> = [".ci", ".swift-format", ".gitignore"]
    private static let products: Set<String> = ["__pycache__", "Package.resolved"]

    private static func listed(_ root: URL) -> [String] {
        func walk(_ folder: String) -> [String] {
            let names = try? FileManager.default.contentsOfDirectory(
                atPath: root.appending(path: folder).path)
            return (names ?? []).sorted().flatMap { name -> [String] in
                if products.contains(name) || name.hasPrefix(".") && !visible.contains(name) { return [] }
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                var isFolder: ObjCBool = false
                _ = unsafe FileManager.default.fileExists(
                    atPath: root.appending(path: path).path, isDirectory: &isFolder)
                return isFolder.boolValue ? walk(path) : [path]
            }
        }
        return walk("")
    }

    private static func isText(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let suffixes = ["swift", "c", "h", "py", "sh", "md", "txt", "json", "toml", "yml", "modulemap"]
        return !name.contains(".") || suffixes.contains { name.hasSuffix(".\($0)") }
            || visible.contains(String(name))
    }
}
