import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Gated linear attention")
struct RecurrentTests {
    private static let (tokens, keyHeads, valueHeads, keyWidth, valueWidth) = (23, 2, 6, 12, 20)

    private struct Problem {
        let input: DeltaRuleInput
        let state: FloatMatrix

        init() {
            var generator = SeededGenerator.fromEnvironment(fallback: 10)
            let t = RecurrentTests.tokens
            input = DeltaRuleInput(
                query: .random(t, keyHeads * keyWidth, using: &generator),
                key: .random(t, keyHeads * keyWidth, in: -0.3..<0.3, using: &generator),
                value: .random(t, valueHeads * valueWidth, using: &generator),
                decay: .random(t, valueHeads, in: -2..<0, using: &generator),
                beta: .random(t, valueHeads, in: 0..<1, using: &generator))
            state = .random(valueHeads * keyWidth, valueWidth, using: &generator)
        }
    }

    @Test("the delta rule agrees with its formula in Float64", arguments: Configuration.all)
    func deltaRule(configuration: Configuration) {
        let problem = Problem()
        let state = problem.state.copy
        let output = FloatMatrix.zeros(Self.tokens, Self.valueHeads * Self.valueWidth)
        configuration.compute.deltaRule(problem.input, state: state, into: output)
        let input = problem.input
        for head in 0..<Self.valueHeads {
            let keyHead = head / (Self.valueHeads / Self.keyHeads)
            var exact = (0..<Self.keyWidth).map { k in
                (0..<Self.valueWidth).map { Double(problem.state[head * Self.keyWidth + k, $0]) }
            }
            for token in 0..<Self.tokens {
                func at(_ matrix: FloatMatrix, _ k: Int) -> Double {
                    Double(matrix[token, keyHead * Self.keyWidth + k])
                }
                for k in 0..<Self.keyWidth {
                    exact[k] = exact[k].map { $0 * exp(Double(input.decay[token, head])) }
                }
                for column in 0..<Self.valueWidth {
                    let recalled = (0..<Self.keyWidth).reduce(0.0) {
                        $0 + at(input.key, $1) * exact[$1][column]
                    }
                    let value = Double(input.value[token, head * Self.valueWidth + column])
                    let correction = Double(input.beta[token, head]) * (value - recalled)
                    for k in 0..<Self.keyWidth { exact[k][column] += at(input.key, k) * correction }
                    let result = (0..<Self.keyWidth).reduce(0.0) {
                        $0 + at(input.query, $1) * exact[$1][column]
                    }
                    // A dozen terms of magnitude about 1 per token, and a memory that forgets.
                    #expect(abs(Double(output[token, head * Self.valueWidth + column]) - result) < 5e-6)
                }
            }
            for k in 0..<Self.keyWidth {
                for column in 0..<Self.valueWidth {
                    #expect(abs(Double(state[head * Self.keyWidth + k, column]) - exact[k][column]) < 5e-6)
                }
            }
        }
    }

    @Test(
        "the convolution agrees with its formula and remembers the last inputs", arguments: Configuration.all)
    func convolution(configuration: Configuration) {
        var generator = SeededGenerator.fromEnvironment(fallback: 11)
        let (channels, taps, tokens) = (37, 4, 9)
        let input = FloatMatrix.random(tokens, channels, using: &generator)
        let weight = FloatMatrix.random(channels, taps, using: &generator)
        let before = FloatMatrix.random(taps - 1, channels, using: &generator)
        let (history, output) = (before.copy, FloatMatrix.zeros(tokens, channels))
        configuration.compute.convolve(input, weight: weight, history: history, into: output)
        let all = (0..<channels).map { channel in
            (0..<taps - 1).map { before[$0, channel] } + (0..<tokens).map { input[$0, channel] }
        }
        for channel in 0..<channels {
            for token in 0..<tokens {
                let sum = (0..<taps).reduce(0.0) {
                    $0 + Double(weight[channel, $1]) * Double(all[channel][token + $1])
                }
                #expect(abs(Double(output[token, channel]) - sum / (1 + exp(-sum))) < 1e-6)
            }
            for row in 0..<taps - 1 { #expect(history[row, channel] == all[channel][tokens + row]) }
        }
        let inPlace = input.copy
        configuration.compute.convolve(inPlace, weight: weight, history: before.copy, into: inPlace)
        #expect(inPlace.bits == output.bits)
    }

    @Test("tokens one by one, in chunks or at once give the same bits everywhere")
    func doNotDependOnChunks() {
        var generator = SeededGenerator.fromEnvironment(fallback: 12)
        let weight = FloatMatrix.random(Self.valueHeads * Self.valueWidth, 4, using: &generator)
        let problem = Problem()
        var reference: [[UInt32]]?
        for configuration in Configuration.all {
            let compute = configuration.compute
            for chunk in [1, 7, Self.tokens] {
                let (state, history) = (
                    problem.state.copy, FloatMatrix.zeros(3, Self.valueHeads * Self.valueWidth)
                )
                let output = FloatMatrix.zeros(Self.tokens, Self.valueHeads * Self.valueWidth)
                let mixed = output.copy
                for first in stride(from: 0, to: Self.tokens, by: chunk) {
                    let part = first..<min(first + chunk, Self.tokens)
                    let input = DeltaRuleInput(
                        query: problem.input.query.slice(rows: part),
                        key: problem.input.key.slice(rows: part),
                        value: problem.input.value.slice(rows: part),
                        decay: problem.input.decay.slice(rows: part),
                        beta: problem.input.beta.slice(rows: part))
                    compute.deltaRule(input, state: state, into: output.slice(rows: part))
                    compute.convolve(
                        problem.input.value.slice(rows: part), weight: weight, history: history,
                        into: mixed.slice(rows: part))
                }
                let bits = [output.bits, state.bits, mixed.bits, history.bits]
                if reference == nil { reference = bits }
                #expect(bits == reference, "\(configuration.testDescription), \(chunk) at a time")
            }
        }
    }
}
