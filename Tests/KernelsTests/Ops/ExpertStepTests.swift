import Kernels
import TestSupport
import Testing

/// The experts of a step as one operation give the bits of separate ones, whatever runs together.
@Suite("The experts of a step")
struct ExpertStepTests {
    /// Formats of gate, up and down, biases, activation: what files combine.
    struct Layer: CustomTestStringConvertible {
        let gate: WeightFormat
        let up: WeightFormat
        let down: WeightFormat
        let hasBias: Bool
        let activation: ExpertActivation

        var testDescription: String { "\(gate.name) \(up.name) \(down.name)" }
    }

    private static let clamped = ExpertActivation.clampedSwiGLU(alpha: 1.702, limit: 0.5)

    static let layers = [
        Layer(gate: .q4_K, up: .q4_K, down: .q6_K, hasBias: false, activation: .swiGLU),
        Layer(gate: .q8_0, up: .q8_0, down: .q8_0, hasBias: false, activation: .swiGLU),
        Layer(gate: .mxfp4, up: .mxfp4, down: .mxfp4, hasBias: true, activation: clamped),
        Layer(gate: .bfloat16, up: .bfloat16, down: .bfloat16, hasBias: true, activation: .swiGLU),
        Layer(gate: .q4_K, up: .q6_K, down: .q8_0, hasBias: true, activation: .swiGLU),
        Layer(gate: .float32, up: .float16, down: .q5_K, hasBias: false, activation: clamped),
        Layer(gate: .q5_0, up: .q4_0, down: .float32, hasBias: false, activation: .swiGLU),
    ]

    /// Random experts, a routing of random rows, and what it should come to.
    private struct Problem {
        static let experts = 5
        static let ranks = 3
        static let hiddenSize = 512
        static let innerSize = 768
        let networks: [ExpertNetwork]
        let input: FloatMatrix
        let weights: FloatMatrix
        /// Places of each expert, the row of each place and the place of each choice.
        private(set) var places: [Range<Int>] = []
        let rowOfPlace: IndexBuffer
        let placeOfChoice: IndexBuffer

        init(_ layer: Layer, rows: Int) {
            var generator = SeededGenerator.fromEnvironment(fallback: UInt64(rows))
            func projection(_ format: WeightFormat, _ rows: Int, _ columns: Int) -> ExpertNetwork.Projection {
                let weights = WeightBytes.random(format, elements: rows * columns, using: &generator)
                let bias = FloatMatrix.random(1, rows, using: &generator)
                return (weights.matrix(format, rows: rows, columns: columns), layer.hasBias ? bias : nil)
            }
            networks = (0..<Self.experts).compactMap { _ in
                ExpertNetwork(
                    gate: projection(layer.gate, Self.innerSize, Self.hiddenSize),
                    up: projection(layer.up, Self.innerSize, Self.hiddenSize),
                    down: projection(layer.down, Self.hiddenSize, Self.innerSize),
                    activation: layer.activation)
            }
            input = .random(rows, Self.hiddenSize, using: &generator)
            weights = .random(rows, Self.ranks, using: &generator)
            rowOfPlace = IndexBuffer(count: rows * Self.ranks)
            placeOfChoice = IndexBuffer(count: rows * Self.ranks)
            // The first expert is everybody's, as far as ranks go the others are few rows' or nobody's.
            let chosen = (0..<rows).map { row in
                [0] + (1..<Self.experts).shuffled(using: &generator).prefix(Self.ranks - 1)
            }
            var place = 0
            for expert in 0..<Self.experts {
                let first = place
                for row in 0..<rows {
                    guard let rank = chosen[row].firstIndex(of: expert) else { continue }
                    rowOfPlace[place] = row
                    placeOfChoice[row * Self.ranks + rank] = place
                    place += 1
                }
                places.append(first..<place)
            }
        }

        /// The sum of the experts' outputs by one operation after the other, added to `output`.
        func addSeparately(to output: FloatMatrix, on compute: Compute) {
            for row in 0..<input.rows {
                let x = input.slice(rows: row..<row + 1)
                for rank in 0..<Self.ranks {
                    let place = placeOfChoice[row * Self.ranks + rank]
                    guard let expert = places.firstIndex(where: { $0.contains(place) }) else { continue }
                    let network = networks[expert]
                    let result = FloatMatrix.zeros(1, Self.hiddenSize)
                    Self.run(network, x, into: result, on: compute)
                    output.addRow(from: result, row: 0, scale: weights[row, rank], to: row)
                }
            }
        }

        static func run(
            _ network: ExpertNetwork, _ x: FloatMatrix, into output: FloatMatrix, on compute: Compute
        ) {
            let gate = FloatMatrix.zeros(x.rows, Self.innerSize)
            let up = FloatMatrix.zeros(x.rows, Self.innerSize)
            compute.multiply(network.gate.weights, x, into: gate, bias: network.gate.bias)
            compute.multiply(network.up.weights, x, into: up, bias: network.up.bias)
            switch network.activation {
            case .swiGLU: compute.swiGLU(gate: gate, up: up, into: gate)
            case .clampedSwiGLU(let alpha, let limit):
                compute.clampedSwiGLU(gate: gate, up: up, alpha: alpha, limit: limit, into: gate)
            }
            compute.multiply(network.down.weights, gate, into: output, bias: network.down.bias)
        }

        /// The same by a step that runs the experts of each list together.
        func add(inTurns turns: [[Int]], to output: FloatMatrix, on compute: Compute) {
            let outputs = FloatMatrix.zeros(rowOfPlace.count, Self.hiddenSize)
            let arena = Arena(
                capacity: ExpertStep.scratchElements(
                    rows: input.rows, places: outputs.rows, hiddenSize: Self.hiddenSize,
                    innerSize: Self.innerSize))
            var step = ExpertStep(
                input, rowOfPlace: rowOfPlace, outputs: outputs, innerSize: Self.innerSize, arena: arena,
                compute: compute)
            for turn in turns {
                for expert in turn { step.add(networks[expert], places: places[expert]) }
                step.run()
            }
            step.finish(weights: weights, placeOfChoice: placeOfChoice, addingTo: output)
        }
    }

    @Test("give the bits of separate operations", arguments: layers, [1, 2, 3])
    func equalSeparate(layer: Layer, threads: Int) {
        // One row is not gathered; 150 are more than a unit's sums hold.
        for rows in [1, 7, 150] {
            let problem = Problem(layer, rows: rows)
            let compute = Configuration(set: .best, threads: threads).compute
            var generator = SeededGenerator(seed: 1)
            let start = FloatMatrix.random(rows, Problem.hiddenSize, using: &generator)
            let expected = start.copy
            problem.addSeparately(to: expected, on: compute)
            #expect(expected.values.allSatisfy(\.isFinite) && expected.bits != start.bits)
            for turns in [[[0, 1, 2, 3, 4]], [[3], [1, 4], [], [2, 0]]] {
                let output = start.copy
                problem.add(inTurns: turns, to: output, on: compute)
                #expect(output.bits == expected.bits, "\(rows) rows in turns \(turns)")
            }
        }
    }

    @Test("give the same bits on every instruction set", arguments: layers)
    func equalSets(layer: Layer) {
        let problem = Problem(layer, rows: 2)
        let results = InstructionSet.available.map { set in
            let output = FloatMatrix.zeros(2, Problem.hiddenSize)
            problem.add(
                inTurns: [[0, 1, 2, 3, 4]], to: output, on: Configuration(set: set, threads: 1).compute)
            return output.bits
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test("run a network that all rows go through without gathering", arguments: layers)
    func runDense(layer: Layer) {
        let problem = Problem(layer, rows: 9)
        let compute = Configuration(set: .best, threads: 2).compute
        let expected = FloatMatrix.zeros(9, Problem.hiddenSize)
        Problem.run(problem.networks[0], problem.input, into: expected, on: compute)
        let output = FloatMatrix.zeros(9, Problem.hiddenSize)
        let arena = Arena(
            capacity: ExpertStep.scratchElements(
                rows: 9, places: 9, hiddenSize: Problem.hiddenSize, innerSize: Problem.innerSize))
        var step = ExpertStep(
            problem.input, rowOfPlace: nil, outputs: output, innerSize: Problem.innerSize, arena: arena,
            compute: compute)
        step.add(problem.networks[0], places: 0..<9)
        step.run()
        #expect(output.bits == expected.bits)
    }

    @Test("refuse gate and up whose inputs differ in form")
    func refuseMixedInputs() {
        var generator = SeededGenerator(seed: 1)
        let short = WeightBytes.random(.q8_0, elements: 256 * 256, using: &generator)
            .matrix(.q8_0, rows: 256, columns: 256)
        let long = WeightBytes.random(.q4_K, elements: 256 * 256, using: &generator)
            .matrix(.q4_K, rows: 256, columns: 256)
        #expect(
            ExpertNetwork(gate: (short, nil), up: (long, nil), down: (long, nil), activation: .swiGLU) == nil)
        #expect(
            ExpertNetwork(gate: (long, nil), up: (long, nil), down: (short, nil), activation: .swiGLU) != nil)
    }
}
