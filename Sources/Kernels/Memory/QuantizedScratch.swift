import CKernels

/// Memory for the activations of products in BF16 and in 8 bits, once for each length of the formats' blocks;
/// the owner of it.
///
/// Allocates: once, and once more for a row longer than any that fits, which no known model has.
/// Runs on: engine thread; the threads of the pool write and read rows inside an operation.
@safe final class QuantizedScratch: @unchecked Sendable {
    // Unchecked: an operation at a time uses it, as the pool enforces.
    private var base: UnsafeMutableRawPointer
    /// Bytes for the rows of one length of blocks.
    private var partBytes: Int

    /// Enough for 512 tokens of 2,048 columns; memory that is not used is not touched.
    private static let startBytes = 2 << 20
    /// Blocks of one element (BF16), of 32 and of 256.
    private static let parts = 3

    init() {
        partBytes = Self.startBytes
        unsafe base = .allocate(byteCount: Self.parts * partBytes, alignment: 64)
    }

    deinit { unsafe base.deallocate() }

    /// Rows of `columns` elements that fit for every length of blocks, at most `wanted` and at least one.
    func rowsThatFit(_ wanted: Int, columns: Int) -> Int {
        // BF16 takes most, or, where rows are short, the padding of 8 bits.
        let rowBytes = max(
            Int(sluice_quantized_row_bytes(Int64(columns), 1)),
            Int(sluice_quantized_row_bytes(Int64(columns), 32)), 1)
        if rowBytes > partBytes {
            unsafe base.deallocate()
            unsafe base = .allocate(byteCount: Self.parts * rowBytes, alignment: 64)
            partBytes = rowBytes
        }
        return min(wanted, partBytes / rowBytes)
    }

    /// The memory for blocks of `blockElements` as `rows` rows, of which `rowsThatFit` said that they do.
    func rows(_ rows: Int, columns: Int, blockElements: Int) -> sluice_quantized {
        let rowBytes = sluice_quantized_row_bytes(Int64(columns), Int64(blockElements))
        precondition(rows * Int(rowBytes) <= partBytes, "\(rows) rows of \(rowBytes) bytes in \(partBytes)")
        let part = blockElements == 1 ? 0 : blockElements == 32 ? 1 : 2
        return unsafe sluice_quantized(
            base: base + part * partBytes, rows: Int64(rows), columns: Int64(columns),
            stride_bytes: rowBytes, block_elements: Int64(blockElements))
    }
}
