import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Rotary position embedding")
struct RotaryTests {
    @Test(
        "turns each pair by the angle of its position and leaves the rest",
        arguments: [
            (RotaryLayout.halves, 0, 16), (.interleaved, 0, 16), (.halves, 3, 8), (.interleaved, 6, 10),
        ], InstructionSet.available)
    func turns(spec: (layout: RotaryLayout, offset: Int, size: Int), set: InstructionSet) {
        let compute = Configuration(set: set, threads: 2).compute
        var generator = SeededGenerator.fromEnvironment(fallback: 8)
        let (heads, headSize, tokens, pairs) = (3, 16, 4, spec.size / 2)
        let angles = (0..<pairs).map { pow(10000, -Double($0) / Double(pairs)) }
        let table = FloatMatrix.zeros(50, spec.size)
        for position in 0..<50 {
            for pair in 0..<pairs {
                table[position, pair] = Float(cos(Double(position) * angles[pair]))
                table[position, pairs + pair] = Float(sin(Double(position) * angles[pair]))
            }
        }
        let positions = IndexBuffer(count: 6)
        for (row, position) in [7, 7, 0, 1, 49, 13].enumerated() { positions[row] = position }
        let input = FloatMatrix.random(tokens, heads * headSize, using: &generator)
        let output = input.copy
        compute.rotate(
            output, table: table, headSize: headSize, offset: spec.offset, layout: spec.layout,
            positions: positions,
            firstRow: 2)
        for token in 0..<tokens {
            for head in 0..<heads {
                var expected = (0..<headSize).map { Double(input[token, head * headSize + $0]) }
                for pair in 0..<pairs {
                    let first = spec.offset + (spec.layout == .halves ? pair : 2 * pair)
                    let second = spec.offset + (spec.layout == .halves ? pair + pairs : 2 * pair + 1)
                    let angle = Double(positions[token + 2]) * angles[pair]
                    let (a, b) = (expected[first], expected[second])
                    expected[first] = a * cos(angle) - b * sin(angle)
                    expected[second] = b * cos(angle) + a * sin(angle)
                }
                for i in 0..<headSize {
                    // Two products and a sum of values below 1, and the table's own rounding.
                    #expect(abs(Double(output[token, head * headSize + i]) - expected[i]) < 3e-7)
                }
            }
        }
    }
}
