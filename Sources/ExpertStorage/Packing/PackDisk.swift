public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The calls by which a store is read and written; tests put a double in their place that fails on demand.
public protocol PackDisk: Sendable {
    /// Reads at most as many bytes as `buffer` has; 0 at the end of the file.
    func read(
        _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(Errno) -> Int

    /// Writes at most all of `bytes`, at least one.
    func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Errno) -> Int

    /// Returns when what was written is on the disk.
    func synchronize(_ descriptor: CInt) throws(Errno)

    /// Makes the file so long; new bytes are zero.
    func resize(_ descriptor: CInt, to byteCount: Int) throws(Errno)

    /// Gives a file another name, in place of a file that has it.
    func rename(_ path: String, to newPath: String) throws(Errno)

    /// Takes a file away.
    func remove(_ path: String) throws(Errno)

    /// Bytes that the user may still write to the file system of `folder`.
    func freeBytes(in folder: String) throws(Errno) -> Int
}

/// The machine's own disk.
public struct SystemPackDisk: PackDisk {
    /// Creates the way to the disk; it holds nothing.
    public init() {}

    public func read(
        _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(Errno) -> Int {
        try Self.check(unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)))
    }

    /// Writes at most all of `bytes`, by `pwrite`.
    public func write(
        _ descriptor: CInt, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(Errno) -> Int {
        try Self.check(unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)))
    }

    public func synchronize(_ descriptor: CInt) throws(Errno) { _ = try Self.check(Int(fsync(descriptor))) }

    public func resize(_ descriptor: CInt, to byteCount: Int) throws(Errno) {
        _ = try Self.check(Int(ftruncate(descriptor, off_t(byteCount))))
    }

    public func rename(_ path: String, to newPath: String) throws(Errno) {
        _ = try Self.check(Int(renameFile(path, newPath)))
    }

    public func remove(_ path: String) throws(Errno) { _ = try Self.check(Int(unsafe unlink(path))) }

    public func freeBytes(in folder: String) throws(Errno) -> Int {
        var status = statvfs()
        _ = try Self.check(Int(unsafe statvfs(folder, &status)))
        let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return overflow ? .max : bytes
    }

    private static func check(_ result: Int) throws(Errno) -> Int {
        guard result >= 0 else { throw Errno(rawValue: errno) }
        return result
    }
}

private func renameFile(_ path: String, _ newPath: String) -> CInt { unsafe rename(path, newPath) }

extension PackDisk {
    /// Fills `bytes`; false where the file ends first. An interrupted call is repeated.
    func fill(
        _ bytes: inout [UInt8], count: Int? = nil, from descriptor: CInt, at offset: Int
    ) throws(Errno) -> Bool {
        let wanted = count ?? bytes.count
        precondition(wanted <= bytes.count, "\(wanted) bytes into \(bytes.count)")
        var done = 0
        while done < wanted {
            do throws(Errno) {
                let count = try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(Errno) in
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        UnsafeMutableBufferPointer(rebasing: buffer[done..<wanted]))
                    return try unsafe read(descriptor, into: rest, at: offset + done)
                }
                if count == 0 { return false }
                done += count
            } catch {
                if error != .interrupted { throw error }
            }
        }
        return true
    }

    /// Writes all of `bytes`. An interrupted call is repeated.
    func writeAll(_ bytes: Span<UInt8>, to descriptor: CInt, at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            do throws(Errno) {
                done += try unsafe bytes.withUnsafeBytes { (buffer) throws(Errno) in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                    return try unsafe write(descriptor, rest, at: offset + done)
                }
            } catch {
                if error != .interrupted { throw error }
            }
        }
    }
}
