import Residency
import TestSupport
import Testing

@Suite("Miss curves")
struct MissCurvesTests {
    @Test("count what slots of each layer miss, whoever decides", arguments: ["lru", "arc", "belady"])
    func measured(name: String) throws {
        var generator = SeededGenerator(seed: 7)
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 3, expertCount: 9), expertsPerToken: 2)
        let events = ReplayEvents([RandomTrace.make(shape, tokens: 40, rows: 1...1, using: &generator)])
        let policy = try ReplayPolicy.parse(name)
        let curves = try #require(MissCurves.measure(events, policy, goOn: { _ in true }))
        for slots in 2...9 {
            let outcome = try #require(policy.replay(events, [.uniform(slots, shape.numbering)]).first)
            #expect(curves.misses.map { $0[slots] } == outcome.layers.map(\.misses))
        }
        #expect(curves.misses.map { $0[0] } == [160, 160, 160])
        #expect(MissCurves.measure(events, policy, goOn: { _ in false }) == nil)
    }

    @Test("shares by marginal gain miss as little as the best of all shares", arguments: UInt64(0)..<60)
    func bestShares(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // Convex curves: what each slot saves falls.
        let misses = (0..<3).map { _ in
            let savings = (0..<6).map { _ in Int.random(in: 0...20, using: &generator) }.sorted(by: >)
            return savings.reduce(into: [200]) { $0.append(($0.last ?? 0) - $1) }
        }
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 3, expertCount: 6), expertsPerToken: 1)
        for budget in 3...18 {
            let cache = ReplayAllocation.fitted.cacheShape(
                budgetBytes: budget, shape, expertBytes: [1, 1, 1], curves: MissCurves(misses: misses))
            guard case .perLayer(let slots) = try #require(cache).pools else {
                Issue.record("one pool")
                return
            }
            #expect(slots.reduce(0, +) == budget)
            #expect(Self.misses(misses, slots) == Self.fewest(misses, budget: budget), "\(misses) \(budget)")
        }
    }

    private static func misses(_ curves: [[Int]], _ slots: [Int]) -> Int {
        zip(curves, slots).reduce(0) { $0 + $1.0[$1.1] }
    }

    /// Over all shares with at least one slot for each layer.
    private static func fewest(_ curves: [[Int]], budget: Int) -> Int {
        var best = Int.max
        for first in 1...6 {
            for second in 1...6 where (1...6).contains(budget - first - second) {
                best = min(best, misses(curves, [first, second, budget - first - second]))
            }
        }
        return best
    }

    @Test("a curve that is flat before it falls gets its slots at once")
    func flatFirst() throws {
        let curves = MissCurves(misses: [[90, 80, 80, 80, 20, 20], [90, 80, 70, 60, 50, 40]])
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 5), expertsPerToken: 1)
        let cache = ReplayAllocation.fitted.cacheShape(
            budgetBytes: 6, shape, expertBytes: [1, 1], curves: curves)
        #expect(cache?.pools == .perLayer([4, 2]))
    }
}
