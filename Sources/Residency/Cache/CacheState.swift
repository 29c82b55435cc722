/// The state machine behind ``ExpertCaching``, for one policy. Its calls are explained there.
///
/// A struct, so that an event costs the object that holds it one check of exclusive access and not one for
/// every step.
struct CacheState<Policy: EvictionPolicy & ~Copyable>: ~Copyable {
    private let numbering: ExpertNumbering
    private let isGlobal: Bool
    private var policy: Policy
    private var slots: SlotTable
    private var protection: Protection
    private var leases: FlatArray<UInt32>
    private var layerCounters: FlatArray<CacheCounters>
    private var tick = Int.min

    init(_ shape: CacheShape, halfLifeTokens: Double) {
        numbering = shape.numbering
        isGlobal = shape.isGlobal
        policy = Policy(PolicyLayout(shape, halfLifeTokens: halfLifeTokens))
        slots = SlotTable(experts: numbering.count, poolSlots: shape.poolSlots)
        protection = Protection(count: numbering.count)
        leases = FlatArray(repeating: 0, count: numbering.count)
        layerCounters = FlatArray(repeating: CacheCounters(), count: numbering.layerCount)
    }

    mutating func answer(
        layer: Int, experts: Span<UInt16>, tick: Int, into event: inout CacheEvent.Storage
    ) {
        precondition(tick >= self.tick, "tick \(tick) after \(self.tick)")
        self.tick = tick
        event.begin(count: experts.count)
        policy.begin(layer: layer, tick: tick)
        let pool = isGlobal ? 0 : layer
        let base = layer << numbering.shift
        var hits = 0
        for position in 0..<experts.count {
            let index = Int(experts[position])
            precondition(index < numbering.expertCount, "expert \(index) of \(numbering.expertCount)")
            let expert = base + index
            let slot = slots.slot(of: expert)
            event.setSlot(slot, at: position)
            if slot >= 0 {
                hits += 1
                policy.touch(expert, pool: pool)
                protection.reasons[expert] |= Protection.event
            }
        }
        var counters = layerCounters[layer]
        counters.requests += experts.count
        counters.hits += hits
        layerCounters[layer] = counters
        if hits < experts.count {
            place(experts, base: base, pool: pool, layer: layer, &event)
            if hits > 0 { settle(experts, base: base, pool: pool, event) }
        }
        for position in 0..<experts.count {
            protection.reasons[base + Int(experts[position])] &= ~Protection.event
        }
    }

    /// Finds slots for those of the event that have none.
    private mutating func place(
        _ experts: Span<UInt16>, base: Int, pool: Int, layer: Int, _ event: inout CacheEvent.Storage
    ) {
        for position in 0..<experts.count where !event.isPlaced(position) {
            let expert = base + Int(experts[position])
            // The same expert twice in one event: the first got a slot.
            if slots.slot(of: expert) >= 0 {
                event.setSlot(slots.slot(of: expert), at: position)
                layerCounters[layer].hits += 1
                continue
            }
            policy.miss(expert, pool: pool)
            guard let (slot, victim) = freeSlot(pool: pool, for: expert) else {
                layerCounters[layer].unplaced += 1
                continue
            }
            slots.put(expert, in: slot)
            policy.admit(expert, pool: pool)
            protection.reasons[expert] |= Protection.event
            event.setSlot(slot, at: position)
            event.appendMiss(position: position, victim: victim)
        }
    }

    private mutating func settle(
        _ experts: Span<UInt16>, base: Int, pool: Int, _ event: borrowing CacheEvent.Storage
    ) {
        for position in 0..<experts.count where event.isPlaced(position) {
            policy.settle(base + Int(experts[position]), pool: pool)
        }
    }

    /// A slot for `expert`, which was asked for, and who had to leave it, -1 where it was free.
    private mutating func freeSlot(pool: Int, for expert: Int) -> (slot: Int, victim: Int)? {
        if let slot = slots.takeFree(pool: pool) { return (slot, -1) }
        return evict(pool: pool, for: expert)
    }

    private mutating func evict(pool: Int, for expert: Int) -> (slot: Int, victim: Int)? {
        let victim = policy.evict(from: pool, for: expert, sparing: protection)
        if victim < 0 { return nil }
        layerCounters[victim >> numbering.shift].evictions += 1
        return (slots.remove(victim), victim)
    }

    mutating func countUses(of expert: ExpertID, _ count: Int) {
        let number = resident(expert)
        for _ in 0..<count { policy.touch(number, pool: isGlobal ? 0 : expert.layer) }
    }

    mutating func beginSequence() { policy.beginSequence() }

    func slot(of expert: ExpertID) -> SlotIndex? {
        let slot = slots.slot(of: numbering.number(expert))
        return slot < 0 ? nil : SlotIndex(slot)
    }

    func expert(in slot: SlotIndex) -> ExpertID? {
        let number = slots.expert(in: slot.index)
        return number < 0 ? nil : numbering.expert(number)
    }

    func generation(of slot: SlotIndex) -> UInt32 { slots.generation(of: slot.index) }

    mutating func lease(_ expert: ExpertID) {
        let number = resident(expert)
        leases[number] += 1
        protection.reasons[number] |= Protection.leased
    }

    mutating func release(_ expert: ExpertID) {
        let number = resident(expert)
        precondition(leases[number] > 0, "release of \(expert), which is not leased")
        leases[number] -= 1
        if leases[number] == 0 { protection.reasons[number] &= ~Protection.leased }
    }

    private func resident(_ expert: ExpertID) -> Int {
        let number = numbering.number(expert)
        precondition(slots.slot(of: number) >= 0, "\(expert) is not resident")
        return number
    }

    mutating func discard(_ expert: ExpertID) {
        let number = resident(expert)
        precondition(leases[number] == 0, "\(expert) is leased")
        let pool = isGlobal ? 0 : expert.layer
        policy.remove(number, pool: pool)
        slots.putBack(slots.remove(number), pool: pool)
    }

    func slotsInService(layer: Int) -> Int { slots.inService(pool: isGlobal ? 0 : layer) }

    mutating func giveBackSlot(layer: Int) -> SlotIndex? {
        let pool = isGlobal ? 0 : layer
        guard let slot = slots.takeFree(pool: pool) ?? evict(pool: pool, for: -1)?.slot else { return nil }
        slots.retire(slot, pool: pool)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
        return SlotIndex(slot)
    }

    mutating func takeBack(_ slot: SlotIndex) {
        let pool = slots.reinstate(slot.index)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
    }

    func counters(layer: Int) -> CacheCounters { layerCounters[layer] }
}
