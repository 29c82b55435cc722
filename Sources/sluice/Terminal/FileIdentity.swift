#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Which file a path leads to: equal for all names of one file.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64
    /// Whether it is a file with bytes of its own, and no folder, pipe or device.
    let isRegular: Bool
    let byteCount: Int

    /// Nil where nothing is there, or nobody may know.
    init?(path: String) {
        var found = stat()
        guard unsafe stat(path, &found) == 0 else { return nil }
        self.init(found)
    }

    /// The same of what is open.
    init?(_ descriptor: Int32) {
        var found = stat()
        guard unsafe fstat(descriptor, &found) == 0 else { return nil }
        self.init(found)
    }

    private init(_ found: stat) {
        device = UInt64(truncatingIfNeeded: found.st_dev)
        number = UInt64(truncatingIfNeeded: found.st_ino)
        isRegular = found.st_mode & S_IFMT == S_IFREG
        byteCount = Int(found.st_size)
    }

    static func == (one: FileIdentity, other: FileIdentity) -> Bool {
        one.device == other.device && one.number == other.number
    }
}
