import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Results go here, unbuffered, so that text appears as it is generated.
enum StandardOutput {
    /// Writes all of `text`.
    ///
    /// - Throws: `CommandFailure` where the output is closed or full.
    static func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes all of `bytes`.
    ///
    /// - Throws: the same.
    static func write(_ bytes: [UInt8]) throws {
        try FileWriter.write(bytes, to: STDOUT_FILENO, name: "standard output")
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Progress, plans, receipts and errors go here.
enum StandardError {
    /// Writes all of `text`; where nobody can read it there is nobody to tell either.
    static func write(_ text: String) {
        try? FileWriter.write(Array(text.utf8), to: STDERR_FILENO, name: "standard error")
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether colours help: on a terminal that knows them, unless `NO_COLOR` is set (no-color.org).
    static var hasColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}

/// Writes bytes to a descriptor, however many calls that takes.
enum FileWriter {
    /// - Throws: `CommandFailure` naming `name` and the system's reason.
    static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
        try unsafe bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = unsafe Self.call(descriptor, buffer[offset...])
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else {
                    throw CommandFailure.failure(
                        "cannot write to \(name): \(PathProblem.reason(errno))")
                }
                offset += count
            }
        }
    }

    private static func call(_ descriptor: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes)
        #if canImport(Darwin)
        return unsafe Darwin.write(descriptor, rest.baseAddress, rest.count)
        #else
        return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        #endif
    }
}
