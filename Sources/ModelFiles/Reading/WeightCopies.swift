import Kernels

/// Bytes of tensors in anonymous memory, by name.
///
/// Filled once, before it is shared. Allocates: once.
@safe final class WeightCopies: @unchecked Sendable {
    // Unchecked: after `fill`, which only the thread that made it calls, nothing is written.
    private let memory: AnonymousMemory
    private let offsets: [String: Int]

    /// Nil where the system gives no memory.
    init?(byteCount: Int, offsets: [String: Int]) {
        guard let memory = AnonymousMemory(byteCount: byteCount) else { return nil }
        self.memory = memory
        self.offsets = offsets
    }

    /// Where the copy of a tensor starts; nil for a tensor that has none.
    @unsafe func address(of name: String) -> UnsafeRawPointer? {
        unsafe offsets[name].map { unsafe UnsafeRawPointer(memory.base + $0) }
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
                    let target = unsafe memory.base + start + (piece.lowerBound - range.lowerBound)
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
