import Residency
import Testing

@Suite("Replay allocations")
struct ReplayAllocationTests {
    private static let shape = TraceShape(
        numbering: ExpertNumbering(layerCount: 4, expertCount: 8), expertsPerToken: 2)

    private static func pools(
        _ text: String, _ budget: Int, _ expertBytes: [Int] = [10, 10, 10, 10]
    ) throws -> CacheShape? {
        try #require(ReplayAllocation(text)).cacheShape(
            budgetBytes: budget, shape, expertBytes: expertBytes, curves: nil)
    }

    @Test("are read as they are written, and nothing else is")
    func names() {
        for name in ["uniform", "global", "shallow:2", "soft:1", "fitted", "fitted-soft"] {
            #expect(ReplayAllocation(name)?.description == name)
        }
        for name in ["", "uniform:1", "shallow", "shallow:0", "soft:x", "fitted:2", "best"] {
            #expect(ReplayAllocation(name) == nil)
        }
    }

    @Test("hold the most slots that a budget pays for")
    func budgets() throws {
        #expect(try Self.pools("uniform", 189)?.pools == .perLayer([5, 5, 4, 4]))
        #expect(try Self.pools("uniform", 1000)?.pools == .perLayer([8, 8, 8, 8]))
        #expect(try Self.pools("shallow:1", 140)?.pools == .perLayer([8, 2, 2, 2]))
        #expect(try Self.pools("global", 189)?.pools == .global(slots: 18))
        #expect(try Self.pools("soft:2", 189)?.layerWeights == [2, 2, 1, 1])
    }

    @Test("count layers by their own bytes, and a shared slot by the largest")
    func unequalExperts() throws {
        #expect(try Self.pools("uniform", 139, [10, 10, 10, 40])?.pools == .perLayer([2, 2, 2, 1]))
        #expect(try Self.pools("global", 139, [10, 10, 10, 40])?.pools == .global(slots: 3))
    }

    @Test("of too small a budget there is no cache")
    func tooSmall() throws {
        #expect(try Self.pools("uniform", 39) == nil)
        #expect(try Self.pools("uniform", 40)?.pools == .perLayer([1, 1, 1, 1]))
        #expect(try Self.pools("global", 19) == nil)
        #expect(try Self.pools("global", 20)?.pools == .global(slots: 2))
    }

    @Test("learnt weights are shares against equal ones, within a factor of four")
    func fittedWeights() throws {
        let flat = Array(repeating: 50, count: 9)
        let steep = (0...8).map { 100 - 10 * $0 }
        let cache = ReplayAllocation.fittedSoft.cacheShape(
            budgetBytes: 140, Self.shape, expertBytes: [10, 10, 10, 10],
            curves: MissCurves(misses: [steep, flat, flat, flat]))
        #expect(cache?.pools == .global(slots: 14))
        let weights: [Double] = [8 / 3.5, 2 / 3.5, 2 / 3.5, 2 / 3.5]
        #expect(cache?.layerWeights == weights)
    }
}
