import SystemPackage

/// How a disk is read: the way, the size of a read, and how many are under way.
public struct ReadPlan: Sendable, Equatable {
    /// The way that is tried first.
    public var method: ReadMethod
    /// Bytes of one read.
    public var blockBytes: Int
    /// Reads that may be under way at once.
    public var depth: Int

    /// - Precondition: whole blocks of `ReadFiles.alignmentBytes`, at least one under way.
    public init(method: ReadMethod, blockBytes: Int, depth: Int) {
        precondition(
            blockBytes > 0 && blockBytes % ReadFiles.alignmentBytes == 0 && depth > 0,
            "\(depth) reads of \(blockBytes) bytes")
        self.method = method
        self.blockBytes = blockBytes
        self.depth = depth
    }

    /// What does well on most disks where nobody measured: from half a megabyte on, few reads fill a disk.
    public static var unmeasured: ReadPlan {
        #if os(Linux)
        ReadPlan(method: .directRing, blockBytes: 512 << 10, depth: 16)
        #else
        ReadPlan(method: .directThreads, blockBytes: 512 << 10, depth: 4)
        #endif
    }

    /// Opens `paths` in this way, or in the nearest that the system has.
    ///
    /// A file system without direct I/O is read through the page cache, and a system without io_uring by
    /// threads.
    /// - Throws: `unreadableFile`.
    /// - Returns: the device, its files, and the way that was taken.
    public func open(_ paths: [String]) throws(ExpertStorageError) -> OpenedDevice {
        var method = method
        var files: ReadFiles
        do throws(ExpertStorageError) {
            files = try ReadFiles(paths: paths, direct: method.isDirect)
        } catch {
            guard method.isDirect, error.code == .unreadableFile(.invalidArgument) else { throw error }
            method = method.usesRing ? .bufferedRing : .bufferedThreads
            files = try ReadFiles(paths: paths, direct: false)
        }
        #if os(Linux)
        if method.usesRing, let ring = try? RingDevice(files: files, depth: depth) {
            return OpenedDevice(device: ring, files: files, method: method)
        }
        #endif
        if method.usesRing { method = method.isDirect ? .directThreads : .bufferedThreads }
        return OpenedDevice(device: ThreadDevice(files: files, depth: depth), files: files, method: method)
    }
}

/// A device that is ready to read.
public struct OpenedDevice {
    /// What carries reads out.
    public let device: any ReadDevice
    /// What it reads.
    public let files: ReadFiles
    /// The way that was taken, which may be another than was asked for.
    public let method: ReadMethod

    public init(device: any ReadDevice, files: ReadFiles, method: ReadMethod) {
        self.device = device
        self.files = files
        self.method = method
    }
}
