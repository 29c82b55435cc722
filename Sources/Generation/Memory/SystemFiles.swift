import Foundation

/// The way to the small text files by which the system tells about itself; tests put their own contents
/// behind it.
public protocol SystemFiles: Sendable {
    /// The text of a file; nil where it does not exist or cannot be read.
    func text(_ path: String) -> String?
    /// The names in a folder, sorted; empty where it does not exist.
    func names(in folder: String) -> [String]
}

/// The machine's own files.
public struct MachineFiles: SystemFiles {
    /// They need no preparation.
    public init() {}

    public func text(_ path: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
    }

    public func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}

extension SystemFiles {
    /// The number that is all a file holds; nil for anything else (`max`).
    func number(_ path: String) -> Int? {
        text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The number behind `key` in a file of lines `key value` or `key: value kB`.
    func number(_ path: String, key: String) -> Int? {
        guard let text = text(path) else { return nil }
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            guard fields.count >= 2, fields[0] == key, let value = Int(fields[1]) else { continue }
            return fields.count > 2 && fields[2] == "kB" ? value << 10 : value
        }
        return nil
    }
}
