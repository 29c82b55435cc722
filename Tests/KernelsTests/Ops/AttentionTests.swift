import Foundation
import Kernels
import TestSupport
import Testing

/// One shape of attention to try.
struct AttentionCase: CustomTestStringConvertible, Sendable {
    var heads = 4
    var keyValueHeads = 4
    var keyWidth = 16
    var valueWidth = 16
    var window = 0
    var hasSinks = false
    var isLatent = false
    var testDescription: String {
        "\(heads) over \(keyValueHeads) heads of \(keyWidth) and \(valueWidth)"
            + (window > 0 ? ", window \(window)" : "") + (hasSinks ? ", sinks" : "")
            + (isLatent ? ", latent" : "")
    }

    static let all = [
        AttentionCase(), AttentionCase(heads: 8, keyValueHeads: 2, keyWidth: 24, valueWidth: 20),
        AttentionCase(heads: 6, keyValueHeads: 1, keyWidth: 17, valueWidth: 3),
        AttentionCase(heads: 12, keyValueHeads: 2, window: 5),
        AttentionCase(heads: 2, keyValueHeads: 2, window: 100),
        AttentionCase(heads: 8, keyValueHeads: 1, hasSinks: true),
        AttentionCase(heads: 8, keyValueHeads: 4, window: 70, hasSinks: true),
        AttentionCase(heads: 9, keyValueHeads: 1, keyWidth: 40, valueWidth: 32, isLatent: true),
    ]
}

@Suite("Attention over a kvCache")
struct AttentionTests {
    private static let positions = 150

    /// Keys and values of `positions` positions, stored in a cache, with the queries of all of them.
    private struct Problem {
        let spec: AttentionCase
        let cache: KeyValueCache
        let query: FloatMatrix
        /// What the cache holds, rounded as it rounds.
        let keys: FloatMatrix
        let values: FloatMatrix
        let rule: AttentionRule

        init(
            _ spec: AttentionCase, element: CacheElement, positions: Int = AttentionTests.positions,
            on compute: Compute
        ) {
            var generator = SeededGenerator.fromEnvironment(fallback: 9)
            self.spec = spec
            let keyColumns = spec.keyValueHeads * spec.keyWidth
            let valueColumns = spec.keyValueHeads * spec.valueWidth
            cache = KeyValueCache(
                capacity: positions, heads: spec.keyValueHeads, keyWidth: keyColumns,
                valueWidth: spec.isLatent ? 0 : valueColumns,
                element: element)
            query = .random(
                positions, spec.heads * spec.keyWidth, in: -3..<3, using: &generator)
            keys = .random(positions, keyColumns, using: &generator)
            values =
                spec.isLatent
                ? keys.slice(columns: 0..<valueColumns)
                : .random(positions, valueColumns, using: &generator)
            rule = AttentionRule(
                heads: spec.heads, keyValueHeads: spec.keyValueHeads, valueWidth: spec.valueWidth, scale: 0.3,
                window: spec.window, sinks: spec.hasSinks ? .random(1, spec.heads, using: &generator) : nil)
            if element == .float16 {
                for matrix in [keys, values] {
                    for row in 0..<matrix.rows {
                        for column in 0..<matrix.columns {
                            matrix[row, column] = Float(Float16(matrix[row, column]))
                        }
                    }
                }
            }
            if spec.isLatent {
                compute.store(keys, firstPosition: 0, in: cache)
            } else {
                // In two parts, so that the first position counts.
                for part in [0..<11, 11..<positions] {
                    compute.store(
                        keys: keys.slice(rows: part), values: values.slice(rows: part),
                        firstPosition: part.lowerBound,
                        in: cache)
                }
            }
        }

        /// The result for one token and head in Float64.
        func exact(token: Int, head: Int) -> [Double] {
            let kvHead = head / (spec.heads / spec.keyValueHeads)
            let first = spec.window > 0 ? max(0, token - spec.window + 1) : 0
            let scores = (first...token).map { position in
                (0..<spec.keyWidth).reduce(0.0) {
                    $0 + Double(query[token, head * spec.keyWidth + $1])
                        * Double(keys[position, kvHead * spec.keyWidth + $1])
                } * Double(rule.scale)
            }
            let weights = scores.map { exp($0) }
            let total = weights.reduce(rule.sinks.map { exp(Double($0[0, head])) } ?? 0, +)
            return (0..<spec.valueWidth).map { column in
                zip(first...token, weights).reduce(0.0) {
                    $0 + $1.1 * Double(values[$1.0, kvHead * spec.valueWidth + column])
                } / total
            }
        }
    }

    @Test(
        "agrees with the plain formula in Float64", arguments: AttentionCase.all,
        InstructionSet.available.flatMap { [($0, CacheElement.float16), ($0, .float32)] })
    func agreesWithFloat64(spec: AttentionCase, kind: (set: InstructionSet, element: CacheElement)) {
        let compute = Configuration(set: kind.set, threads: 2).compute
        let problem = Problem(spec, element: kind.element, on: compute)
        let output = FloatMatrix.zeros(Self.positions, spec.heads * spec.valueWidth)
        compute.attend(
            problem.query, cache: problem.cache, firstPosition: 0, rule: problem.rule, into: output)
        for token in [0, 1, 4, 5, 63, 64, 65, 127, 128, Self.positions - 1] {
            for head in 0..<spec.heads {
                for (column, exact) in problem.exact(token: token, head: head).enumerated() {
                    // Scores up to 14 are known to some 2e-6, so their weights to
                    // the same part; values are below 1.
                    #expect(abs(Double(output[token, head * spec.valueWidth + column]) - exact) < 4e-6)
                }
            }
        }
    }

    @Test(
        "gives a token the same bits alone, in chunks, on any thread and instruction set",
        arguments: AttentionCase.all)
    func doesNotDependOnBatch(spec: AttentionCase) {
        var reference: [UInt32]?
        for configuration in Configuration.all {
            let compute = configuration.compute
            let problem = Problem(spec, element: .float16, on: compute)
            for chunk in configuration.threads == 2 ? [1, 7, 64, Self.positions] : [Self.positions] {
                let output = FloatMatrix.zeros(Self.positions, spec.heads * spec.valueWidth)
                for first in stride(from: 0, to: Self.positions, by: chunk) {
                    let part = first..<min(first + chunk, Self.positions)
                    compute.attend(
                        problem.query.slice(rows: part), cache: problem.cache, firstPosition: first,
                        rule: problem.rule, into: output.slice(rows: part))
                }
                if reference == nil { reference = output.bits }
                #expect(output.bits == reference, "\(configuration.testDescription), \(chunk) at a time")
            }
        }
    }

    /// Shapes that meet several blocks of 512 positions, and what does: whole rows, tails of rows, windows
    /// that begin in one block and end in the next, many heads on one key, more rows than a unit has.
    static let longCases = [
        AttentionCase(heads: 2, keyValueHeads: 2, keyWidth: 128, valueWidth: 128),
        AttentionCase(heads: 10, keyValueHeads: 2, keyWidth: 24, valueWidth: 20, hasSinks: true),
        AttentionCase(heads: 3, keyValueHeads: 1, window: 40, hasSinks: true),
        AttentionCase(heads: 4, keyValueHeads: 2, keyWidth: 33, valueWidth: 70, window: 700),
        AttentionCase(heads: 20, keyValueHeads: 1, keyWidth: 72, valueWidth: 64, isLatent: true),
    ]

    @Test(
        "agrees with Float64 across blocks, and gives the same bits however it is cut",
        arguments: longCases, [CacheElement.float16, .float32])
    func crossesBlocks(spec: AttentionCase, element: CacheElement) {
        // The last block is a part of one. Tokens around its begin and at its end.
        let positions = 1043
        let queried = [500..<531, 1011..<positions]
        var reference: [[UInt32]]?
        for configuration in Configuration.all {
            let compute = configuration.compute
            let problem = Problem(spec, element: element, positions: positions, on: compute)
            for chunk in [1, 4, positions] where chunk > 1 || configuration.set != .scalar {
                let outputs = queried.map { range in
                    let output = FloatMatrix.zeros(range.count, spec.heads * spec.valueWidth)
                    for first in stride(from: range.lowerBound, to: range.upperBound, by: chunk) {
                        let part = first..<min(first + chunk, range.upperBound)
                        compute.attend(
                            problem.query.slice(rows: part), cache: problem.cache, firstPosition: first,
                            rule: problem.rule,
                            into: output.slice(
                                rows: part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound)
                        )
                    }
                    return output
                }
                if reference == nil {
                    reference = outputs.map(\.bits)
                    for (range, output) in zip(queried, outputs) {
                        expectExact(problem, output, range: range)
                    }
                }
                #expect(
                    outputs.map(\.bits) == reference, "\(configuration.testDescription), \(chunk) at a time")
            }
        }
    }

    private func expectExact(_ problem: Problem, _ output: FloatMatrix, range: Range<Int>) {
        let spec = problem.spec
        for token in [range.lowerBound, 511, 512, 513, range.upperBound - 1] where range.contains(token) {
            for head in 0..<spec.heads {
                for (column, exact) in problem.exact(token: token, head: head).enumerated() {
                    // Scores up to 60 are known to some 1e-5, so their weights to the same part.
                    let found = output[token - range.lowerBound, head * spec.valueWidth + column]
                    #expect(abs(Double(found) - exact) < 1e-5)
                }
            }
        }
    }

    @Test("reads a context of 40,000 positions, of which every one counts alike")
    func readsLongContexts() {
        let positions = 40_000
        let width = 32
        for configuration in Configuration.all where configuration.set != .scalar {
            let compute = configuration.compute
            let cache = KeyValueCache(
                capacity: positions, heads: 1, keyWidth: width, valueWidth: width, element: .float16)
            // Equal scores: the output is the mean of the values, which are whole numbers below 64.
            let chunk = FloatMatrix.zeros(1000, width)
            var sums = [Double](repeating: 0, count: width)
            for first in stride(from: 0, to: positions, by: chunk.rows) {
                for row in 0..<chunk.rows {
                    for column in 0..<width {
                        let value = ((first + row) * (2 * column + 1) + (first + row) / 512) % 61
                        chunk[row, column] = Float(value)
                        sums[column] += Double(value)
                    }
                }
                compute.store(
                    keys: FloatMatrix.zeros(chunk.rows, width), values: chunk, firstPosition: first,
                    in: cache)
            }
            let output = FloatMatrix.zeros(1, width)
            compute.attend(
                .zeros(1, width), cache: cache, firstPosition: positions - 1,
                rule: AttentionRule(heads: 1, keyValueHeads: 1, valueWidth: width, scale: 1), into: output)
            for column in 0..<width {
                // The sums are whole numbers below 2^24 and exact; the division rounds twice.
                let exact = sums[column] / Double(positions)
                #expect(abs(Double(output[0, column]) - exact) < exact * 0x1p-22)
            }
        }
    }

    @Test(
        "a half that is stored and read is the nearest one, ties to even", arguments: InstructionSet.available
    )
    func roundsHalves(set: InstructionSet) {
        let compute = Configuration(set: set, threads: 1).compute
        var values: [Float] = []
        for bits in UInt16.min...UInt16.max {
            let half = Float16(bitPattern: bits)
            if half.isNaN { continue }
            values.append(Float(half))
            // Half-way to the next and a little to either side.
            if half.isFinite, half.nextUp.isFinite {
                let middle = (Float(half) + Float(half.nextUp)) / 2
                values += [middle, middle.nextUp, middle.nextDown]
            }
        }
        values += [65519.996, 65520, 1e30, -1e30, 0x1p-25, 0x1.000002p-25, 0x1p-149]
        // Each token sees its own position alone, with a weight of one: the output is the cached value.
        let cache = KeyValueCache(
            capacity: values.count, heads: 1, keyWidth: 1, valueWidth: 1, element: .float16)
        let zeros = FloatMatrix.zeros(values.count, 1)
        let column = FloatMatrix.zeros(values.count, 1)
        for (row, value) in values.enumerated() { column[row, 0] = value }
        compute.store(keys: zeros, values: column, firstPosition: 0, in: cache)
        let output = FloatMatrix.zeros(values.count, 1)
        let rule = AttentionRule(heads: 1, keyValueHeads: 1, valueWidth: 1, scale: 1, window: 1)
        compute.attend(zeros, cache: cache, firstPosition: 0, rule: rule, into: output)
        // The sum starts at zero, so a stored minus zero reads as zero: compare values, not bits.
        let wrong = zip(values, output.values).first { Float(Float16($0)) != $1 }
        #expect(wrong == nil)
        let wide = KeyValueCache(
            capacity: 1, heads: 1, keyWidth: 1, valueWidth: values.count, element: .float16)
        let row = column.copy.asRow
        compute.store(keys: .zeros(1, 1), values: row, firstPosition: 0, in: wide)
        let wideOutput = FloatMatrix.zeros(1, values.count)
        let wideRule = AttentionRule(heads: 1, keyValueHeads: 1, valueWidth: values.count, scale: 1)
        compute.attend(.zeros(1, 1), cache: wide, firstPosition: 0, rule: wideRule, into: wideOutput)
        // Sixteen at a time round like one by one.
        let different = zip(output.values, wideOutput.values).first { $0 != $1 }
        #expect(different == nil)
    }
}
