#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// A file that a command writes results to, created or emptied when it is opened; pipes and devices are
/// written to as they are.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Throws: `CommandFailure` naming the path, what is wrong with it and what to try.
    init(_ path: String) throws {
        self.path = path
        // Readable and writable for all, less what the user's mask takes away.
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw PathProblem.writing(path, code: errno) }
    }

    deinit { close(descriptor) }

    /// Appends `text`.
    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Appends `bytes`.
    func write(_ bytes: [UInt8]) throws { try FileWriter.write(bytes, to: descriptor, name: path) }
}
