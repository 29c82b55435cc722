import Generation

/// System files with contents that a test chose.
struct FixedFiles: SystemFiles {
    let contents: [String: String]

    func text(_ path: String) -> String? { contents[path] }

    func names(in folder: String) -> [String] {
        contents.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
            .sorted()
    }
}
