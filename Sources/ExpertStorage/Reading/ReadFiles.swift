import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files that experts are read from, open for one way of reading.
public final class ReadFiles: Sendable {
    /// What direct reads align offsets, counts and memory to: the largest logical block of today's disks.
    public static let alignmentBytes = 4096

    /// Where the files lie, by index.
    public let paths: [String]
    /// How long they were when they were opened.
    public let byteCounts: [Int]
    /// Whether reads pass by the page cache.
    public let isDirect: Bool
    let descriptors: [CInt]
    let identities: [FileIdentity]

    /// Opens `paths` for reading.
    ///
    /// - Parameters:
    ///   - direct: asks for direct I/O. A file system that has none refuses with `.invalidArgument`; the
    ///     caller then opens buffered.
    ///   - readsAhead: lets the page cache read more than it is asked for, which experts at random places
    ///     have no use for.
    /// - Throws: the system's error, with the path.
    public init(paths: [String], direct: Bool, readsAhead: Bool = false) throws(ExpertStorageError) {
        var opened: [CInt] = []
        var byteCounts: [Int] = []
        var identities: [FileIdentity] = []
        for path in paths {
            do throws(Errno) {
                let file = try Self.open(path, direct: direct)
                if !direct, !readsAhead { Self.expectRandomReads(file.descriptor) }
                opened.append(file.descriptor)
                byteCounts.append(file.identity.byteCount)
                identities.append(file.identity)
            } catch {
                for descriptor in opened { close(descriptor) }
                throw ExpertStorageError(.unreadableFile(error), path: path)
            }
        }
        self.paths = paths
        self.byteCounts = byteCounts
        self.identities = identities
        isDirect = direct
        descriptors = opened
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    /// The first file that is no longer what was opened (truncated or written to), or nil.
    ///
    /// A file that was replaced by another of the same name does no harm: the open one is still read.
    public func changedFile() -> Int? {
        descriptors.indices.first { FileIdentity(of: descriptors[$0]) != identities[$0] }
    }

    /// Reads where the caller stands.
    ///
    /// - Returns: bytes that were read, or minus the error number.
    func read(_ read: BlockRead) -> Int {
        let result = unsafe pread(
            descriptors[read.file], read.destination, read.byteCount, off_t(read.offset))
        return result >= 0 ? result : -Int(errno)
    }

    private static func expectRandomReads(_ descriptor: CInt) {
        #if os(Linux)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
        #endif
    }

    /// Asks the page cache to forget a piece.
    func giveUpCached(_ piece: ExpertPiece) {
        #if os(Linux)
        // A hint: what another program has mapped stays.
        posix_fadvise(
            descriptors[piece.file], off_t(piece.offset), off_t(piece.byteCount), POSIX_FADV_DONTNEED)
        #endif
    }

    private static func open(
        _ path: String, direct: Bool
    ) throws(Errno) -> (descriptor: CInt, identity: FileIdentity) {
        #if os(Linux)
        let flags = O_RDONLY | O_CLOEXEC | (direct ? directFlag : 0)
        #else
        let flags = O_RDONLY | O_CLOEXEC
        #endif
        let descriptor = unsafe path.withCString { unsafe openFile($0, flags) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        #if canImport(Darwin)
        if direct { _ = fcntl(descriptor, F_NOCACHE, 1) }
        #endif
        guard let identity = FileIdentity(of: descriptor) else {
            let error = Errno(rawValue: errno)
            close(descriptor)
            throw error
        }
        return (descriptor, identity)
    }
}

#if os(Linux)
/// `O_DIRECT`, which the C library shows only to programs that ask for its extensions.
#if arch(arm64) || arch(arm)
private let directFlag: CInt = 0o200000
#else
private let directFlag: CInt = 0o40000
#endif
#endif

private func openFile(_ path: UnsafePointer<CChar>, _ flags: CInt) -> CInt { unsafe open(path, flags) }

/// What tells whether an open file was written to.
struct FileIdentity: Equatable, Sendable {
    let byteCount: Int
    /// When it was last written to.
    let seconds: Int
    let nanoseconds: Int

    init?(of descriptor: CInt) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        byteCount = Int(status.st_size)
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        seconds = Int(modified.tv_sec)
        nanoseconds = Int(modified.tv_nsec)
    }
}
