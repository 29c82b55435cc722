import Foundation

/// A machine file that is being written, key by key in the order of ``MachineKeys``.
struct MachineText {
    private var lines: [String]
    private var table = ""

    init(title: [String]) { lines = title.map { $0.isEmpty ? "#" : "# \($0)" } }

    /// What was written so far.
    var text: String { lines.joined(separator: "\n") + "\n" }

    /// A number, with four digits: no measurement is better.
    mutating func add(_ key: String, _ value: Double) { add(key, written: "\(Self.rounded(value))") }

    mutating func add(_ key: String, integer: Int) { add(key, written: "\(integer)") }

    /// A text; what TOML would want escaped is left out.
    mutating func add(_ key: String, text: String) {
        let plain = text.unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F && !"\"\\".contains(Character($0))
        }
        add(key, written: "\"\(String(String.UnicodeScalarView(plain)))\"")
    }

    private mutating func add(_ path: String, written: String) {
        guard let key = MachineKeys.all.first(where: { $0.path == path }) else {
            preconditionFailure("\(path) is no key of a machine file")
        }
        if key.table != table {
            table = key.table
            lines += ["", "[\(table)]"]
        }
        lines += ["# \(key.summary)", "\(key.name) = \(written)"]
    }

    private static func rounded(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        let scale = pow(10, 3 - log10(value).rounded(.down))
        return (value * scale).rounded() / scale
    }
}
