import CLZ4

/// The LZ4 block format, by the system's library.
///
/// Source: github.com/lz4/lz4, doc/lz4_Block_format.md.
enum LZ4Block {
    /// The most bytes that `byteCount` bytes become.
    ///
    /// - Precondition: at most `TraceFormat.maximumBlockBytes`.
    static func bound(_ byteCount: Int) -> Int {
        precondition(byteCount <= TraceFormat.maximumBlockBytes, "\(byteCount) bytes in a block")
        return Int(LZ4_compressBound(Int32(byteCount)))
    }

    /// Writes the compressed form of `source` into `target` from `start` on. Allocates: none.
    ///
    /// - Precondition: `target` has room for `bound(source.count)` bytes there.
    /// - Returns: bytes written.
    static func compress(_ source: [UInt8], into target: inout [UInt8], at start: Int) -> Int {
        precondition(
            start >= 0 && target.count - start >= bound(source.count),
            "\(target.count) bytes from \(start) for \(source.count)")
        let count = unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe LZ4_compress_default(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    target.baseAddress.map { unsafe $0 + start }?.assumingMemoryBound(to: CChar.self),
                    Int32(source.count), Int32(target.count - start))
            }
        }
        precondition(count > 0 || source.isEmpty, "LZ4 refused \(source.count) bytes")
        return Int(count)
    }

    /// The `byteCount` bytes that `source` was made from; nil where it does not give exactly so many.
    static func decompress(_ source: [UInt8], byteCount: Int) -> [UInt8]? {
        var target = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe LZ4_decompress_safe(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    target.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(source.count),
                    Int32(byteCount))
            }
        }
        return Int(count) == byteCount ? target : nil
    }
}
