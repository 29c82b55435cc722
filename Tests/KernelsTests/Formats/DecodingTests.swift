import Kernels
import TestSupport
import Testing

@Suite("Decoding of weight formats")
struct DecodingTests {
    @Test(
        "gives the reference's values bit for bit on every instruction set",
        arguments: WeightFormat.allCases, InstructionSet.available)
    func matchesReference(format: WeightFormat, set: InstructionSet) throws {
        let fixture = try FormatFixture(format)
        let compute = Configuration(set: set, threads: 1).compute
        let columns = fixture.expected.count
        let output = FloatMatrix.zeros(1, columns)
        compute.decodeRow(
            fixture.blocks.matrix(format, rows: 1, columns: columns), row: 0, into: output, outputRow: 0)
        #expect(output.bits == fixture.expected.map(\.bitPattern))
    }

    @Test("finds a row behind others and writes only the row it is told", arguments: WeightFormat.allCases)
    func decodesOneRow(format: WeightFormat) throws {
        let fixture = try FormatFixture(format)
        let columns = format.blockElements
        let rows = fixture.expected.count / columns
        let compute = Configuration(set: .best, threads: 1).compute
        let output = FloatMatrix.zeros(3, columns)
        let weights = fixture.blocks.matrix(format, rows: rows, columns: columns)
        compute.decodeRow(weights, row: rows - 1, into: output, outputRow: 1)
        let expected = fixture.expected.suffix(columns).map(\.bitPattern)
        #expect(output.slice(rows: 1..<2).bits == expected)
        #expect(output.slice(rows: 0..<1).values.allSatisfy { $0 == 0 })
        #expect(output.slice(rows: 2..<3).values.allSatisfy { $0 == 0 })
    }
}
