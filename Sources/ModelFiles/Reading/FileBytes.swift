#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes that stay where they are while this object lives: a mapped file, or a copy in memory (tests).
///
/// All access is checked against `count` in release builds too. A file that another process truncates while
/// it is mapped makes later reads fault; that cannot be told from here.
@safe package final class FileBytes: @unchecked Sendable {
    // Unchecked: the bytes are never written, and pointer and size never change.
    /// How many there are.
    package let count: Int
    let base: UnsafeRawPointer
    private let isMapped: Bool

    /// Copies `bytes`.
    package init(copying bytes: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        unsafe memory.copyBytes(from: bytes)
        count = bytes.count
        unsafe base = UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped)
        isMapped = false
    }

    /// Maps the first `byteCount` bytes of an open file, read-only; nil with `errno` set where that fails.
    init?(mapping descriptor: CInt, byteCount: Int) {
        guard let memory = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe memory != MAP_FAILED
        else { return nil }
        count = byteCount
        unsafe base = UnsafeRawPointer(memory)
        isMapped = true
    }

    deinit {
        if isMapped {
            unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
        } else {
            unsafe base.deallocate()
        }
    }

    /// The little-endian integer at `offset`.
    ///
    /// - Precondition: it lies inside the bytes. Allocates: none.
    func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
        precondition(
            offset >= 0 && offset <= count - MemoryLayout<Value>.size, "load at \(offset) of \(count)")
        return Value(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Calls `body` with the bytes of `range`.
    ///
    /// - Precondition: the range lies inside the bytes. Allocates: none.
    package func withSpan<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        let bytes = unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        return try body(unsafe bytes.bindMemory(to: UInt8.self).span)
    }

    /// Asks the system to read the bytes of `range` soon; a hint.
    func willNeed(_ range: Range<Int>) { advise(range, MADV_WILLNEED) }

    /// Says that the bytes of `range` will not be read again soon; a hint.
    func letGo(_ range: Range<Int>) { advise(range, MADV_DONTNEED) }

    /// Says that bytes of `range` will be read here and there; a hint.
    func expectSmallReads(_ range: Range<Int>) { advise(range, MADV_RANDOM) }

    /// Advises the whole pages that `range` touches.
    private func advise(_ range: Range<Int>, _ advice: CInt) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        guard isMapped, !range.isEmpty else { return }
        let page = Int(getpagesize())
        let first = range.lowerBound / page * page
        unsafe madvise(UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, advice)
    }

    /// The offset of `count` bytes that start at `address`; nil where they do not lie inside.
    @unsafe func offset(of address: UnsafeRawPointer, count needed: Int) -> Int? {
        let offset = unsafe Int(bitPattern: address) - Int(bitPattern: base)
        return offset >= 0 && needed <= count && offset <= count - needed ? offset : nil
    }

    /// Where `range` starts in memory, for a view that must not outlive this object.
    ///
    /// - Precondition: the range lies inside the bytes.
    @unsafe func address(of range: Range<Int>) -> UnsafeRawPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        return unsafe base + range.lowerBound
    }
}
