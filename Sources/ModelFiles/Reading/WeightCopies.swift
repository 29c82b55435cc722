#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes of tensors in anonymous memory, by name.
///
/// Filled once, before it is shared. Allocates: once.
@safe final class WeightCopies: @unchecked Sendable {
    // Unchecked: after `fill`, which only the thread that made it calls, nothing is written.
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int
    private let offsets: [String: Int]

    /// Nil where the system gives no memory.
    init?(byteCount: Int, offsets: [String: Int]) {
        let size = max(byteCount, 1)
        guard let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
            unsafe memory != MAP_FAILED
        else { return nil }
        #if os(Linux)
        // A hint: a refusal costs nothing but small pages.
        unsafe madvise(memory, size, MADV_HUGEPAGE)
        #endif
        unsafe base = memory
        self.byteCount = size
        self.offsets = offsets
    }

    deinit { unsafe munmap(base, byteCount) }

    /// Where the copy of a tensor starts; nil for a tensor that has none.
    @unsafe func address(of name: String) -> UnsafeRawPointer? {
        unsafe offsets[name].map { unsafe UnsafeRawPointer(base + $0) }
    }

    /// Copies the tensor's bytes, in pieces that are asked for ahead and let go of afterwards.
    func fill(_ name: String, from bytes: FileBytes, range: Range<Int>, progress: (Int) -> Void) {
        guard let start = offsets[name] else { preconditionFailure("no room for \(name)") }
        bytes.willNeed(range.prefix(Self.pieceBytes))
        for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceBytes) {
            let piece = first..<min(first + Self.pieceBytes, range.upperBound)
            bytes.willNeed(piece.upperBound..<min(piece.upperBound + Self.pieceBytes, range.upperBound))
            bytes.withSpan(piece) { source in
                unsafe source.withUnsafeBytes { source in
                    let target = unsafe base + start + (piece.lowerBound - range.lowerBound)
                    unsafe target.copyMemory(
                        from: source.baseAddress.unsafelyUnwrapped, byteCount: piece.count)
                }
            }
            bytes.letGo(piece)
            progress(piece.count)
        }
    }

    /// Two of them fit in what a disk reads in a few milliseconds.
    static let pieceBytes = 4 << 20
}
