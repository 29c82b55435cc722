import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file of a store in the making, closed with its owner.
struct OpenFile: ~Copyable {
    let descriptor: CInt

    /// Opens or creates `path` for reading and writing.
    init(writing path: String) throws(Errno) {
        descriptor = try Self.open(path, .readWrite, [.create, .closeOnExec])
    }

    /// Opens `path`, a file or a folder, for reading.
    init(reading path: String) throws(Errno) { descriptor = try Self.open(path, .readOnly, [.closeOnExec]) }

    deinit { close(descriptor) }

    private static func open(
        _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
    ) throws(Errno) -> CInt {
        do {
            return try FileDescriptor.open(
                FilePath(path), mode, options: options,
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            ).rawValue
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Returns when what was written is on the disk.
    borrowing func synchronize(on disk: any PackDisk) throws(Errno) { try disk.synchronize(descriptor) }

    /// Keeps other processes out of the file until it is closed; false where one is in it.
    ///
    /// A process that this one starts holds its locks too, from its fork until it runs its own program, so a
    /// file that was just closed may be locked for another moment: half a second is waited.
    func lock() -> Bool {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Whether `path` leads to this file.
    func isAt(_ path: String) -> Bool {
        var (own, other) = (stat(), stat())
        guard unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &other) == 0 else { return false }
        return own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }

    /// Bytes of the file, and those for which the disk has room already.
    var size: (byteCount: Int, allocated: Int) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return (0, 0) }
        return (Int(status.st_size), Int(status.st_blocks) * 512)
    }

    /// Lets the page cache forget the bytes of `range`; a hint.
    func forget(_ range: Range<Int>) { Self.forget(range, of: descriptor) }

    /// The same for a file that another owner closes.
    static func forget(_ range: Range<Int>, of descriptor: CInt) {
        #if os(Linux)
        _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
        #endif
    }
}
