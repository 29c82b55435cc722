import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// A mapping of a file that only serves to ask which of its pages are in memory.
@safe struct MappedPages: ~Copyable {
    let pageBytes: Int
    private let byteCount: Int
    private let base: UnsafeMutableRawPointer

    /// Maps the file at `path`.
    ///
    /// - Throws: the system's error.
    init(_ path: String) throws {
        let (mapped, count) = unsafe try Self.map(path)
        unsafe base = mapped
        byteCount = count
        pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func map(_ path: String) throws -> (UnsafeMutableRawPointer, byteCount: Int) {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        let count = Int(try handle.seekToEnd())
        let mapped = unsafe mmap(nil, max(count, 1), PROT_READ, MAP_SHARED, handle.fileDescriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw POSIXError(.ENOMEM) }
        return unsafe (mapped, count)
    }

    deinit { unsafe munmap(base, max(byteCount, 1)) }

    /// For every page whether it is in memory; all true where the system does not tell.
    func residentPages() -> [Bool] {
        let count = (byteCount + pageBytes - 1) / pageBytes
        var flags = [UInt8](repeating: 1, count: count)
        let status = unsafe flags.withUnsafeMutableBufferPointer { buffer in
            unsafe mincore(base, byteCount, buffer.baseAddress)
        }
        return status == 0 ? flags.map { $0 & 1 == 1 } : flags.map { _ in true }
    }
}
