#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes that stay where they are while this object lives: a mapped file, a copy in memory (tests), or a file
/// whose bytes lie in runs of another one (a store).
///
/// All access is checked against `count` in release builds too. A file that another process truncates while
/// it is mapped makes later reads fault; that cannot be told from here.
@safe package final class FileBytes: @unchecked Sendable {
    // Unchecked: the bytes are never written, and pointer and size never change.
    /// How many there are.
    package let count: Int
    private let base: UnsafeRawPointer
    private let memory: Memory
    /// In the order of their bytes; empty where all bytes lie together.
    private let runs: [PlacedRun]

    private enum Memory {
        case mapped
        case copied
        /// Kept alive by this object.
        case shared(FileBytes)
    }

    /// Bytes of this file that lie together.
    private struct PlacedRun {
        /// Where they start in this file, and in memory behind `base`.
        let start: Int
        let place: Int
        let end: Int
    }

    /// Copies `bytes`.
    package init(copying bytes: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        unsafe memory.copyBytes(from: bytes)
        count = bytes.count
        unsafe base = UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped)
        self.memory = .copied
        runs = []
    }

    /// Maps the first `byteCount` bytes of an open file, read-only; nil with `errno` set where that fails.
    init?(mapping descriptor: CInt, byteCount: Int) {
        guard let memory = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe memory != MAP_FAILED
        else { return nil }
        count = byteCount
        unsafe base = UnsafeRawPointer(memory)
        self.memory = .mapped
        runs = []
    }

    /// A file whose bytes are `newRuns` of `whole`, one behind the other.
    ///
    /// - Precondition: the runs lie inside `whole`, whose own bytes lie together.
    init(runs newRuns: [StoreManifest.Run], of whole: FileBytes) {
        var start = 0
        var placed: [PlacedRun] = []
        placed.reserveCapacity(newRuns.count)
        for run in newRuns {
            precondition(
                run.storeOffset >= 0 && run.storeRange.upperBound <= whole.count && whole.runs.isEmpty,
                "bytes \(run.storeRange) of \(whole.count)")
            placed.append(PlacedRun(start: start, place: run.storeOffset, end: start + run.byteCount))
            start += run.byteCount
        }
        count = start
        unsafe base = whole.base
        memory = .shared(whole)
        runs = placed
    }

    deinit {
        switch memory {
        case .mapped: unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
        case .copied: unsafe base.deallocate()
        case .shared: break
        }
    }

    /// The little-endian integer at `offset`.
    ///
    /// - Precondition: it lies inside the bytes, and together. Allocates: none.
    func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
        let range = offset..<offset + MemoryLayout<Value>.size
        return Value(littleEndian: unsafe address(of: range).loadUnaligned(as: type))
    }

    /// Calls `body` with the bytes of `range`.
    ///
    /// - Precondition: the range lies inside the bytes, and together. Allocates: none.
    package func withSpan<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(start: address(of: range), count: range.count)
        return try body(unsafe bytes.bindMemory(to: UInt8.self).span)
    }

    /// Asks the system to read the bytes of `range` soon; a hint.
    func willNeed(_ range: Range<Int>) { advise(range, MADV_WILLNEED) }

    /// Says that the bytes of `range` will not be read again soon; a hint.
    func letGo(_ range: Range<Int>) { advise(range, MADV_DONTNEED) }

    /// Says that bytes of `range` will be read here and there; a hint.
    func expectSmallReads(_ range: Range<Int>) { advise(range, MADV_RANDOM) }

    /// Advises the whole pages that `range` touches, where it lies together.
    private func advise(_ range: Range<Int>, _ advice: CInt) {
        guard isMapped, !range.isEmpty, areTogether(range) else { return }
        let start = unsafe address(of: range) - base
        let page = Int(getpagesize())
        let first = start / page * page
        unsafe madvise(
            UnsafeMutableRawPointer(mutating: base + first), start + range.count - first, advice)
    }

    /// The offset of `count` bytes that start at `address`, in the file that is mapped; nil where they do not
    /// lie inside.
    @unsafe func offset(of address: UnsafeRawPointer, count needed: Int) -> Int? {
        let offset = unsafe Int(bitPattern: address) - Int(bitPattern: base)
        let all = memoryBytes
        return offset >= 0 && needed <= all && offset <= all - needed ? offset : nil
    }

    /// Where `range` starts in memory, for a view that must not outlive this object.
    ///
    /// - Precondition: the range lies inside the bytes, and together.
    @unsafe func address(of range: Range<Int>) -> UnsafeRawPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        guard let place = place(of: range) else {
            preconditionFailure("bytes \(range) do not lie together")
        }
        return unsafe base + place
    }
}

// MARK: - Runs

extension FileBytes {
    /// Bytes at the start that lie together.
    package var frontCount: Int { runs.first?.end ?? count }

    /// Where byte `offset` lies in the file that is mapped.
    ///
    /// - Precondition: it lies inside the bytes.
    func place(of offset: Int) -> Int {
        precondition(offset >= 0 && offset < count, "byte \(offset) of \(count)")
        return place(of: offset..<offset) ?? offset
    }

    private var isMapped: Bool {
        switch memory {
        case .mapped: true
        case .copied: false
        case .shared(let whole): whole.isMapped
        }
    }

    /// Bytes behind `base`.
    private var memoryBytes: Int { if case .shared(let whole) = memory { whole.count } else { count } }

    /// Whether the bytes of `range` lie together.
    ///
    /// - Precondition: the range lies inside the bytes.
    func areTogether(_ range: Range<Int>) -> Bool { place(of: range) != nil }

    /// The first byte behind `offset` that does not lie together with it.
    ///
    /// - Precondition: the offset lies inside the bytes.
    func endOfRun(at offset: Int) -> Int { runs.isEmpty ? count : runs[run(at: offset)].end }

    /// Where `range` starts behind `base`; nil where it does not lie together.
    private func place(of range: Range<Int>) -> Int? {
        guard !runs.isEmpty else { return range.lowerBound }
        let run = runs[run(at: range.lowerBound)]
        return range.upperBound <= run.end ? run.place + range.lowerBound - run.start : nil
    }

    /// The run that holds byte `offset`, or the last one.
    private func run(at offset: Int) -> Int {
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
