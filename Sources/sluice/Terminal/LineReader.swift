import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Reads standard input line by line, as lines come.
final class LineReader {
    private var pending: [UInt8] = []
    private var isAtEnd = false

    /// Whether somebody types.
    var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// The next line without its end; nil when there is no more.
    ///
    /// - Throws: `CommandFailure` where a line is not UTF-8.
    func next() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                return try text(line)
            }
            if isAtEnd {
                guard !pending.isEmpty else { return nil }
                defer { pending = [] }
                return try text(pending)
            }
            let data = FileHandle.standardInput.availableData
            isAtEnd = data.isEmpty
            pending.append(contentsOf: data)
        }
    }

    private func text(_ line: [UInt8]) throws -> String {
        let bytes = line.last == 0x0D ? Array(line.dropLast()) : line
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.failure(
                "a line of standard input is not valid UTF-8; expected text in UTF-8")
        }
        return text
    }
}
