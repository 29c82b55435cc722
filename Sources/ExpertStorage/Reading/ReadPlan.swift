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

    /// The same way with so many bytes under way that the disk stays busy while an expert of a long prompt is
    /// computed: only between two experts does the engine hand out new reads.
    public var whileComputing: ReadPlan {
        ReadPlan(
            method: method, blockBytes: blockBytes, depth: max(depth, Self.bytesPerPause / blockBytes))
    }

    /// What a disk of 2 GB/s reads in 4 ms.
    private static let bytesPerPause = 8 << 20

    /// Opens `paths` in this way, or in the nearest that the system has.
    ///
    /// A file system without direct I/O is read through the page cache, and a system without io_uring by
    /// threads.
    /// - Throws: `unreadableFile`.
    /// - Returns: the device, its files, the way that was taken, and why not another.
    public func open(_ paths: [String]) throws(ExpertStorageError) -> OpenedDevice {
        var method = method
        var refusals: [ReadRefusal] = []
        while true {
            do throws(ExpertStorageError) {
                let files = try ReadFiles(paths: paths, direct: method.isDirect)
                let device = try method.device(files, depth: depth)
                return OpenedDevice(device: device, files: files, method: method, refusals: refusals)
            } catch {
                refusals.append(ReadRefusal(.read(method), error))
                switch error.code {
                case .unreadableFile(.invalidArgument) where method.isDirect: method = method.buffered
                case .noRing: method = method.withThreads
                default: throw error
                }
            }
        }
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
    /// Ways that were tried before and refused, in that order.
    public let refusals: [ReadRefusal]

    public init(
        device: any ReadDevice, files: ReadFiles, method: ReadMethod, refusals: [ReadRefusal] = []
    ) {
        self.device = device
        self.files = files
        self.method = method
        self.refusals = refusals
    }
}

extension ReadMethod {
    /// A device that reads `files` in this way.
    ///
    /// - Throws: `noRing`.
    func device(_ files: ReadFiles, depth: Int) throws(ExpertStorageError) -> any ReadDevice {
        guard usesRing else { return ThreadDevice(files: files, depth: depth) }
        #if os(Linux)
        do throws(Errno) {
            return try RingDevice(files: files, depth: depth)
        } catch {
            throw ExpertStorageError(.noRing(error))
        }
        #else
        throw ExpertStorageError(.noRing(.notSupported))
        #endif
    }

    fileprivate var withThreads: ReadMethod { isDirect ? .directThreads : .bufferedThreads }
    fileprivate var buffered: ReadMethod { usesRing ? .bufferedRing : .bufferedThreads }
}
