import Kernels
import TestSupport
import Testing

@Suite("Matrix products")
struct ProductTests {
    /// Rows, columns in blocks of 256, tokens: whole register blocks,
    /// ragged ends, more than one tile of 512 columns.
    private static let shapes = [(1, 1, 1), (7, 2, 3), (64, 3, 5), (37, 1, 67), (16, 5, 64)]

    /// A product's inputs.
    private struct Problem {
        let weights: WeightMatrix
        let input: FloatMatrix
        let bias: FloatMatrix

        init(_ format: WeightFormat, rows: Int, columns: Int, tokens: Int, biasCount: Int, inputColumns: Int)
        {
            var generator = SeededGenerator.fromEnvironment(fallback: UInt64(rows * 31 + columns))
            weights = WeightBytes.random(format, elements: rows * columns, using: &generator)
                .matrix(format, rows: rows, columns: columns)
            input = .random(tokens, inputColumns, using: &generator)
            bias = .random(1, biasCount, using: &generator)
        }

        /// The weights in Float32, by row.
        func decoded(on compute: Compute) -> [[Float]] {
            let output = FloatMatrix.zeros(1, weights.columns)
            return (0..<weights.rows).map { row in
                compute.decodeRow(weights, row: row, into: output, outputRow: 0)
                return output.values
            }
        }
    }

    @Test(
        "stay within rounding of the sum in Float64", arguments: WeightFormat.allCases,
        InstructionSet.available)
    func agreeWithFloat64(format: WeightFormat, set: InstructionSet) {
        let compute = Configuration(set: set, threads: 2).compute
        for (rows, blocks, tokens) in Self.shapes where set != .scalar || rows * blocks * tokens < 1000 {
            let columns = blocks * 256
            let problem = Problem(
                format, rows: rows, columns: columns, tokens: tokens, biasCount: rows, inputColumns: columns)
            let output = FloatMatrix.zeros(tokens, rows)
            compute.multiply(problem.weights, problem.input, into: output, bias: problem.bias)
            let weights = problem.decoded(on: compute)
            let magnitudes = weights.map { format.magnitudes(of: $0) }
            for token in 0..<tokens {
                let input = problem.input.slice(rows: token..<token + 1).values
                let x = QuantizedInput(input, format).values
                for row in 0..<rows {
                    let terms = zip(weights[row], x).map { Double($0) * $1 }
                    let exact = terms.reduce(Double(problem.bias[0, row]), +)
                    // Each lane adds columns / 16 terms (of quantized weights: a block's two terms, each of
                    // three roundings), the fold 4 more and the bias one: so many roundings of at most 2^-24
                    // of the sum of magnitudes. Decoding rounds a weight three times, scale and min before
                    // they cancel: `magnitude` bounds them.
                    let roundings = Double(columns / 16 + 12)
                    let magnitude = zip(x, magnitudes[row]).reduce(abs(Double(problem.bias[0, row]))) {
                        $0 + abs($1.0) * $1.1
                    }
                    let bound = magnitude * roundings * 0x1p-24
                    #expect(abs(Double(output[token, row]) - exact) <= bound, "seed \(problem.weights.rows)")
                }
            }
        }
    }

    @Test(
        "give one token the same bits alone, in 7 and in 64, on any number of threads",
        arguments: WeightFormat.allCases)
    func doNotDependOnBatch(format: WeightFormat) {
        let (rows, columns, tokens) = (53, 1280, 64)
        let problem = Problem(
            format, rows: rows, columns: columns, tokens: tokens, biasCount: rows, inputColumns: columns)
        var reference: [UInt32]?
        for configuration in Configuration.all
        where configuration.set != .scalar || configuration.threads == 1 {
            let compute = configuration.compute
            for chunk in [1, 7, 64] where configuration.set != .scalar || chunk == 64 {
                let output = FloatMatrix.zeros(tokens, rows)
                for first in stride(from: 0, to: tokens, by: chunk) {
                    let part = first..<min(first + chunk, tokens)
                    compute.multiply(
                        problem.weights, problem.input.slice(rows: part), into: output.slice(rows: part),
                        bias: problem.bias)
                }
                // Not only within one instruction set: all of them state the same order.
                if reference == nil { reference = output.bits }
                #expect(output.bits == reference, "\(configuration.testDescription), \(chunk) at a time")
            }
        }
    }

    @Test(
        "of float weights take any number of rows and columns, for few tokens and for many",
        arguments: [WeightFormat.float32, .float16, .bfloat16], InstructionSet.available)
    func takeOddShapes(format: WeightFormat, set: InstructionSet) {
        let compute = Configuration(set: set, threads: 1).compute
        for (rows, columns) in [(5, 1), (3, 15), (6, 17), (1, 31), (9, 100), (13, 513), (2, 1037)] {
            // Alone, as few (blocks of tokens and single ones), and as many.
            let tokens = 15
            let problem = Problem(
                format, rows: rows, columns: columns, tokens: tokens, biasCount: rows, inputColumns: columns)
            let output = FloatMatrix.zeros(tokens, rows)
            compute.multiply(problem.weights, problem.input, into: output)
            let weights = problem.decoded(on: compute)
            for token in 0..<tokens {
                let x = QuantizedInput(problem.input.slice(rows: token..<token + 1).values, format).values
                for row in 0..<rows {
                    let exact = zip(weights[row], x).reduce(0.0) { $0 + Double($1.0) * $1.1 }
                    // At most `columns` terms of magnitude below 1, as many roundings.
                    #expect(
                        abs(Double(output[token, row]) - exact) <= Double(columns * (columns / 16 + 6))
                            * 0x1p-24)
                }
            }
            for part in [0..<1, 2..<13, 4..<6] {
                let alone = FloatMatrix.zeros(part.count, rows)
                compute.multiply(problem.weights, problem.input.slice(rows: part), into: alone)
                #expect(alone.bits == output.slice(rows: part).bits, "\(rows) x \(columns), \(part)")
            }
        }
    }

    @Test(
        "with the matrix transposed agree with Float64 and do not depend on the batch",
        arguments: Configuration.all)
    func transposed(configuration: Configuration) {
        let compute = configuration.compute
        for (format, rows, columns) in [
            (WeightFormat.float32, 33, 70), (.bfloat16, 9, 600), (.q8_0, 20, 288), (.q4_K, 5, 512),
        ] {
            let tokens = 7
            let problem = Problem(
                format, rows: rows, columns: columns, tokens: tokens, biasCount: columns, inputColumns: rows)
            let output = FloatMatrix.zeros(tokens, columns)
            compute.multiplyTransposed(problem.weights, problem.input, into: output, bias: problem.bias)
            let weights = problem.decoded(on: compute)
            for token in 0..<tokens {
                for column in 0..<columns {
                    let terms = (0..<rows).map {
                        Double(weights[$0][column]) * Double(problem.input[token, $0])
                    }
                    let exact = terms.reduce(Double(problem.bias[0, column]), +)
                    let bound = terms.reduce(1) { $0 + abs($1) } * Double(rows + 1) * 0x1p-24
                    #expect(abs(Double(output[token, column]) - exact) <= bound)
                }
                let alone = FloatMatrix.zeros(1, columns)
                compute.multiplyTransposed(
                    problem.weights, problem.input.slice(rows: token..<token + 1), into: alone,
                    bias: problem.bias)
                #expect(alone.bits == output.slice(rows: token..<token + 1).bits)
            }
        }
    }

    @Test("read and write views with padding between rows")
    func takePaddedViews() {
        let compute = Configuration(set: .best, threads: 2).compute
        let problem = Problem(.q8_0, rows: 20, columns: 64, tokens: 6, biasCount: 20, inputColumns: 64)
        let plain = FloatMatrix.zeros(6, 20)
        compute.multiply(problem.weights, problem.input, into: plain)
        let wideInput = FloatMatrix.zeros(6, 100).slice(columns: 13..<77)
        for row in 0..<6 { wideInput.copyRow(from: problem.input, row: row, to: row) }
        let wideOutput = FloatMatrix.zeros(6, 33)
        compute.multiply(problem.weights, wideInput, into: wideOutput.slice(columns: 5..<25))
        #expect(wideOutput.slice(columns: 5..<25).bits == plain.bits)
        #expect(wideOutput.slice(columns: 0..<5).values.allSatisfy { $0 == 0 })
        #expect(wideOutput.slice(columns: 25..<33).values.allSatisfy { $0 == 0 })
    }
}
