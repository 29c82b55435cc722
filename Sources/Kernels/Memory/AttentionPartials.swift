import CKernels

/// Memory for the results of single blocks of attention, before they are merged; the owner of it.
///
/// Pages appear as results are written. Allocates: once. Runs on: engine thread; the threads of the pool
/// write and read results inside an operation.
@safe final class AttentionPartials: @unchecked Sendable {
    // Unchecked: an operation at a time uses it, as the pool enforces.
    let base: UnsafeMutablePointer<Float>

    /// 16 MiB: 110,000 positions of 32 heads of 128 columns, of which as many threads as wanted can each take
    /// a part. What does not fit is not divided within a head, with the same result.
    private static let capacity = 1 << 22

    init() {
        unsafe base = UnsafeMutableRawPointer.allocate(
            byteCount: Self.capacity * MemoryLayout<Float>.stride, alignment: 64
        ).bindMemory(to: Float.self, capacity: Self.capacity)
    }

    deinit { unsafe base.deallocate() }

    /// Whether the results of `rows` query rows in `blocks` blocks fit.
    func fit(blocks: Int, rows: Int, valueWidth: Int) -> Bool {
        let (results, overflow) = blocks.multipliedReportingOverflow(by: rows)
        let elements = Int(sluice_attention_partial_elements(Int64(valueWidth)))
        return !overflow && results <= Self.capacity / elements
    }
}
