import Kernels
import TestSupport
import Testing

/// Products in whole numbers with weights that no quantizer writes but a file may hold.
@Suite("Products of adversarial weights")
struct AdversarialWeightTests {
    private static let formats = WeightFormat.allCases.filter(\.isQuantized)

    /// Bits of halves at the edges, as every scale and min of a matrix: zero, the smallest one below the
    /// normal ones, the largest, its negative.
    private static let edgeScales: [UInt16] = [0, 1, 0x7bff, 0xfbff]

    /// Bytes of blocks whose other fields are `fill`, or random where it is nil.
    private static func bytes(
        _ format: WeightFormat, elements: Int, scale: UInt16, fill: UInt8?,
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        (0..<elements / format.blockElements).flatMap { _ in
            var block = (0..<format.blockBytes).map { _ in
                fill ?? UInt8.random(in: 0...255, using: &generator)
            }
            for offset in format.scaleOffsets {
                (block[offset], block[offset + 1]) = (UInt8(truncatingIfNeeded: scale), UInt8(scale >> 8))
            }
            // Exponents: the two below the normal numbers, and the largest that keeps sums finite.
            if format == .mxfp4 { block[0] = scale < 2 ? UInt8(scale) : 230 }
            return block
        }
    }

    private static func product(_ set: InstructionSet, _ weights: WeightMatrix, _ input: FloatMatrix)
        -> FloatMatrix
    {
        let output = FloatMatrix.zeros(input.rows, weights.rows)
        Configuration(set: set, threads: 1).compute.multiply(weights, input, into: output)
        return output
    }

    @Test("give the scalar bits at the edges of scales and codes", arguments: formats)
    func equalScalar(format: WeightFormat) {
        var generator = SeededGenerator.fromEnvironment(fallback: 21)
        for scale in Self.edgeScales {
            for fill in [0, 0xff, 0x80, nil] as [UInt8?] {
                let bytes = Self.bytes(
                    format, elements: 7 * 768, scale: scale, fill: fill, using: &generator)
                let weights = WeightBytes(bytes).matrix(format, rows: 7, columns: 768)
                for tokens in [1, 2, 3, 5] {
                    let input = FloatMatrix.random(tokens, 768, using: &generator)
                    // The largest code everywhere: sums at their bounds.
                    for column in 0..<768 { input[0, column] = 1 }
                    let expected = Self.product(.scalar, weights, input)
                    #expect(expected.values.allSatisfy { $0.isFinite })
                    for set in InstructionSet.available {
                        let bits = Self.product(set, weights, input).bits
                        #expect(bits == expected.bits, "\(set), scale \(scale), fill \(fill ?? 1)")
                    }
                }
            }
        }
    }

    @Test(
        "give no number for a row with a scale that is none, and leave its neighbours alone",
        arguments: formats.filter { $0 != .mxfp4 }, InstructionSet.available)
    func spreadNaN(format: WeightFormat, set: InstructionSet) {
        var generator = SeededGenerator.fromEnvironment(fallback: 22)
        let clean = Self.bytes(format, elements: 5 * 768, scale: 0x2400, fill: nil, using: &generator)
        let blocks = 768 / format.blockElements
        for tokens in [1, 2, 3, 5] {
            let input = FloatMatrix.random(tokens, 768, using: &generator)
            let expected = Self.product(
                set, WeightBytes(clean).matrix(format, rows: 5, columns: 768), input)
            for block in [0, blocks / 2, blocks - 1] {
                for offset in format.scaleOffsets {
                    var bytes = clean
                    let at = (2 * blocks + block) * format.blockBytes + offset
                    (bytes[at], bytes[at + 1]) = (0x01, 0x7e)
                    let weights = WeightBytes(bytes).matrix(format, rows: 5, columns: 768)
                    let output = Self.product(set, weights, input)
                    for token in 0..<tokens {
                        #expect(output[token, 2].isNaN, "block \(block), half at \(offset)")
                        for row in [0, 1, 3, 4] {
                            #expect(output[token, row].bitPattern == expected[token, row].bitPattern)
                        }
                    }
                }
            }
        }
    }

    @Test("take rows longer than a thread's scratch holds", arguments: formats)
    func takeLongRows(format: WeightFormat) {
        var generator = SeededGenerator.fromEnvironment(fallback: 23)
        // The arranged input of a token takes two bytes a column or more; scratch has 96 KiB.
        let columns = 53_248 + 256
        let weights = WeightBytes.random(format, elements: 2 * columns, using: &generator)
            .matrix(format, rows: 2, columns: columns)
        for tokens in [1, 2, 3] {
            let input = FloatMatrix.random(tokens, columns, using: &generator)
            let expected = Self.product(.scalar, weights, input).bits
            for set in InstructionSet.available {
                #expect(Self.product(set, weights, input).bits == expected, "\(set), \(tokens) tokens")
            }
        }
    }
}
