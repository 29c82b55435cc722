import SystemPackage

/// A device that reads files in the best of the ways that the system allows.
public struct OpenDevice {
    /// What reads.
    public let device: any ReadDevice
    /// Its files, which tell whether they were written to.
    public let files: ReadFiles
    /// How it reads.
    public let method: ReadMethod
    /// Ways that were tried before and refused, in that order.
    public let refusals: [ReadRefusal]

    /// Opens `paths` for `method`, or through the page cache where there is no direct I/O, or by threads where
    /// there is no io_uring.
    ///
    /// - Throws: `unreadableFile` where a file cannot be opened at all.
    public init(paths: [String], method: ReadMethod, depth: Int) throws(ExpertStorageError) {
        var method = method
        var refusals: [ReadRefusal] = []
        while true {
            do throws(ExpertStorageError) {
                let files = try ReadFiles(paths: paths, direct: method.isDirect)
                device = try method.device(files, depth: depth)
                self.files = files
                self.method = method
                self.refusals = refusals
                return
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
}
