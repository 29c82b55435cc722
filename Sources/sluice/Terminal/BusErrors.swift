import ModelFiles
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Where the handler's message lies, behind the number of its bytes: made before, because a handler may not.
private let messagePlace = Atomic<UInt>(0)

/// The signal handler: only calls that POSIX allows in one.
private func sayAndEnd(_ number: Int32) {
    let place = UInt(messagePlace.load(ordering: .acquiring))
    if let message = unsafe UnsafeRawPointer(bitPattern: place) {
        unsafe _ = write(2, message + MemoryLayout<Int>.size, message.load(as: Int.self))
    }
    _exit(CommandFailure.Code.failure.rawValue)
}

/// What happens where a mapped file has no bytes any more: somebody cut it off, or its disk failed.
///
/// Nothing can be computed without them, and the system says so by a signal in the middle of a load of a
/// register. The program ends with a sentence and exit code 1 instead of a core dump.
enum BusErrors {
    private static let names = Mutex<[String]>([])

    /// Opens a model, whose files are mapped.
    static func openModel(_ path: String) throws(ModelFileError) -> ModelFile {
        try ModelFile.open(watch(path))
    }

    /// From here on SIGBUS ends the program with a sentence that names `path`, which is to be mapped, beside
    /// others that are.
    ///
    /// - Returns: `path`.
    static func watch(_ path: String) -> String {
        let all = names.withLock {
            $0.append("'\(path)'")
            return $0.joined(separator: " or ")
        }
        announce(
            "sluice: \(all) lost bytes while it was used (SIGBUS): it was cut off or replaced, or its disk "
                + "failed; leave the file alone while it is used, check the disk, and run again\n")
        return path
    }

    private static func announce(_ text: String) {
        let bytes = Array(text.utf8)
        // Kept until the process ends.
        let message = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Int>.size + bytes.count, alignment: MemoryLayout<Int>.alignment)
        unsafe message.storeBytes(of: bytes.count, as: Int.self)
        unsafe (message + MemoryLayout<Int>.size).copyMemory(from: bytes, byteCount: bytes.count)
        messagePlace.store(UInt(bitPattern: message), ordering: .releasing)
        signal(SIGBUS, sayAndEnd)
    }
}
