#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// A file, a pipe or a device that a command reads.
enum InputFile {
    /// All bytes of `path`, or of standard input for `-`, read until they end: a pipe tells no size.
    ///
    /// - Parameter mostBytes: reading ends there; no limit where it is nil.
    /// - Throws: `CommandFailure` naming the path, what is wrong with it and what to try.
    static func contents(of path: String, mostBytes: Int? = nil) throws -> [UInt8] {
        let isStandardInput = path == "-"
        let descriptor = isStandardInput ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { if !isStandardInput, descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0 else { throw PathProblem.reading(path, code: errno) }
        var bytes: [UInt8] = []
        let capacity = 1 << 16
        var chunk = [UInt8](repeating: 0, count: capacity)
        while true {
            let count = unsafe read(descriptor, &chunk, capacity)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw PathProblem.reading(path, code: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if let mostBytes, bytes.count >= mostBytes { return Array(bytes.prefix(mostBytes)) }
        }
    }
}
