import Residency
import TestSupport
import Testing

@Suite("Eviction policies")
struct EvictionPolicyTests {
    static let synthetic = TraceFixtures.golden.filter { !$0.isShared }
    static let demo = TraceFixtures.golden.filter(\.isShared)

    @Test("miss as often as plain models on synthetic traces", arguments: PolicyRegistry.entries, synthetic)
    func matchesOnSynthetic(entry: PolicyEntry, golden: TraceFixtures.Golden) throws {
        let trace = try #require(TraceFixtures.synthetic[golden.trace])
        let counters = trace.replay(entry.choice, golden.shape(trace.numbering))
        #expect(counters.requests == golden.requests)
        #expect(counters.misses == golden.misses[entry.name])
    }

    @Test(
        "miss as often as plain models on the demo model's traces", .needsSharedFixtures,
        arguments: PolicyRegistry.entries, demo)
    func matchesOnDemo(entry: PolicyEntry, golden: TraceFixtures.Golden) throws {
        let trace = try #require(TraceFixtures.shared[golden.trace])
        let counters = trace.replay(entry.choice, golden.shape(trace.numbering))
        #expect(counters.requests == golden.requests)
        #expect(counters.misses == golden.misses[entry.name])
    }

    @Test("the fixtures are there: four traces, six shapes each")
    func fixtures() {
        #expect(TraceFixtures.synthetic.count == 4)
        #expect(Self.synthetic.count == 24 && Self.demo.count == 12)
    }

    @Test("Belady is what the plain model says, and nobody misses less", arguments: synthetic)
    func belady(golden: TraceFixtures.Golden) throws {
        let trace = try #require(TraceFixtures.synthetic[golden.trace])
        let bound = Belady.misses(trace, golden.shape(trace.numbering))
        #expect(bound == golden.misses["belady"])
        #expect(golden.misses.values.allSatisfy { $0 >= bound })
    }

    @Test("nobody misses less than Belady on random traces", arguments: UInt64(0)..<40)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trace = RoutingTrace.random(
            layers: Int.random(in: 1...4, using: &generator),
            experts: Int.random(in: 4...20, using: &generator),
            perToken: 1...4, tokens: 40, using: &generator)
        for shape in Self.shapes(trace.numbering, least: 4, using: &generator) {
            let bound = Belady.misses(trace, shape)
            for entry in PolicyRegistry.entries {
                let counters = trace.replay(entry.choice, shape)
                #expect(counters.misses >= bound, "\(entry.name) in \(shape.pools)")
                #expect(counters.unplaced == 0)
            }
        }
    }

    @Test("slots of each layer are caches of their own", arguments: PolicyRegistry.entries, UInt64(0)..<8)
    func perLayer(entry: PolicyEntry, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trace = RoutingTrace.random(
            layers: 3, experts: 12, perToken: 1...3, tokens: 60, using: &generator)
        let slots = (0..<3).map { _ in Int.random(in: 0...12, using: &generator) }
        let cache = entry.choice.makeCache(CacheShape(numbering: trace.numbering, pools: .perLayer(slots)))
        trace.replay(into: cache)
        for layer in 0..<3 {
            let alone = trace.onlyLayer(layer)
            let shape = CacheShape(numbering: alone.numbering, pools: .global(slots: slots[layer]))
            #expect(alone.replay(entry.choice, shape) == cache.counters(layer: layer))
        }
    }

    @Test(
        "what ranks by history alone never misses more with more slots", arguments: ["lru", "lfu", "lfu:5"])
    func stack(name: String) throws {
        let choice = try PolicyRegistry.parse(name)
        for seed in UInt64(0)..<6 {
            var generator = SeededGenerator(seed: seed)
            let trace = RoutingTrace.random(
                layers: 2, experts: 10, perToken: 1...3, tokens: 80, using: &generator)
            let misses = (3...20).map { slots in
                trace.replay(choice, CacheShape(numbering: trace.numbering, pools: .global(slots: slots)))
                    .misses
            }
            #expect(misses == misses.sorted(by: >), "seed \(seed)")
        }
    }

    @Test("with a slot for every expert each misses once", arguments: PolicyRegistry.entries)
    func everything(entry: PolicyEntry) throws {
        let trace = try #require(TraceFixtures.synthetic["shifting"])
        let used = Set(trace.events.flatMap { event in event.experts.map { [event.layer, Int($0)] } }).count
        let pools = [CacheShape.Pools.global(slots: 36), .perLayer([12, 12, 12])]
        for shape in pools.map({ CacheShape(numbering: trace.numbering, pools: $0) }) {
            let counters = trace.replay(entry.choice, shape)
            #expect(counters.misses == used && counters.evictions == 0)
        }
    }

    @Test("all traces of five events over four experts: events are whole, Belady is least")
    func exhaustive() {
        let numbering = ExpertNumbering(layerCount: 1, expertCount: 4)
        let choices: [[UInt16]] = [[0], [1], [2], [3], [0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
        var answer = CacheEvent(numbering: numbering, capacity: 4)
        // The first event up to the experts' names: one expert or two.
        for code in 0..<20_000 {
            var trace = RoutingTrace(numbering: numbering)
            trace.events.append(.init(tick: 0, layer: 0, experts: code < 10_000 ? [0] : [0, 1]))
            var rest = code
            for tick in 1..<5 {
                trace.events.append(.init(tick: tick, layer: 0, experts: choices[rest % 10]))
                rest /= 10
            }
            let shape = CacheShape(numbering: numbering, pools: .global(slots: 2 + (code / 5) % 2))
            let bound = Belady.misses(trace, shape)
            for entry in PolicyRegistry.entries {
                let cache = entry.choice.makeCache(shape)
                var isWhole = true
                for event in trace.events {
                    cache.request(layer: 0, experts: event.experts.span, tick: event.tick, into: &answer)
                    for index in event.experts where cache.slot(of: .init(layer: 0, index: Int(index))) == nil
                    {
                        isWhole = false
                    }
                }
                if !isWhole || cache.counters.misses < bound {
                    Issue.record("\(entry.name) on trace \(code): \(cache.counters), at least \(bound)")
                }
            }
        }
    }

    @Test("Belady's choice is the best of all choices", arguments: UInt64(0)..<200)
    func beladyIsOptimal(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trace = RoutingTrace.random(
            layers: 1, experts: 5, perToken: 1...2, tokens: 12, using: &generator)
        let shape = CacheShape(numbering: trace.numbering, pools: .global(slots: 3))
        #expect(Belady.misses(trace, shape) == fewestMisses(trace, slots: 3))
    }

    /// The least number of misses over all choices of victims, by the set of every state that can be reached.
    private func fewestMisses(_ trace: RoutingTrace, slots: Int) -> Int? {
        var states: [Set<UInt16>: Int] = [[]: 0]
        for event in trace.events {
            var reached: [Set<UInt16>: Int] = [:]
            for (state, misses) in states {
                let missing = Set(event.experts).subtracting(state).count
                for next in subsets(state.union(event.experts), size: slots, holding: event.experts) {
                    reached[next] = min(reached[next] ?? .max, misses + missing)
                }
            }
            states = reached
        }
        return states.values.min()
    }

    /// Subsets of `all` of at most `size` that hold `held`; only the largest matter.
    private func subsets(_ all: Set<UInt16>, size: Int, holding held: [UInt16]) -> [Set<UInt16>] {
        if all.count <= size { return [all] }
        return all.subtracting(held).flatMap { subsets(all.subtracting([$0]), size: size, holding: held) }
    }

    static func shapes(
        _ numbering: ExpertNumbering, least: Int, using generator: inout SeededGenerator
    ) -> [CacheShape] {
        let total = numbering.layerCount * numbering.expertCount
        let global = Int.random(in: least...total, using: &generator)
        let slots = (0..<numbering.layerCount).map { _ in
            Int.random(in: least...numbering.expertCount, using: &generator)
        }
        return [
            CacheShape(numbering: numbering, pools: .perLayer(slots)),
            CacheShape(
                numbering: numbering, pools: .global(slots: global)),
        ]
    }
}
