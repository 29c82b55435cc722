/// How bytes come from a disk.
public enum ReadMethod: String, Sendable, CaseIterable {
    /// Direct I/O through io_uring (Linux).
    case directRing = "direct-uring"
    /// Direct I/O by threads that call `pread`.
    case directThreads = "direct-threads"
    /// Through the page cache by io_uring (Linux).
    case bufferedRing = "buffered-uring"
    /// Through the page cache by threads that call `pread`.
    case bufferedThreads = "buffered-threads"

    /// Whether reads pass by the page cache.
    public var isDirect: Bool { self == .directRing || self == .directThreads }
    /// Whether io_uring carries them.
    public var usesRing: Bool { self == .directRing || self == .bufferedRing }
}
