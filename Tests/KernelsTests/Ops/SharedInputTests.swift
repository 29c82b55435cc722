import Kernels
import TestSupport
import Testing

/// Products that share an input are one operation and change no bit.
@Suite("Products of one input")
struct SharedInputTests {
    /// Formats whose inputs are in blocks of 32, in blocks of 256 and not quantized at all, in every place.
    private static let mixtures: [(WeightFormat, WeightFormat, WeightFormat)] = [
        (.q4_K, .q4_K, .q6_K), (.q8_0, .q4_K, .float32), (.bfloat16, .mxfp4, .q5_K), (.q4_0, .q8_0, .q4_0),
    ]

    @Test("give the bits of each by itself", arguments: 0..<mixtures.count, [1, 2, 3])
    func equalSingles(mixture: Int, threads: Int) {
        let compute = Configuration(set: .best, threads: threads).compute
        let formats = Self.mixtures[mixture]
        var generator = SeededGenerator.fromEnvironment(fallback: UInt64(mixture))
        // The last fills the memory for quantized rows more than once.
        for (tokens, columns) in [(1, 512), (5, 256), (290, 6144)] {
            let input = FloatMatrix.random(tokens, columns, using: &generator)
            let bias = FloatMatrix.random(1, 21, using: &generator)
            func weights(_ format: WeightFormat, rows: Int) -> WeightMatrix {
                WeightBytes.random(format, elements: rows * columns, using: &generator)
                    .matrix(format, rows: rows, columns: columns)
            }
            let first = weights(formats.0, rows: 40)
            let second = weights(formats.1, rows: 21)
            let third = weights(formats.2, rows: 1)
            let alone = [40, 21, 1].map { FloatMatrix.zeros(tokens, $0) }
            compute.multiply(first, input, into: alone[0])
            compute.multiply(second, input, into: alone[1], bias: bias)
            compute.multiply(third, input, into: alone[2])
            let together = [40, 21, 1].map { FloatMatrix.zeros(tokens, $0) }
            compute.multiply(
                input, Product(first, into: together[0]), Product(second, bias: bias, into: together[1]),
                Product(third, into: together[2]))
            #expect(zip(alone, together).allSatisfy { $0.bits == $1.bits }, "\(tokens) tokens of \(columns)")
            #expect(Set(together[0].bits).count > tokens, "the outputs are all alike")
        }
    }
}
