/// A profile that is being written: values in the order of ``ProfileKeys``, each with its reason.
public struct ProfileText: Sendable {
    /// A value as a file gives it.
    public enum Value: Sendable, Equatable {
        case integer(Int)
        case number(Double)
        case text(String)
    }

    private var values: [String: (value: Value, comment: String)] = [:]
    /// What stands above everything, without `#`.
    private let title: [String]

    /// A profile without values, below the lines of `title`.
    public init(title: [String]) { self.title = title }

    /// Sets a key, with the measurement or the reason behind it.
    ///
    /// - Parameters:
    ///   - key: as in `memory.budget`.
    ///   - comment: one or more lines, without `#`.
    /// - Precondition: the key exists and may hold `value`.
    public mutating func set(_ key: String, _ value: Value, comment: String) {
        let rule = ProfileKeys.all.first { $0.path == key }?.rule
        precondition(rule?.text(of: value.found).text != nil, "\(key) cannot be \(value)")
        values[key] = (value, comment)
    }

    /// The file, sealed: a later change by hand can be told.
    public var sealed: String {
        var lines = title.map(Self.comment)
        var table = ""
        for key in ProfileKeys.all {
            guard let (value, comment) = values[key.path] else { continue }
            if key.table != table {
                lines += ["", "[\(key.table)]"]
                table = key.table
            }
            lines += comment.split(separator: "\n", omittingEmptySubsequences: false).map {
                Self.comment(String($0))
            }
            lines.append("\(key.name) = \(value.written)")
        }
        return ProfileSeal.sealed(lines.joined(separator: "\n") + "\n")
    }

    private static func comment(_ line: String) -> String { line.isEmpty ? "#" : "# \(line)" }
}

extension ProfileText.Value {
    /// The value as reading it would find it.
    fileprivate var found: FoundValue {
        switch self {
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .text(let text): .text(text)
        }
    }

    /// In TOML. Source: TOML 1.0.0, basic strings and floats.
    fileprivate var written: String {
        switch self {
        case .integer(let value): return "\(value)"
        case .number(let value):
            // An exponent needs no point, and its sign is Swift's and TOML's alike.
            return "\(value)"
        case .text(let text):
            let escaped = text.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case "\t": "\\t"
                case "\u{0}"..."\u{1F}", "\u{7F}":
                    "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
                        + String(scalar.value, radix: 16)
                default: String(Character(scalar))
                }
            }
            return "\"\(escaped.joined())\""
        }
    }
}
