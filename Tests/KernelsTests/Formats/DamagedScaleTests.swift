import Kernels
import TestSupport
import Testing

@Suite("Damaged scales")
struct DamagedScaleTests {
    private static let rows = 3
    private static let blocks = 2

    private func matrix(_ bytes: [UInt8], _ format: WeightFormat) -> WeightMatrix {
        WeightBytes(bytes).matrix(format, rows: Self.rows, columns: Self.blocks * format.blockElements)
    }

    /// Sound blocks: those of the fixture whose every value is finite.
    private func soundBytes(_ format: WeightFormat) throws -> [UInt8] {
        let fixture = try FormatFixture(format)
        let count = fixture.expected.count / format.blockElements
        let bytes = fixture.blocks.bytes
        let sound = (0..<count).filter { block in
            fixture.expected[block * format.blockElements..<(block + 1) * format.blockElements]
                .allSatisfy(\.isFinite) && bytes[block * format.blockBytes] != 255
        }
        let chosen = try (0..<Self.rows * Self.blocks).map { try #require(sound.dropFirst($0).first) }
        return chosen.flatMap { bytes[$0 * format.blockBytes..<($0 + 1) * format.blockBytes] }
    }

    @Test(
        "are exactly those with which a block decodes to infinities or NaNs, wherever bytes are overwritten",
        arguments: WeightFormat.allCases)
    func agreesWithDecoder(format: WeightFormat) throws {
        let sound = try soundBytes(format)
        #expect(matrix(sound, format).firstDamagedScale() == nil)
        let compute = Configuration(set: .scalar, threads: 1).compute
        let output = FloatMatrix.zeros(1, Self.blocks * format.blockElements)
        // The second block of the second row.
        let block = 3 * format.blockBytes
        var damaged = 0
        for offset in 0..<format.blockBytes - 1 {
            for pattern: [UInt8] in [
                [0x00, 0x7C], [0x80, 0x7F], [0xFF, 0xFF], [0x01, 0xFE], [0xFF, 0x7B],
            ] {
                var bytes = sound
                bytes.replaceSubrange(block + offset..<block + offset + 2, with: pattern)
                let weights = matrix(bytes, format)
                compute.decodeRow(weights, row: 1, into: output, outputRow: 0)
                // MXFP4 reserves a scale that could be computed with.
                let isDamaged =
                    format == .mxfp4 ? bytes[block] == 255 : !output.values.allSatisfy(\.isFinite)
                let found = weights.firstDamagedScale()
                #expect((found != nil) == isDamaged, "\(pattern) at \(offset): \(String(describing: found))")
                guard let found else { continue }
                damaged += 1
                #expect(found.row == 1 && found.block == 1)
                #expect(abs(found.offset - block - offset) <= 3)
            }
        }
        #expect(damaged > 0)
    }

    @Test("the first by its place in memory is reported")
    func firstOfSeveral() {
        // Q4_1: a scale and a minimum in front of 16 bytes of codes.
        var bytes = [UInt8](repeating: 0, count: Self.rows * Self.blocks * 20)
        for (block, offset) in [(5, 0), (4, 2), (2, 2), (3, 0)] { bytes[block * 20 + offset + 1] = 0x7E }
        #expect(
            matrix(bytes, .q4_1).firstDamagedScale() == DamagedScale(row: 1, block: 0, offset: 42))
    }
}
