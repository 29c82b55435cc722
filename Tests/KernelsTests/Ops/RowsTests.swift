import Kernels
import TestSupport
import Testing

@Suite("Reductions of rows")
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
}
