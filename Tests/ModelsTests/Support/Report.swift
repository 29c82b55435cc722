import Foundation

/// Figures that a test run leaves in its output, for the tables of a release note.
enum Report {
    static func line(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
