import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// A file that a command writes results to; pipes and devices are written to as they are.
///
/// Opened before anything is read, so that a path that cannot be written is known at once; emptied by the
/// first write, so that what stood there stays where the command fails. A file that was created and never
/// written is removed again.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let isCreated: Bool
    private let isBegun = Atomic(false)

    /// - Parameter inputs: what the command reads, and writes elsewhere; `-` is standard input.
    /// - Throws: `CommandFailure` naming the path, what is wrong with it and what to try.
    init(_ path: String, besides inputs: [String] = []) throws {
        self.path = path
        try Self.check(path, isNoneOf: inputs)
        // Readable and writable for all, less what the user's mask takes away.
        let mode: mode_t = 0o666
        let created = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        isCreated = created >= 0
        descriptor =
            created < 0 && errno == EEXIST
            ? unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode) : created
        guard descriptor >= 0 else { throw PathProblem.writing(path, code: errno) }
    }

    deinit {
        if isCreated, !isBegun.load(ordering: .relaxed) { removeEmpty() }
        close(descriptor)
    }

    /// Appends `text`, to nothing the first time.
    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Appends `bytes`, to nothing the first time; no bytes make an empty file.
    func write(_ bytes: [UInt8]) throws {
        if !isBegun.exchange(true, ordering: .relaxed), FileIdentity(descriptor)?.isRegular == true {
            guard ftruncate(descriptor, 0) == 0 else { throw PathProblem.writing(path, code: errno) }
        }
        try FileWriter.write(bytes, to: descriptor, name: path)
    }

    /// - Throws: `CommandFailure` naming both where writing `path` would destroy one of `inputs`, also by
    ///   another name.
    static func check(_ path: String, isNoneOf inputs: [String]) throws {
        let own = FileIdentity(path: path)
        for input in inputs {
            let found = input == "-" ? FileIdentity(STDIN_FILENO) : FileIdentity(path: input)
            let isSame = if let found, let own { found == own && found.isRegular } else { input == path }
            guard isSame else { continue }
            throw CommandFailure.usage(
                "'\(path)' is the same file as \(InputText.name(input)), which would be lost; give another "
                    + "path to write to")
        }
    }

    /// Takes the file away again, unless somebody has written it or put another in its place.
    private func removeEmpty() {
        guard let own = FileIdentity(descriptor), own.byteCount == 0, own == FileIdentity(path: path) else {
            return
        }
        unsafe unlink(path)
    }
}
