import Kernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One run of anonymous memory for all expert slots.
///
/// The system gives pages when they are first written; `giveBack` returns them. Allocates: once.
@safe public final class Slab: @unchecked Sendable {
    // Unchecked: who may touch which bytes is decided by the slots' states.
    /// Bytes of the whole slab.
    public var byteCount: Int { memory.byteCount }
    private let memory: AnonymousMemory
    private var base: UnsafeMutableRawPointer { unsafe memory.base }

    /// Reserves `byteCount` bytes, in huge pages where the system has them.
    ///
    /// - Throws: `noMemory`.
    public init(byteCount: Int) throws(ExpertStorageError) {
        guard let memory = AnonymousMemory(byteCount: byteCount) else {
            throw ExpertStorageError(.noMemory(byteCount: byteCount))
        }
        self.memory = memory
    }

    /// Returns the whole pages inside `range` to the system; their content is lost.
    ///
    /// The range is no longer for huge pages: the kernel would fill holes between them on its own.
    public func giveBack(_ range: Range<Int>) {
        unsafe advise(range) { address, count in
            #if os(Linux)
            unsafe madvise(address, count, MADV_NOHUGEPAGE)
            #endif
            unsafe madvise(address, count, MADV_DONTNEED)
        }
    }

    /// Uses `range` again, which was given back.
    public func takeBack(_ range: Range<Int>) {
        #if os(Linux)
        unsafe advise(range) { address, count in unsafe madvise(address, count, MADV_HUGEPAGE) }
        #endif
    }

    /// Calls `body` with the whole pages inside `range`.
    private func advise(
        _ range: Range<Int>, _ body: (UnsafeMutableRawPointer, Int) -> Void
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes \(range) of \(byteCount)")
        let page = ReadFiles.alignmentBytes
        let first = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        if first < end { unsafe body(base + first, end - first) }
    }

    /// Writes to every page, so that the system gives them now.
    func touch() {
        for offset in stride(from: 0, to: byteCount, by: ReadFiles.alignmentBytes) {
            unsafe base.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
        }
    }

    /// A copy of the bytes of `range`.
    public func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes \(range) of \(byteCount)")
        return unsafe Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// The memory from `offset`, for whoever the slots' states allow to touch it.
    @unsafe public func address(_ offset: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && offset <= byteCount, "byte \(offset) of \(byteCount)")
        return unsafe base + offset
    }
}
