import Foundation
import Residency
import TestSupport
import Testing

@Suite("Binary logarithm")
struct BinaryLogarithmTests {
    @Test("is the C library's to the last digits, over all magnitudes")
    func agreesWithLibrary() {
        var generator = SeededGenerator.fromEnvironment(fallback: 3)
        var values = [
            1.0, 2, 3, 0.5, 0.75, 1e-300, 1e300, Double(1).nextUp, Double(1).nextDown, 2.0.squareRoot(),
        ]
        for _ in 0..<2000 { values.append(Double(bitPattern: generator.next() >> 2 | 1 << 52)) }
        for value in values where value.isNormal {
            let expected = log2(value)
            let bound = max(abs(expected).ulp * 4, 1e-15)
            #expect(abs(BinaryLogarithm.of(value) - expected) <= bound, "of \(value), seed \(generator.seed)")
        }
    }
}
