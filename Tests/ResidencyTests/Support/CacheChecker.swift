import Residency
import TestSupport
import Testing

/// Makes random calls of a cache and checks after each what must hold, by sets and dictionaries of its own.
struct CacheChecker: ~Copyable {
    private let cache: any ExpertCaching
    private var event: CacheEvent
    private let numbering: ExpertNumbering
    private let name: String
    private var generator: SeededGenerator
    private var tick = 0
    private var leases: [ExpertID: Int] = [:]
    private var givenBack: [SlotIndex] = []
    private var residents: [ExpertID: SlotIndex] = [:]

    init(_ choice: PolicyChoice, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let numbering = ExpertNumbering(
            layerCount: Int.random(in: 1...3, using: &generator),
            expertCount: Int.random(in: 3...9, using: &generator))
        let shares = (0..<numbering.layerCount).map { _ in
            Int.random(in: 0...numbering.expertCount, using: &generator)
        }
        let isGlobal = Bool.random(using: &generator)
        let total = shares.reduce(0, +)
        cache = choice.makeCache(
            CacheShape(numbering: numbering, pools: isGlobal ? .global(slots: total) : .perLayer(shares)))
        event = CacheEvent(numbering: numbering, capacity: numbering.expertCount)
        name = "\(choice), seed \(seed)"
        self.numbering = numbering
        self.generator = generator
    }

    private mutating func anyResident() -> ExpertID? {
        residents.keys.sorted { ($0.layer, $0.index) < ($1.layer, $1.index) }.randomElement(using: &generator)
    }

    mutating func step() {
        if Int.random(in: 0..<3, using: &generator) == 0 { tick += 1 }
        switch Int.random(in: 0..<11, using: &generator) {
        case 0..<7: request()
        case 7:
            if let expert = anyResident() {
                cache.lease(expert)
                leases[expert, default: 0] += 1
            }
        case 8:
            if let expert = leases.keys.first(where: { leases[$0] != 0 }) {
                cache.release(expert)
                leases[expert] = leases[expert] == 1 ? nil : (leases[expert] ?? 0) - 1
            }
        case 9:
            if let expert = anyResident(), leases[expert] == nil {
                cache.discard(expert)
                #expect(cache.slot(of: expert) == nil, "\(name)")
            }
        default: resize()
        }
        look()
    }

    private mutating func request() {
        let layer = Int.random(in: 0..<numbering.layerCount, using: &generator)
        let count = Int.random(in: 0...min(4, numbering.expertCount), using: &generator)
        let experts = (0..<numbering.expertCount).shuffled(using: &generator).prefix(count)
        let before = cache.counters
        let wanted = experts.map { UInt16($0) }
        cache.request(layer: layer, experts: wanted.span, tick: tick, into: &event)
        var hits = 0
        for (position, index) in experts.enumerated() {
            let expert = ExpertID(layer: layer, index: index)
            if residents[expert] != nil {
                hits += 1
                #expect(event.slot(position) == residents[expert], "\(name)")
            }
            #expect(event.slot(position) == cache.slot(of: expert), "an event is whole: \(name)")
        }
        var evicted: Set<ExpertID> = []
        for index in 0..<event.missCount {
            let miss = event.miss(index)
            guard let victim = miss.evicted else { continue }
            evicted.insert(victim)
            #expect(residents[victim] == miss.slot && leases[victim] == nil, "\(name)")
            #expect(victim.layer != layer || !experts.contains(victim.index), "\(name)")
        }
        let counters = cache.counters
        #expect(
            counters.requests - before.requests == count && counters.hits - before.hits == hits, "\(name)")
        let placed = event.missCount
        #expect(counters.unplaced - before.unplaced == count - hits - placed, "\(name)")
        #expect(counters.evictions - before.evictions == evicted.count, "\(name)")
    }

    private mutating func resize() {
        if let slot = givenBack.popLast() {
            cache.takeBack(slot)
            return
        }
        let layer = Int.random(in: 0..<numbering.layerCount, using: &generator)
        if let slot = cache.giveBackSlot(layer: layer) {
            #expect(cache.expert(in: slot) == nil, "\(name)")
            if let gone = residents.first(where: { $0.value == slot })?.key {
                #expect(leases[gone] == nil, "\(name)")
            }
            givenBack.append(slot)
        }
    }

    /// Reads all residents anew and compares both directions.
    private mutating func look() {
        var found: [ExpertID: SlotIndex] = [:]
        for layer in 0..<numbering.layerCount {
            for index in 0..<numbering.expertCount {
                let expert = ExpertID(layer: layer, index: index)
                guard let slot = cache.slot(of: expert) else { continue }
                found[expert] = slot
                #expect(cache.expert(in: slot) == expert, "\(name)")
            }
        }
        #expect(
            Set(found.values).count == found.count && Set(found.values).isDisjoint(with: givenBack), "\(name)"
        )
        #expect(leases.keys.allSatisfy { found[$0] != nil }, "\(name)")
        residents = found
    }
}
