import CKernels

/// Memory for the activations of one product in 8 bits; the owner of it.
///
/// Allocates: once, and once more for a row longer than any that fits, which no known model has.
/// Runs on: engine thread; the threads of the pool write and read rows inside an operation.
@safe final class QuantizedScratch: @unchecked Sendable {
    // Unchecked: an operation at a time uses it, as the pool enforces.
    private var base: UnsafeMutableRawPointer
    private var byteCount: Int

    /// Enough for 64 tokens of 14,000 columns; memory that is not used is not touched.
    private static let startBytes = 1 << 20

    init() {
        byteCount = Self.startBytes
        unsafe base = .allocate(byteCount: byteCount, alignment: 64)
    }

    deinit { unsafe base.deallocate() }

    /// Rows of `columns` elements that fit, at most `wanted` and at least one.
    func rowsThatFit(_ wanted: Int, columns: Int, blockElements: Int) -> Int {
        let rowBytes = max(Int(sluice_quantized_row_bytes(Int64(columns), Int64(blockElements))), 1)
        if rowBytes > byteCount {
            unsafe base.deallocate()
            unsafe base = .allocate(byteCount: rowBytes, alignment: 64)
            byteCount = rowBytes
        }
        return min(wanted, byteCount / rowBytes)
    }

    /// The memory as `rows` rows, of which `rowsThatFit` said that they do.
    func rows(_ rows: Int, columns: Int, blockElements: Int) -> sluice_quantized {
        let rowBytes = sluice_quantized_row_bytes(Int64(columns), Int64(blockElements))
        precondition(rows * Int(rowBytes) <= byteCount, "\(rows) rows of \(rowBytes) bytes in \(byteCount)")
        return unsafe sluice_quantized(
            base: base, rows: Int64(rows), columns: Int64(columns), stride_bytes: rowBytes,
            block_elements: Int64(blockElements))
    }
}
