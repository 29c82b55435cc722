import Kernels
import TestSupport
import Testing

/// What is particular to products of BF16 weights, whose input is rounded to BF16; `ProductTests` has what
/// holds for all.
@Suite("Products of BF16 weights")
struct BFloat16ProductTests {
    /// Weights whose rows are the columns of the identity: the product is the input as the kernel reads it.
    private static func identity(_ size: Int) -> WeightMatrix {
        var bytes = [UInt8](repeating: 0, count: 2 * size * size)
        for index in 0..<size {
            // 1 in BF16.
            bytes[2 * (index * size + index)] = 0x80
            bytes[2 * (index * size + index) + 1] = 0x3f
        }
        return WeightBytes(bytes).matrix(.bfloat16, rows: size, columns: size)
    }

    @Test(
        "round their input to nearest, ties to even, and take what is below 2^-126 as zero",
        arguments: InstructionSet.available)
    func roundInput(set: InstructionSet) {
        let patterns: [UInt32] = [
            0x3f80_0000, 0x3f80_7fff, 0x3f80_8000, 0x3f80_8001, 0x3f81_7fff, 0x3f81_8000, 0x3f81_8001,
            0xbf80_8000, 0xbf81_8000, 0x3fff_ffff, 0x0080_0000, 0x007f_ffff, 0x807f_ffff, 0x0000_0001,
            0x7f7f_0000, 0x7f7f_7fff, 0xff7f_0000, 0x0000_0000, 0x4049_0fdb,
        ]
        for tokens in [1, 20] {
            let input = FloatMatrix.zeros(tokens, patterns.count)
            let output = FloatMatrix.zeros(tokens, patterns.count)
            for (column, bits) in patterns.enumerated() {
                input[tokens - 1, column] = Float(bitPattern: bits)
            }
            Configuration(set: set, threads: 1).compute.multiply(
                Self.identity(patterns.count), input, into: output)
            for (column, bits) in patterns.enumerated() {
                let expected = QuantizedInput.bfloat16(Float(bitPattern: bits))
                #expect(output[tokens - 1, column] == expected, "\(String(bits, radix: 16))")
            }
        }
    }

    @Test("are no number where the input is none, for that token alone", arguments: InstructionSet.available)
    func spreadNaN(set: InstructionSet) {
        for bits: UInt32 in [0x7fc0_0000, 0x7f80_0001, 0xffff_ffff, 0x7f80_0000, 0xff80_0000] {
            let input = FloatMatrix.zeros(3, 40)
            input[1, 37] = Float(bitPattern: bits)
            let output = FloatMatrix.zeros(3, 40)
            Configuration(set: set, threads: 1).compute.multiply(Self.identity(40), input, into: output)
            // Infinity times the weights that are zero is no number either.
            for row in 0..<40 where row != 37 { #expect(output[1, row].isNaN) }
            let own = output[1, 37]
            #expect(bits & 0x7fff_ffff == 0x7f80_0000 ? own == input[1, 37] : own.isNaN)
            #expect(output.slice(rows: 0..<1).values.allSatisfy { $0 == 0 })
            #expect(output.slice(rows: 2..<3).values.allSatisfy { $0 == 0 })
        }
    }

    @Test(
        "add the odd columns of a stretch before the even ones, each sum rounded",
        arguments: InstructionSet.available)
    func stateTheirOrder(set: InstructionSet) {
        var generator = SeededGenerator.fromEnvironment(fallback: 21)
        for columns in [2, 31, 32, 64, 97, 640] {
            let rows = 6
            let weights = WeightBytes.random(.bfloat16, elements: rows * columns, using: &generator)
                .matrix(.bfloat16, rows: rows, columns: columns)
            let input = FloatMatrix.random(14, columns, using: &generator)
            let output = FloatMatrix.zeros(14, rows)
            let compute = Configuration(set: set, threads: 1).compute
            compute.multiply(weights, input, into: output)
            let decoded = FloatMatrix.zeros(1, columns)
            for row in 0..<rows {
                compute.decodeRow(weights, row: row, into: decoded, outputRow: 0)
                for token in [0, 13] {
                    let x = input.slice(rows: token..<token + 1).values.map(QuantizedInput.bfloat16)
                    #expect(output[token, row] == Self.sum(decoded.values, x), "\(columns) columns")
                }
            }
        }
    }

    /// The sum as the kernels define it.
    private static func sum(_ weights: [Float], _ input: [Float]) -> Float {
        var lanes = [Float](repeating: 0, count: 16)
        for stretch in stride(from: 0, to: weights.count, by: 32) {
            for part in [1, 0] {
                for lane in 0..<16 {
                    let column = stretch + 2 * lane + part
                    guard column < weights.count else { continue }
                    lanes[lane].addProduct(weights[column], input[column])
                }
            }
        }
        for width in [8, 4, 2, 1] { for lane in 0..<width { lanes[lane] += lanes[lane + width] } }
        return lanes[0]
    }
}
