import Foundation
import TraceFiles

/// The formats of other programs' traces, as help and errors name them.
enum TraceFormatList {
    /// Aligned names and summaries, one a line.
    static func text(_ formats: [ForeignFormat]) -> String {
        TextTable.text(formats.map { [$0.name, $0.summary] }).trimmingCharacters(in: .newlines)
    }

    /// - Throws: `CommandFailure` for a name that is none of theirs.
    static func check(_ name: String, among formats: [ForeignFormat]) throws {
        guard !formats.contains(where: { $0.name == name }) else { return }
        throw CommandFailure.usage(
            "--format is '\(name)'; expected one of " + formats.map(\.name).joined(separator: ", "))
    }
}
