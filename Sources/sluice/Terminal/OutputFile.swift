import Foundation

/// A file that a command writes results to, created or emptied when it is opened.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let handle: FileHandle

    /// - Throws: `CommandFailure` naming the path and the system's reason.
    init(_ path: String) throws {
        self.path = path
        do {
            let url = URL(fileURLWithPath: path)
            // Existing pipes and devices are written to as they are.
            if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
            handle = try FileHandle(forWritingTo: url)
        } catch {
            throw CommandFailure.failure("cannot write \(path): \((error as NSError).localizedDescription)")
        }
        descriptor = handle.fileDescriptor
        try? handle.truncate(atOffset: 0)
    }

    /// Appends `text`.
    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Appends `bytes`.
    func write(_ bytes: [UInt8]) throws { try FileWriter.write(bytes, to: descriptor, name: path) }
}
