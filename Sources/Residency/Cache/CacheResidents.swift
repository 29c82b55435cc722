/// What a cache knows whatever its policy: who lies in which slot, who must stay, and what happened.
///
/// Whom to keep is asked of a policy that is lent for the call. Calls that ask no policy are plain code, the
/// same for all caches; the others are specialised where the policy is known. Calls are explained at
/// ``ExpertCaching``.
struct CacheResidents: ~Copyable {
    private let numbering: ExpertNumbering
    private let isGlobal: Bool
    private var slots: SlotTable
    private var protection: Protection
    private var leases: FlatArray<UInt32>
    private var layerCounters: FlatArray<CacheCounters>
    private var tick = Int.min

    init(_ shape: CacheShape) {
        numbering = shape.numbering
        isGlobal = shape.isGlobal
        slots = SlotTable(experts: numbering.count, poolSlots: shape.poolSlots)
        protection = Protection(count: numbering.count)
        leases = FlatArray(repeating: 0, count: numbering.count)
        layerCounters = FlatArray(repeating: CacheCounters(), count: numbering.layerCount)
    }

    private func pool(layer: Int) -> Int { isGlobal ? 0 : layer }

    func slot(of expert: ExpertID) -> SlotIndex? {
        let slot = slots.slot(of: numbering.number(expert))
        return slot < 0 ? nil : SlotIndex(slot)
    }

    func expert(in slot: SlotIndex) -> ExpertID? {
        let number = slots.expert(in: slot.index)
        return number < 0 ? nil : numbering.expert(number)
    }

    func generation(of slot: SlotIndex) -> UInt32 { slots.generation(of: slot.index) }

    func slotsInService(layer: Int) -> Int { slots.inService(pool: pool(layer: layer)) }

    func counters(layer: Int) -> CacheCounters { layerCounters[layer] }

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
}

extension CacheResidents {
    mutating func request<Policy: EvictionPolicy & ~Copyable>(
        layer: Int, experts: Span<UInt16>, tick: Int, _ policy: inout Policy,
        into event: inout CacheEvent
    ) {
        precondition(tick >= self.tick, "tick \(tick) after \(self.tick)")
        self.tick = tick
        event.begin(count: experts.count)
        policy.begin(layer: layer, tick: tick)
        let pool = pool(layer: layer)
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
            place(experts, layer: layer, &policy, &event)
            if hits > 0 {
                for position in 0..<experts.count where event.isPlaced(position) {
                    policy.settle(base + Int(experts[position]), pool: pool)
                }
            }
        }
        for position in 0..<experts.count {
            protection.reasons[base + Int(experts[position])] &= ~Protection.event
        }
    }

    /// Finds slots for those of the event that have none.
    private mutating func place<Policy: EvictionPolicy & ~Copyable>(
        _ experts: Span<UInt16>, layer: Int, _ policy: inout Policy, _ event: inout CacheEvent
    ) {
        let pool = pool(layer: layer)
        let base = layer << numbering.shift
        for position in 0..<experts.count where !event.isPlaced(position) {
            let expert = base + Int(experts[position])
            // The same expert twice in one event: the first got a slot.
            if slots.slot(of: expert) >= 0 {
                event.setSlot(slots.slot(of: expert), at: position)
                layerCounters[layer].hits += 1
                continue
            }
            policy.miss(expert, pool: pool)
            guard let (slot, victim) = freeSlot(pool: pool, for: expert, &policy) else {
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

    /// A slot for `expert`, -1 for nobody, and who had to leave it, -1 where it was free.
    private mutating func freeSlot<Policy: EvictionPolicy & ~Copyable>(
        pool: Int, for expert: Int, _ policy: inout Policy
    ) -> (slot: Int, victim: Int)? {
        if let slot = slots.takeFree(pool: pool) { return (slot, -1) }
        let victim = policy.evict(from: pool, for: expert, sparing: protection)
        if victim < 0 { return nil }
        layerCounters[victim >> numbering.shift].evictions += 1
        return (slots.remove(victim), victim)
    }

    mutating func countUses<Policy: EvictionPolicy & ~Copyable>(
        of expert: ExpertID, _ count: Int, _ policy: inout Policy
    ) {
        let number = resident(expert)
        for _ in 0..<count { policy.touch(number, pool: pool(layer: expert.layer)) }
    }

    mutating func discard<Policy: EvictionPolicy & ~Copyable>(
        _ expert: ExpertID, _ policy: inout Policy
    ) {
        let number = resident(expert)
        precondition(leases[number] == 0, "\(expert) is leased")
        let pool = pool(layer: expert.layer)
        policy.remove(number, pool: pool)
        slots.putBack(slots.remove(number), pool: pool)
    }

    mutating func giveBackSlot<Policy: EvictionPolicy & ~Copyable>(
        layer: Int, _ policy: inout Policy
    ) -> SlotIndex? {
        let pool = pool(layer: layer)
        guard let slot = freeSlot(pool: pool, for: -1, &policy)?.slot else { return nil }
        slots.retire(slot, pool: pool)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
        return SlotIndex(slot)
    }

    mutating func takeBack<Policy: EvictionPolicy & ~Copyable>(
        _ slot: SlotIndex, _ policy: inout Policy
    ) {
        let pool = slots.reinstate(slot.index)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
    }
}
