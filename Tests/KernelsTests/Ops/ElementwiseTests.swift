import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Norms and elementwise operations")
struct ElementwiseTests {
    /// Widths around the sixteen lanes, and one of a model.
    private static let widths = [1, 15, 16, 17, 100, 2048]

    /// Relative and absolute distance that a handful of Float32
    /// roundings can make in values of moderate size.
    private static let fewRoundings = 1e-6

    private static func close(_ value: Float, _ exact: Double, _ tolerance: Double = fewRoundings) -> Bool {
        abs(Double(value) - exact) <= tolerance * max(1, abs(exact))
    }

    @Test("RMS norm divides by the root of the mean square", arguments: Configuration.all)
    func rmsNorm(configuration: Configuration) {
        let compute = configuration.compute
        var generator = SeededGenerator.fromEnvironment(fallback: 1)
        for width in Self.widths {
            let input = FloatMatrix.random(5, width, in: -3..<3, using: &generator)
            let weight = FloatMatrix.random(1, width, using: &generator)
            let output = FloatMatrix.zeros(5, width)
            compute.rmsNorm(input, weight: weight, epsilon: 1e-5, into: output)
            for row in 0..<5 {
                let values = input.slice(rows: row..<row + 1).values.map(Double.init)
                let root = (values.reduce(0) { $0 + $1 * $1 } / Double(width) + 1e-5).squareRoot()
                for column in 0..<width {
                    #expect(
                        Self.close(output[row, column], values[column] / root * Double(weight[0, column])))
                }
            }
            let inPlace = input.copy
            compute.rmsNorm(inPlace, weight: weight, epsilon: 1e-5, into: inPlace)
            #expect(inPlace.bits == output.bits)
        }
    }

    @Test("layer norm takes the mean away first, at any width", arguments: Configuration.all)
    func layerNorm(configuration: Configuration) {
        let compute = configuration.compute
        var generator = SeededGenerator.fromEnvironment(fallback: 2)
        for width in Self.widths.dropFirst() {
            let input = FloatMatrix.random(3, width, in: 4..<9, using: &generator)
            let weight = FloatMatrix.random(1, width, using: &generator)
            let bias = FloatMatrix.random(1, width, using: &generator)
            let output = FloatMatrix.zeros(3, width)
            compute.layerNorm(input, weight: weight, bias: bias, epsilon: 1e-5, into: output)
            let unbiased = FloatMatrix.zeros(3, width)
            compute.layerNorm(input, weight: weight, bias: nil, epsilon: 1e-5, into: unbiased)
            for row in 0..<3 {
                let values = input.slice(rows: row..<row + 1).values.map(Double.init)
                let mean = values.reduce(0, +) / Double(width)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                for column in 0..<width {
                    let exact =
                        (values[column] - mean) / (variance + 1e-5).squareRoot() * Double(weight[0, column])
                    // The mean of values near 6 is known to about 6 * 2^-24 times the roundings of a sum.
                    #expect(Self.close(unbiased[row, column], exact, 1e-5))
                    #expect(Self.close(output[row, column], exact + Double(bias[0, column]), 1e-5))
                }
            }
        }
    }

    @Test(
        "sigmoid, silu and the gated units agree with Float64 over the whole range",
        arguments: Configuration.all)
    func activations(configuration: Configuration) {
        let compute = configuration.compute
        let values = Array(stride(from: Float(-110), through: 110, by: 0.37)) + [0, -0.0, 1e-30, -1e-30]
        let input = FloatMatrix.zeros(1, values.count)
        let up = FloatMatrix.zeros(1, values.count)
        for (column, value) in values.enumerated() {
            (input[0, column], up[0, column]) = (value, 0.75 - value / 50)
        }
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let (sigmoids, silus) = (input.copy, input.copy)
        compute.sigmoid(sigmoids)
        compute.silu(silus)
        let (gated, clamped, interleaved) = (input.copy, input.copy, FloatMatrix.zeros(1, values.count))
        compute.swiGLU(gate: gated, up: up, into: gated)
        compute.clampedSwiGLU(gate: clamped, up: up, alpha: 1.702, limit: 7, into: clamped)
        let pairs = FloatMatrix.zeros(1, 2 * values.count)
        for column in 0..<values.count {
            (pairs[0, 2 * column], pairs[0, 2 * column + 1]) = (input[0, column], up[0, column])
        }
        compute.clampedSwiGLU(interleaved: pairs, alpha: 1.702, limit: 7, into: interleaved)
        #expect(interleaved.bits == clamped.bits)
        for column in 0..<values.count {
            let (x, u) = (Double(input[0, column]), Double(up[0, column]))
            #expect(Self.close(sigmoids[0, column], sigmoid(x)))
            #expect(Self.close(silus[0, column], x * sigmoid(x)))
            #expect(Self.close(gated[0, column], x * sigmoid(x) * u))
            let (g, v) = (min(x, 7), max(-7, min(u, 7)))
            #expect(Self.close(clamped[0, column], (v + 1) * g * sigmoid(Double(Float(1.702)) * g)))
        }
    }

    @Test("softmax sums to one, keeps the order and survives large logits", arguments: Configuration.all)
    func softmax(configuration: Configuration) {
        let compute = configuration.compute
        var generator = SeededGenerator.fromEnvironment(fallback: 3)
        for width in Self.widths {
            let input = FloatMatrix.random(4, width, in: -90..<90, using: &generator)
            let output = input.copy
            compute.softmax(output)
            for row in 0..<4 {
                let values = input.slice(rows: row..<row + 1).values.map(Double.init)
                let largest = values.max() ?? 0
                let total = values.reduce(0) { $0 + exp($1 - largest) }
                for column in 0..<width {
                    #expect(Self.close(output[row, column], exp(values[column] - largest) / total))
                }
            }
        }
    }

    @Test(
        "adding, scaling and multiplying work in place and leave padding alone",
        arguments: InstructionSet.available)
    func arithmetic(set: InstructionSet) {
        let compute = Configuration(set: set, threads: 2).compute
        var generator = SeededGenerator.fromEnvironment(fallback: 4)
        let wide = FloatMatrix.random(6, 40, using: &generator)
        let before = wide.copy
        let addend = FloatMatrix.random(6, 21, using: &generator)
        let target = wide.slice(columns: 3..<24)
        compute.add(addend, scale: 0.5, to: target)
        compute.scale(target, by: 3)
        compute.multiplyElementwise(target, addend, into: target)
        for row in 0..<6 {
            for column in 0..<40 {
                let old = before[row, column]
                let inside = (3..<24).contains(column)
                let a = inside ? addend[row, column - 3] : 0
                #expect(wide[row, column] == (inside ? (old + 0.5 * a) * 3 * a : old))
            }
        }
    }

    @Test("all instruction sets and thread counts give the same bits")
    func equalBits() {
        var generator = SeededGenerator.fromEnvironment(fallback: 5)
        let input = FloatMatrix.random(70, 333, in: -20..<20, using: &generator)
        let weight = FloatMatrix.random(1, 333, using: &generator)
        var reference: [[UInt32]]?
        for configuration in Configuration.all {
            let compute = configuration.compute
            let results = (0..<5).map { _ in input.copy }
            compute.rmsNorm(input, weight: weight, epsilon: 1e-6, into: results[0])
            compute.layerNorm(input, weight: weight, bias: weight, epsilon: 1e-6, into: results[1])
            compute.softmax(results[2])
            compute.swiGLU(gate: input, up: results[2], into: results[3])
            compute.clampedSwiGLU(gate: input, up: results[3], alpha: 1.702, limit: 7, into: results[4])
            let bits = results.map(\.bits)
            if reference == nil { reference = bits }
            #expect(bits == reference, "\(configuration.testDescription)")
        }
    }
}
