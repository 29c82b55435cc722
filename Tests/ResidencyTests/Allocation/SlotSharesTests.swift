import Residency
import Testing

@Suite("Slot shares and working set")
struct SlotSharesTests {
    private static let numbering = ExpertNumbering(layerCount: 5, expertCount: 8)

    @Test("equal shares use every slot there is an expert for", arguments: 0...50)
    func uniform(slots: Int) {
        let shares = SlotShares.uniform(slots: slots, numbering: Self.numbering)
        #expect(shares.reduce(0, +) == min(slots, 40))
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1 && shares == shares.sorted(by: >))
    }

    @Test("the first layers are held whole as long as the others keep a token's experts", arguments: 0...50)
    func shallow(slots: Int) {
        let shares = SlotShares.shallowFavouring(
            slots: slots, wholeLayers: 3, expertsPerToken: 2, numbering: Self.numbering)
        #expect(shares.reduce(0, +) == min(slots, 40) && shares.allSatisfy { $0 <= 8 })
        let whole = shares.prefix { $0 == 8 }.count
        if slots >= 10 { #expect(shares.allSatisfy { $0 >= 2 }) }
        // 3 * 8 + 2 * 2 = 28, 2 * 8 + 3 * 2 = 22, 8 + 4 * 2 = 16
        let expected = slots >= 40 ? 5 : slots >= 28 ? 3 : slots >= 22 ? 2 : slots >= 16 ? 1 : 0
        #expect(slots >= 39 || whole == expected, "\(shares)")
    }

    @Test("weights favour the first layers")
    func weights() {
        let weights = LayerWeights.shallowFavouring(favouredLayers: 2, factor: 3, numbering: Self.numbering)
        #expect(weights == [3, 3, 1, 1, 1])
    }

    @Test("a layer of more weight keeps more of a pool", arguments: ["lru", "lfu"])
    func weightedPool(name: String) throws {
        let trace = try #require(TraceFixtures.synthetic["zipf"])
        let choice = try PolicyRegistry.parse(name)
        let misses = [0.25, 0.5, 1, 2, 4, 8].map { factor in
            let weights = LayerWeights.shallowFavouring(
                favouredLayers: 1, factor: factor, numbering: trace.numbering)
            let shape = CacheShape(
                numbering: trace.numbering, pools: .global(slots: 28), layerWeights: weights)
            let cache = choice.makeCache(shape)
            trace.replay(into: cache)
            return cache.counters(layer: 0).misses
        }
        #expect(misses == misses.sorted(by: >) && misses[0] > misses[5], "\(misses)")
    }

    @Test("equal weights change nothing about frequency")
    func equalWeights() throws {
        let trace = try #require(TraceFixtures.synthetic["shifting"])
        let choice = try PolicyRegistry.parse("lfu")
        let plain = CacheShape(numbering: trace.numbering, pools: .global(slots: 15))
        let weighted = CacheShape(
            numbering: trace.numbering, pools: .global(slots: 15), layerWeights: [2, 2, 2])
        #expect(trace.replay(choice, plain) == trace.replay(choice, weighted))
    }

    @Test("below a token's working set one pool by recency hits nothing, by frequency something")
    func workingSet() throws {
        let set = WorkingSet(numbering: Self.numbering, expertsPerToken: 2)
        #expect(set.slotCount == 10)
        #expect(set.fit(slots: 1) == .belowOneLayer && set.fit(slots: 2) == .belowOneToken)
        #expect(set.fit(slots: 9) == .belowOneToken && set.fit(slots: 10) == .whole)

        // Four layers choose three experts each. Between two uses of an expert nine others are used at least.
        let trace = try #require(TraceFixtures.synthetic["zipf"])
        let advice = WorkingSet(numbering: trace.numbering, expertsPerToken: 3).advice(slots: 9)
        #expect(advice.fit == .belowOneToken && advice.shape.pools == .global(slots: 9))
        #expect(trace.replay(try PolicyRegistry.parse("lru"), advice.shape).hits == 0)
        #expect(trace.replay(advice.policy, advice.shape).hits > 0)
        let whole = WorkingSet(numbering: trace.numbering, expertsPerToken: 3).advice(slots: 13)
        #expect(whole.fit == .whole && whole.shape.pools == .perLayer([4, 3, 3, 3]))
    }
}
