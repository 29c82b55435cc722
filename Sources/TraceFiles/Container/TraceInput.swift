package import SystemPackage

/// Where a trace is read from; tests put a double in its place.
package protocol TraceInput {
    /// Bytes of the file when it was opened; a recorder may be adding to it.
    var byteCount: Int { get }

    /// The bytes of `range`, or fewer where the file ends before.
    func read(_ range: Range<Int>) throws(Errno) -> [UInt8]
}

/// A regular file of the machine, read piece by piece: a mapping would fault where somebody empties it.
final class DiskTraceInput: TraceInput {
    let byteCount: Int
    private let descriptor: FileDescriptor

    /// - Throws: `missingFile`, `unreadableFile`.
    init(_ path: String) throws(TraceFilesError) {
        (descriptor, byteCount) = try Self.open(path)
    }

    private static func open(
        _ path: String
    ) throws(TraceFilesError) -> (descriptor: FileDescriptor, byteCount: Int) {
        func failure(_ error: any Error) -> TraceFilesError {
            if let errno = error as? Errno, errno == .noSuchFileOrDirectory || errno == .notDirectory {
                return TraceFilesError(.missingFile, path: path)
            }
            return TraceFilesError(.unreadableFile(reason: "\(error)"), path: path)
        }
        let descriptor: FileDescriptor
        do {
            // Without waiting: the open of a pipe that nobody writes to would never return.
            descriptor = try FileDescriptor.open(
                FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw failure(error)
        }
        do {
            let status = try descriptor.stat()
            if status.type == .regular { return (descriptor, Int(status.size)) }
        } catch {
            try? descriptor.close()
            throw failure(error)
        }
        try? descriptor.close()
        throw TraceFilesError(.unreadableFile(reason: "it is no regular file"), path: path)
    }

    deinit { try? descriptor.close() }

    func read(_ range: Range<Int>) throws(Errno) -> [UInt8] {
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                while filled < range.count {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<range.count])
                    let offset = Int64(range.lowerBound + filled)
                    let count = unsafe try descriptor.read(fromAbsoluteOffset: offset, into: rest)
                    if count == 0 { break }
                    filled += count
                }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
