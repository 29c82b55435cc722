import Kernels
import TestSupport
import Testing

/// What is particular to products whose input is in 8 bits; `ProductTests` has what holds for all.
@Suite("Products in whole numbers")
struct IntegerProductTests {
    private static let formats = WeightFormat.allCases.filter(\.isQuantized)

    /// Inputs of one row whose quantization is at an edge.
    private static func edgeCases(_ columns: Int) -> [(name: String, row: [Float])] {
        let ramp = (0..<columns).map { Float($0 % 255) - 127 }
        return [
            ("zeros", Array(repeating: 0, count: columns)),
            ("all equal", Array(repeating: -0.3, count: columns)),
            ("whole numbers", ramp),
            // Half of the steps lie between two codes.
            ("ties", ramp.map { $0 == -127 ? $0 : $0 / 2 }),
            ("largest", ramp.map { $0 / 127 * Float.greatestFiniteMagnitude * 0x1p-40 }),
            ("denormal", ramp.map { $0 * Float.leastNonzeroMagnitude }),
            ("one large", (0..<columns).map { $0 % 32 == 5 ? 1e20 : 1e-3 }),
        ]
    }

    private static func weights(_ format: WeightFormat, rows: Int, columns: Int) -> WeightMatrix {
        var generator = SeededGenerator.fromEnvironment(fallback: UInt64(columns))
        return WeightBytes.random(format, elements: rows * columns, using: &generator)
            .matrix(format, rows: rows, columns: columns)
    }

    @Test(
        "give the scalar bits on every instruction set, for any number of blocks and tokens",
        arguments: formats)
    func equalScalar(format: WeightFormat) {
        var generator = SeededGenerator.fromEnvironment(fallback: 11)
        for blocks in [1, 2, 3, 16, 17, 35] where blocks < 17 || format.blockElements == 32 {
            let columns = blocks * format.blockElements
            let weights = Self.weights(format, rows: 19, columns: columns)
            for tokens in [1, 3, 4, 5, 9, 12, 13] {
                let input = FloatMatrix.random(tokens, columns, using: &generator)
                let results = InstructionSet.available.map { set in
                    let output = FloatMatrix.zeros(tokens, 19)
                    Configuration(set: set, threads: 1).compute.multiply(weights, input, into: output)
                    return output.bits
                }
                #expect(results.allSatisfy { $0 == results[0] }, "\(blocks) blocks, \(tokens) tokens")
            }
        }
    }

    @Test("take inputs at the edges alike on every instruction set", arguments: formats)
    func takeEdges(format: WeightFormat) {
        let weights = Self.weights(format, rows: 5, columns: 512)
        for (name, row) in Self.edgeCases(512) {
            let input = FloatMatrix.zeros(1, 512)
            for (column, value) in row.enumerated() { input[0, column] = value }
            let results = InstructionSet.available.map { set in
                let output = FloatMatrix.zeros(1, 5)
                Configuration(set: set, threads: 1).compute.multiply(weights, input, into: output)
                return output
            }
            #expect(results.allSatisfy { $0.bits == results[0].bits }, "\(name)")
            let isZero = name == "zeros" || name == "denormal"
            #expect(results[0].values.allSatisfy { isZero ? $0 == 0 : $0.isFinite && $0 != 0 }, "\(name)")
            let quantized = QuantizedInput(row, format).values
            let decoded = FloatMatrix.zeros(1, 512)
            for index in 0..<5 {
                Configuration(set: .scalar, threads: 1).compute.decodeRow(
                    weights, row: index, into: decoded, outputRow: 0)
                let terms = zip(quantized, decoded.values).map { $0 * Double($1) }
                let magnitude = zip(quantized, format.magnitudes(of: decoded.values)).reduce(0) {
                    $0 + abs($1.0) * $1.1
                }
                // Some twenty roundings of 2^-24; a code off by one is worse.
                #expect(abs(Double(results[0][0, index]) - terms.reduce(0, +)) <= magnitude * 2e-6, "\(name)")
            }
        }
    }

    @Test(
        "give no number for a token whose input is none, and leave its neighbours alone", arguments: formats,
        InstructionSet.available)
    func spreadNaN(format: WeightFormat, set: InstructionSet) {
        var generator = SeededGenerator.fromEnvironment(fallback: 12)
        let weights = Self.weights(format, rows: 5, columns: 512)
        let compute = Configuration(set: set, threads: 1).compute
        for bad in [Float.nan, .infinity, -.infinity] {
            let input = FloatMatrix.random(5, 512, using: &generator)
            let clean = FloatMatrix.zeros(5, 5)
            compute.multiply(weights, input, into: clean)
            input[3, 300] = bad
            let output = FloatMatrix.zeros(5, 5)
            compute.multiply(weights, input, into: output)
            #expect(output.slice(rows: 3..<4).values.allSatisfy { $0.isNaN })
            #expect(output.slice(rows: 0..<3).bits == clean.slice(rows: 0..<3).bits)
            #expect(output.slice(rows: 4..<5).bits == clean.slice(rows: 4..<5).bits)
        }
    }
}
