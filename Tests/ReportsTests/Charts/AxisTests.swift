import Reports
import TestSupport
import Testing

@Suite("Axis")
struct AxisTests {
    @Test("puts round numbers at even distances")
    func evenTicks() {
        #expect(Axis("", 0...1, unit: .percent).ticks(5) == [0, 0.25, 0.5, 0.75, 1])
        #expect(Axis("", 0...7).ticks(5) == [0, 2, 4, 6])
        #expect(Axis("", 1...3, unit: .count).ticks(9) == [1, 2, 3])
        #expect(Axis("", 3...61, unit: .count).ticks(4) == [20, 40, 60])
    }

    @Test("puts powers of ten, and what has room between them, at equal factors")
    func logarithmicTicks() {
        #expect(Axis("", 1...1024, spacing: .logarithmic).ticks(4) == [1, 10, 100, 1000])
        #expect(Axis("", 1...100, spacing: .logarithmic).ticks(9) == [1, 2, 5, 10, 20, 50, 100])
        let axis = Axis("", 1...100, spacing: .logarithmic)
        #expect(abs(axis.position(10) - 0.5) < 1e-12)
        #expect(axis.position(0) == 0 && axis.position(1000) == 1)
    }

    @Test("covers its values up to a round number, whatever they are")
    func covers() {
        #expect(Axis.covering("", [3, 47]).range == 0...60)
        #expect(Axis.covering("", []).range == 0...1)
        #expect(Axis.covering("", [.nan, .infinity]).range == 0...1)
        #expect(Axis.covering("", [0, 0]).range.upperBound > 0)
        #expect(Axis.covering("", [0.5, 700], spacing: .logarithmic).range == 0.5...700)
        #expect(Axis.covering("", [-1, 0], spacing: .logarithmic).range == 1...10)
    }

    @Test("has few ticks, in its range and in order, for any range")
    func anyRange() {
        var generator = SeededGenerator.fromEnvironment(fallback: 9)
        for _ in 0..<2000 {
            let low = Double.random(in: 1e-6..<1e3, using: &generator)
            let high = low * Double.random(in: 1..<1e6, using: &generator)
            let most = Int.random(in: 3...11, using: &generator)
            for spacing in [Axis.Spacing.even, .logarithmic] {
                let axis = Axis("", low...high, spacing: spacing)
                let ticks = axis.ticks(most)
                let context = "\(low)...\(high), \(spacing), seed \(generator.seed)"
                #expect(
                    ticks.count <= most && zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 }, "\(context)")
                #expect(ticks.allSatisfy { $0 >= low * 0.998 && $0 <= high * 1.002 }, "\(context)")
                #expect(ticks.allSatisfy { (0...1).contains(axis.position($0)) }, "\(context)")
            }
        }
    }
}
