import Foundation
import Kernels
import Models
import Testing

/// The angles of rotary embeddings against their formulas in Float64.
@Suite("Rotary frequencies")
struct RotaryTableTests {
    /// What a pair turns by at position 1, from its cosine and sine.
    private func angle(_ table: FloatMatrix, pair: Int) -> Double {
        atan2(Double(table[1, table.columns / 2 + pair]), Double(table[1, pair]))
    }

    @Test("angles fall from 1 by the base's power")
    func plain() {
        let owner = RotaryTable(spec: RotarySpec(rotatedSize: 8, base: 10_000), positions: 4)
        let values = owner.matrix(usesLong: false)
        for pair in 0..<4 {
            // Float32 keeps seven digits of the angle.
            #expect(abs(angle(values, pair: pair) - pow(10_000, -Double(pair) / 4)) < 1e-7)
            #expect(values[0, pair] == 1 && values[0, 4 + pair] == 0)
        }
    }

    @Test("linear scaling divides positions")
    func linear() {
        let owner = RotaryTable(
            spec: RotarySpec(rotatedSize: 8, base: 100, scaling: .linear(factor: 4)), positions: 9)
        let plain = RotaryTable(spec: RotarySpec(rotatedSize: 8, base: 100), positions: 3)
        let (scaled, unscaled) = (owner.matrix(usesLong: false), plain.matrix(usesLong: false))
        for column in 0..<8 { #expect(abs(scaled[8, column] - unscaled[2, column]) < 1e-6) }
    }

    @Test("YaRN keeps the fastest pair, divides the slowest, and magnifies both")
    func yarn() {
        let scaling = RotarySpec.YaRN(factor: 8, originalContextLength: 4096)
        let owner = RotaryTable(
            spec: RotarySpec(rotatedSize: 64, base: 10_000, scaling: .yarn(scaling)), positions: 2)
        let values = owner.matrix(usesLong: false)
        #expect(abs(angle(values, pair: 0) - 1) < 1e-6)
        #expect(abs(angle(values, pair: 31) - pow(10_000, -31.0 / 32) / 8) < 1e-9)
        let magnitude = 0.1 * log(8.0) + 1
        #expect(abs(Double(values[0, 0]) - magnitude) < 1e-6)
    }

    @Test("LongRoPE has a second set for sequences that outgrow the original context")
    func longRoPE() {
        let scaling = RotarySpec.LongRoPE(
            shortDivisors: [1, 1], longDivisors: [2, 4], shortMagnitude: 1, longMagnitude: 1.5,
            originalContextLength: 8)
        let spec = RotarySpec(rotatedSize: 4, base: 100, scaling: .longRope(scaling))
        let owner = RotaryTable(spec: spec, positions: 16)
        let (short, long) = (owner.matrix(usesLong: false), owner.matrix(usesLong: true))
        #expect(owner.originalContextLength == 8)
        #expect(abs(angle(short, pair: 1) - 0.1) < 1e-7 && abs(angle(long, pair: 1) - 0.025) < 1e-7)
        #expect(short[0, 0] == 1 && long[0, 0] == 1.5)
    }

    @Test("a sequence takes its set when it is reset, by the length it is to have")
    func sequenceSet() {
        let shapes = [LayerStateShape.keyValue(heads: 1, keyWidth: 2, valueWidth: 2)]
        let state = SequenceState(shapes: shapes, capacity: 16, element: .float32, longLength: 8)
        #expect(!state.usesLongRotary)
        state.reset(expectedLength: 9)
        #expect(state.usesLongRotary)
        state.reset(expectedLength: 8)
        #expect(!state.usesLongRotary)
    }
}
