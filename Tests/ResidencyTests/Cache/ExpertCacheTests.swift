import CAllocationCounter
import Residency
import TestSupport
import Testing

@Suite("Expert cache")
struct ExpertCacheTests {
    private static let numbering = ExpertNumbering(layerCount: 2, expertCount: 6)

    /// A cache with the answer to its last event.
    private final class Asked {
        let cache: any ExpertCaching
        private(set) var event = CacheEvent(numbering: ExpertCacheTests.numbering, capacity: 6)

        init(_ cache: any ExpertCaching) { self.cache = cache }

        func ask(_ experts: [UInt16], layer: Int = 0, tick: Int = 0) {
            cache.request(layer: layer, experts: experts.span, tick: tick, into: &event)
        }
    }

    /// A cache with the policy `lru`.
    private func make(_ pools: CacheShape.Pools) throws -> Asked {
        Asked(try PolicyRegistry.parse("lru").makeCache(CacheShape(numbering: Self.numbering, pools: pools)))
    }

    private func expert(_ index: Int, layer: Int = 0) -> ExpertID { ExpertID(layer: layer, index: index) }

    /// Which of layer 0's experts are resident.
    private func residents(_ cache: any ExpertCaching) -> [Int] {
        (0..<6).filter { cache.slot(of: expert($0)) != nil }
    }

    @Test("an event says which slots its experts have, and who left them")
    func outcome() throws {
        let made = try make(.perLayer([3, 3]))
        made.ask([4, 1])
        #expect(made.event.count == 2 && made.event.missCount == 2)
        #expect(made.event.slot(0) == SlotIndex(0) && made.event.slot(1) == SlotIndex(1))
        #expect(made.event.miss(1) == .init(position: 1, slot: SlotIndex(1), evicted: nil))
        made.ask([2, 4, 0], tick: 1)
        // 4 is resident, 2 gets the free slot, 0 that of 1.
        #expect(made.event.slot(1) == SlotIndex(0) && made.event.missCount == 2)
        #expect(made.event.miss(0) == .init(position: 0, slot: SlotIndex(2), evicted: nil))
        #expect(made.event.miss(1) == .init(position: 2, slot: SlotIndex(1), evicted: expert(1)))
        #expect(made.cache.expert(in: SlotIndex(1)) == expert(0))
        #expect(made.cache.generation(of: SlotIndex(1)) == 2 && made.cache.generation(of: SlotIndex(2)) == 1)
        #expect(made.cache.slot(of: expert(1)) == nil)
        made.ask([5], layer: 1, tick: 1)
        #expect(made.event.slot(0) == SlotIndex(3))
        let counters = made.cache.counters
        #expect(counters.requests == 6 && counters.hits == 1 && counters.misses == 5)
        #expect(counters.evictions == 1 && counters.unplaced == 0)
        #expect(made.cache.counters(layer: 1).requests == 1)
    }

    @Test("what is more than the slots stays without one, and the event's others keep theirs")
    func tooMany() throws {
        let made = try make(.perLayer([2, 2]))
        made.ask([0, 1])
        made.ask([2, 1, 3, 4], tick: 1)
        #expect(made.event.slot(0) != nil && made.event.slot(1) != nil)
        #expect(made.event.slot(2) == nil && made.event.slot(3) == nil && made.event.missCount == 1)
        #expect(made.cache.counters.unplaced == 2 && residents(made.cache) == [1, 2])
    }

    @Test("an expert twice in one event is read once")
    func twice() throws {
        let made = try make(.perLayer([2, 2]))
        made.ask([3, 3])
        #expect(made.event.missCount == 1 && made.event.slot(0) == made.event.slot(1))
        #expect(made.cache.counters.hits == 1)
    }

    @Test("a leased expert stays until its last release")
    func leases() throws {
        let made = try make(.perLayer([2, 2]))
        made.ask([0, 1])
        made.cache.lease(expert(0))
        made.cache.lease(expert(0))
        made.ask([2], tick: 1)
        made.ask([3], tick: 2)
        #expect(residents(made.cache) == [0, 3])
        made.cache.release(expert(0))
        made.ask([4], tick: 3)
        #expect(residents(made.cache) == [0, 4])
        made.cache.release(expert(0))
        made.ask([5], tick: 4)
        #expect(residents(made.cache) == [4, 5])
    }

    @Test("slots can be given back and taken back", arguments: PolicyRegistry.entries)
    func elastic(entry: PolicyEntry) throws {
        let shape = CacheShape(numbering: Self.numbering, pools: .perLayer([4, 1]))
        let cache = entry.choice.makeCache(shape)
        let made = Asked(cache)
        made.ask([0, 1, 2])
        let free = try #require(cache.giveBackSlot(layer: 0))
        #expect(cache.expert(in: free) == nil && residents(cache) == [0, 1, 2])
        let used = try #require(cache.giveBackSlot(layer: 0))
        #expect(residents(cache).count == 2)
        for tick in 1...6 { made.ask([UInt16(tick % 6), UInt16((tick + 3) % 6)], tick: tick) }
        #expect(residents(cache).count == 2)
        for index in residents(cache) { cache.lease(expert(index)) }
        #expect(cache.giveBackSlot(layer: 0) == nil)
        for index in residents(cache) { cache.release(expert(index)) }
        cache.takeBack(used)
        cache.takeBack(free)
        made.ask([0, 1, 2, 3], tick: 7)
        #expect(residents(cache) == [0, 1, 2, 3] && cache.counters.unplaced == 0)
    }

    @Test("any order of calls keeps the rules", arguments: PolicyRegistry.entries, UInt64(0)..<12)
    func randomCalls(entry: PolicyEntry, seed: UInt64) {
        var model = CacheChecker(entry.choice, seed: seed)
        for _ in 0..<400 { model.step() }
    }

    @Test(
        "a replay allocates nothing",
        .enabled(if: Self.isOptimised && allocation_counter_works(), "needs glibc and optimised Swift"),
        arguments: PolicyRegistry.entries)
    func allocatesNothing(entry: PolicyEntry) throws {
        let trace = try #require(TraceFixtures.synthetic["zipf"])
        for pools in [CacheShape.Pools.global(slots: 20), .perLayer([4, 5, 6, 7])] {
            let cache = entry.choice.makeCache(CacheShape(numbering: trace.numbering, pools: pools))
            var event = CacheEvent(numbering: trace.numbering, capacity: 16)
            let before = allocation_counter_thread_value()
            for step in trace.events {
                cache.request(layer: step.layer, experts: step.experts.span, tick: step.tick, into: &event)
            }
            #expect(allocation_counter_thread_value() == before)
        }
    }

    #if DEBUG
    private static let isOptimised = false
    #else
    private static let isOptimised = true
    #endif

    @Test("wrong moves trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            ExpertCacheTests.small().release(ExpertID(layer: 0, index: 0))
        }
        await #expect(processExitsWith: .failure) {
            let cache = ExpertCacheTests.small()
            cache.lease(ExpertID(layer: 0, index: 0))
            cache.discard(ExpertID(layer: 0, index: 0))
        }
        await #expect(processExitsWith: .failure) {
            ExpertCacheTests.small().lease(ExpertID(layer: 0, index: 1))
        }
        await #expect(processExitsWith: .failure) { ExpertCacheTests.small().takeBack(SlotIndex(0)) }
        await #expect(processExitsWith: .failure) { _ = ExpertCacheTests.small(tick: 3, then: 2) }
        await #expect(processExitsWith: .failure) { _ = ExpertCacheTests.small(expert: 6) }
        await #expect(processExitsWith: .success) { _ = ExpertCacheTests.small(tick: 3, then: 3) }
    }

    /// A cache in which one expert of layer 0 lies in slot 0.
    private static func small(expert: UInt16 = 0, tick: Int = 0, then: Int = 9) -> any ExpertCaching {
        let shape = CacheShape(numbering: numbering, pools: .perLayer([2, 2]))
        let cache = PolicyRegistry.entries[0].choice.makeCache(shape)
        var event = CacheEvent(numbering: numbering, capacity: 6)
        cache.request(layer: 0, experts: [expert].span, tick: tick, into: &event)
        cache.request(layer: 0, experts: [expert].span, tick: then, into: &event)
        return cache
    }
}
