import Kernels
import TestSupport
import Testing

@Suite("Weights in memory of their own")
struct WeightBufferTests {
    @Test("MXFP4 codes and scales that lie apart mean the same in one block")
    func repacksMXFP4() {
        // Two blocks: the codes 0 ... 15 twice with the scale 1, and backwards with the scale 1/4.
        let codes = (0..<16).map { (byte: Int) -> UInt8 in
            let even = UInt8(byte % 8 * 2)
            return even | (even + 1) << 4
        }
        let backwards = codes.reversed().map { (byte: UInt8) -> UInt8 in byte << 4 | byte >> 4 }
        let bytes = codes + backwards
        let scales: [UInt8] = [127, 125]
        let buffer = WeightBuffer(byteCount: 17 * 3)
        buffer.storeMXFP4(codes: bytes.span, scales: scales.span, offsetBytes: 17)
        let storage = FloatBuffer(count: 64)
        // Views own nothing.
        withExtendedLifetime((buffer, storage)) {
            let decoded = storage.matrix(rows: 1, columns: 64)
            Compute(pool: ThreadPool(threadCount: 1)).decodeRow(
                buffer.matrix(offsetBytes: 17, format: .mxfp4, rows: 1, columns: 64), row: 0, into: decoded,
                outputRow: 0)
            expectCodes(decoded)
        }
    }

    /// Expects the codes 0 ... 15 twice, and then a quarter of them backwards.
    private func expectCodes(_ decoded: FloatMatrix) {
        // FP4 E2M1, OCP Microscaling Formats 1.0, section 5.3.1.
        let magnitudes: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
        let values = magnitudes + magnitudes.map { -$0 }
        for index in 0..<32 {
            #expect(decoded[0, index] == values[index % 16], "element \(index)")
            #expect(decoded[0, 32 + index] == values[15 - index % 16] / 4, "element \(32 + index)")
        }
    }
}
