import Foundation
import Synchronization

/// The program while it runs: its input can be written to and its output watched.
final class RunningProgram {
    /// Bytes that arrive on a reader's thread.
    private final class Arrivals: Sendable {
        private let bytes = Mutex(Data())

        func append(_ data: Data) { bytes.withLock { $0.append(data) } }
        var all: Data { bytes.withLock { $0 } }
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Arrivals()
    private let errors = Arrivals()
    private let readers = DispatchGroup()

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = Executable.url
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
        // What a run learns about the disk is not to be kept for the user's own runs.
        variables["XDG_CACHE_HOME"] =
            FileManager.default.temporaryDirectory.appending(path: "sluice-tests").path
        variables.merge(environment) { $1 }
        process.environment = variables
        let pipes = (output: Pipe(), errors: Pipe())
        process.standardInput = input
        process.standardOutput = pipes.output
        process.standardError = pipes.errors
        try process.run()
        read(pipes.output, into: output)
        read(pipes.errors, into: errors)
    }

    private func read(_ pipe: Pipe, into arrivals: Arrivals) {
        let descriptor = pipe.fileHandleForReading
        readers.enter()
        let readers = readers
        Thread.detachNewThread {
            while true {
                let data = descriptor.availableData
                if data.isEmpty { break }
                arrivals.append(data)
            }
            readers.leave()
        }
    }

    func write(_ data: Data) {
        // A program that refuses its arguments reads no input.
        try? input.fileHandleForWriting.write(contentsOf: data)
    }

    func closeInput() { try? input.fileHandleForWriting.close() }

    /// Sends the signal of Ctrl-C.
    func interrupt() { process.interrupt() }

    /// Ends it without a chance to clean up.
    func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits until there is a file at `path` of at least `bytes`, or the program has ended.
    func waitForFile(at path: String, bytes: Int = 0) {
        func found() -> Int? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        }
        while found().map({ $0 < bytes }) ?? true, process.isRunning { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// Waits until the output holds at least `bytes`, or the program has ended.
    func waitForOutput(bytes: Int) {
        while output.all.count < bytes && process.isRunning { Thread.sleep(forTimeInterval: 0.002) }
    }

    /// Whether this system tells how much processor time a process has used.
    static let knowsProcessorTime = FileManager.default.isReadableFile(atPath: "/proc/self/stat")

    /// Waits until the program has computed for `seconds`, or has ended: on a machine however busy it is
    /// then in the middle of its work.
    func waitForProcessorTime(seconds: Double) {
        while processorSeconds < seconds && process.isRunning { Thread.sleep(forTimeInterval: 0.02) }
    }

    /// Time of all threads, in user mode: field 14 of `/proc/<id>/stat`, in hundredths of a second (proc(5)).
    private var processorSeconds: Double {
        let path = "/proc/\(process.processIdentifier)/stat"
        guard let bytes = FileManager.default.contents(atPath: path) else { return 0 }
        // The name in field 2 may hold spaces; it ends with the last parenthesis.
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        return (fields?.dropFirst(11).first.flatMap { Double($0) } ?? 0) / 100
    }

    /// Waits until standard error holds `text`, or the program has ended.
    func waitForErrors(containing text: String) {
        while !String(decoding: errors.all, as: UTF8.self).contains(text) && process.isRunning {
            Thread.sleep(forTimeInterval: 0.002)
        }
    }

    /// Waits for the end.
    func wait() -> Executable.Outcome {
        process.waitUntilExit()
        readers.wait()
        let signalled = process.terminationReason == .uncaughtSignal
        return Executable.Outcome(
            output: output.all, errors: String(decoding: errors.all, as: UTF8.self),
            code: process.terminationStatus + (signalled ? 128 : 0))
    }
}
