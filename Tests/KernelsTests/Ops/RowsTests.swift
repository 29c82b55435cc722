import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Reductions and moves of rows")
struct RowsTests {
    @Test(
        "argmax finds the first of the largest and steps over what is no number",
        arguments: InstructionSet.available)
    func argmax(set: InstructionSet) {
        let compute = Configuration(set: set, threads: 1).compute
        let values = FloatMatrix.zeros(2, 70)
        (values[1, 40], values[1, 41], values[1, 69]) = (5, 5, 5)
        #expect(compute.argmax(values, row: 0) == 0)
        #expect(compute.argmax(values, row: 1) == 40)
        values[1, 3] = .nan
        #expect(compute.argmax(values, row: 1) == 40)
        for column in 0..<70 { values[0, column] = -Float.infinity }
        values[0, 65] = -1e30
        #expect(compute.argmax(values, row: 0) == 65)
        for column in 0..<70 { values[0, column] = .nan }
        #expect(compute.argmax(values, row: 0) == 0)
    }

    @Test(
        "the largest magnitude and the log of the sum agree with Float64", arguments: InstructionSet.available
    )
    func reductions(set: InstructionSet) {
        let compute = Configuration(set: set, threads: 1).compute
        var generator = SeededGenerator.fromEnvironment(fallback: 6)
        for width in [1, 15, 16, 17, 1000] {
            let values = FloatMatrix.random(1, width, in: -50..<50, using: &generator)
            #expect(compute.maxAbs(values, row: 0) == values.values.map(abs).max())
            let exact = log(values.values.reduce(0.0) { $0 + exp(Double($1)) })
            // Each term is within 2 units in the last place of Float32, the sum is in Float64.
            #expect(abs(compute.logSumExp(values, row: 0) - exact) < 3e-7)
        }
    }

    @Test("rows gathered and scattered back are the rows that were there")
    func gatherAndScatter() {
        let compute = Configuration(set: .best, threads: 1).compute
        var generator = SeededGenerator.fromEnvironment(fallback: 7)
        let source = FloatMatrix.random(9, 5, using: &generator)
        let indices = IndexBuffer(count: 5)
        for (index, row) in [0, 8, 3, 5].enumerated() { indices[index + 1] = row }
        let gathered = FloatMatrix.zeros(4, 5)
        compute.gatherRows(from: source, rows: indices, first: 1, into: gathered)
        #expect(gathered.slice(rows: 2..<3).bits == source.slice(rows: 3..<4).bits)
        let back = FloatMatrix.zeros(9, 5)
        compute.scatterRows(gathered, to: back, rows: indices, first: 1)
        for row in 0..<9 {
            let chosen = [0, 8, 3, 5].contains(row)
            #expect(
                back.slice(rows: row..<row + 1).values
                    == (chosen ? source.slice(rows: row..<row + 1).values : Array(repeating: 0, count: 5)))
        }
    }
}
