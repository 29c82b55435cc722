import Foundation

/// A text file of the repository, as the checks see it.
struct SourceFile {
    /// Relative to the package folder.
    let path: String
    let text: String
    let lines: [String]
    /// For Swift and C: what of the file is code.
    let codeLines: [String]
    /// For Swift and C: what of the file is comment; for other files the text itself.
    let commentLines: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.components(separatedBy: "\n")
        if ["swift", "c", "h"].contains(Self.suffix(path)) {
            let mask = CodeMask(text)
            codeLines = mask.codeLines
            commentLines = mask.commentLines
        } else {
            codeLines = lines
            commentLines = lines
        }
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
    var suffix: String { Self.suffix(path) }
    var isSwift: Bool { suffix == "swift" }

    /// The target folder under `Sources`, e.g. `Kernels`; nil elsewhere.
    var sourceTarget: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    private static func suffix(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return name.contains(".") ? String(name.split(separator: ".").last ?? "") : ""
    }
}
