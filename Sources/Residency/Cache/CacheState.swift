/// The state machine behind ``ExpertCaching``, for one policy. Its calls are explained there.
///
/// A struct, so that an event costs the object that holds it one check of exclusive access and not one for
/// every step.
struct CacheState<Policy: EvictionPolicy & ~Copyable>: ~Copyable {
    private let numbering: ExpertNumbering
    private let isGlobal: Bool
    private let rule: SpeculationRule
    private var policy: Policy
    private var slots: SlotTable
    private var protection: Protection
    private var leases: FlatArray<UInt32>
    private var maskCounts: FlatArray<Int32>
    /// Guesses that were not asked for yet, a list for each pool, and the tick of each.
    private var guesses: ExpertLists
    private var guessTicks: FlatArray<Int>
    private var layerCounters: FlatArray<CacheCounters>
    private var tick = Int.min

    init(_ shape: CacheShape, halfLifeTokens: Double, rule: SpeculationRule) {
        self.rule = rule
        numbering = shape.numbering
        isGlobal = shape.isGlobal
        policy = Policy(PolicyLayout(shape, halfLifeTokens: halfLifeTokens))
        slots = SlotTable(experts: numbering.count, poolSlots: shape.poolSlots)
        protection = Protection(count: numbering.count)
        leases = FlatArray(repeating: 0, count: numbering.count)
        maskCounts = FlatArray(repeating: 0, count: numbering.layerCount)
        guesses = ExpertLists(experts: numbering.count, lists: shape.poolSlots.count)
        guessTicks = FlatArray(repeating: 0, count: numbering.count)
        layerCounters = FlatArray(repeating: CacheCounters(), count: numbering.layerCount)
    }

    mutating func answer(
        layer: Int, experts: Span<UInt16>, tick: Int, into event: inout CacheEvent.Storage
    ) {
        advance(to: tick)
        if maskCounts[layer] > 0 { unmask(layer: layer) }
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
                touch(expert, pool: pool, layer: layer)
            }
        }
        var counters = layerCounters[layer]
        counters.requests += experts.count
        counters.hits += hits
        layerCounters[layer] = counters
        if hits < experts.count { place(experts, base: base, pool: pool, layer: layer, &event) }
        for position in 0..<experts.count {
            protection.reasons[base + Int(experts[position])] &= ~Protection.event
        }
    }

    /// An expert that is resident was chosen.
    private mutating func touch(_ expert: Int, pool: Int, layer: Int) {
        if guesses.home(expert) >= 0 {
            guesses.remove(expert)
            layerCounters[layer].guessesUsed += 1
            policy.miss(expert, pool: pool)
            policy.admit(expert, pool: pool)
        } else {
            policy.touch(expert, pool: pool)
        }
        protection.reasons[expert] |= Protection.event
        protection.lastChosen[expert] = tick
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
            protection.lastChosen[expert] = tick
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

    /// A slot for `expert`, which was asked for, and who had to leave it, -1 where it was free.
    private mutating func freeSlot(pool: Int, for expert: Int) -> (slot: Int, victim: Int)? {
        if let slot = slots.takeFree(pool: pool) { return (slot, -1) }
        if let found = takeGuess(pool: pool, onlyExpired: true) { return found }
        if let found = evict(pool: pool, for: expert) { return found }
        if let found = takeGuess(pool: pool, onlyExpired: false) { return found }
        let layers = isGlobal ? 0..<numbering.layerCount : pool..<pool + 1
        for layer in layers where maskCounts[layer] > 0 { unmask(layer: layer) }
        return evict(pool: pool, for: expert) ?? takeGuess(pool: pool, onlyExpired: false)
    }

    private mutating func evict(pool: Int, for expert: Int) -> (slot: Int, victim: Int)? {
        let victim = policy.evict(from: pool, for: expert, sparing: protection)
        if victim < 0 { return nil }
        layerCounters[victim >> numbering.shift].evictions += 1
        return (slots.remove(victim), victim)
    }

    /// The slot of the oldest guess of `pool` that need not stay.
    private mutating func takeGuess(pool: Int, onlyExpired: Bool) -> (slot: Int, victim: Int)? {
        let guess = guesses.oldest(pool, sparing: protection)
        guard guess >= 0, !onlyExpired || tick - guessTicks[guess] > rule.lifetimeTicks else { return nil }
        guesses.remove(guess)
        layerCounters[guess >> numbering.shift].guessesWasted += 1
        layerCounters[guess >> numbering.shift].evictions += 1
        return (slots.remove(guess), guess)
    }

    mutating func guess(_ expert: ExpertID, tick: Int) -> GuessOutcome {
        advance(to: tick)
        let number = numbering.number(expert)
        if slots.slot(of: number) >= 0 { return .resident(SlotIndex(slots.slot(of: number))) }
        let pool = isGlobal ? 0 : expert.layer
        guard let (slot, victim) = slotForGuess(pool: pool, expert: number) else { return .noRoom }
        slots.put(number, in: slot)
        guesses.append(number, to: pool)
        guessTicks[number] = tick
        layerCounters[expert.layer].guesses += 1
        return .placed(SlotIndex(slot), evicted: victim < 0 ? nil : numbering.expert(victim))
    }

    private mutating func slotForGuess(pool: Int, expert: Int) -> (slot: Int, victim: Int)? {
        if let found = takeGuess(pool: pool, onlyExpired: true) { return found }
        if guesses.count(pool) >= rule.largestCount { return nil }
        if let slot = slots.takeFree(pool: pool) { return (slot, -1) }
        if rule.protectedTicks == .max { return nil }
        protection.liveSince = tick - rule.protectedTicks
        let found = evict(pool: pool, for: expert)
        protection.liveSince = .max
        return found
    }

    private mutating func advance(to tick: Int) {
        precondition(tick >= self.tick, "tick \(tick) after \(self.tick)")
        self.tick = tick
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

    mutating func mask(_ expert: ExpertID) {
        let number = numbering.number(expert)
        if protection.reasons[number] & Protection.masked == 0 {
            protection.reasons[number] |= Protection.masked
            maskCounts[expert.layer] += 1
        }
    }

    mutating func unmask(layer: Int) {
        if maskCounts[layer] == 0 { return }
        let first = layer << numbering.shift
        for number in first..<first + numbering.expertCount {
            protection.reasons[number] &= ~Protection.masked
        }
        maskCounts[layer] = 0
    }

    mutating func discard(_ expert: ExpertID) {
        let number = resident(expert)
        precondition(leases[number] == 0, "\(expert) is leased")
        let pool = isGlobal ? 0 : expert.layer
        if guesses.home(number) >= 0 {
            guesses.remove(number)
            layerCounters[expert.layer].guessesWasted += 1
        } else {
            policy.remove(number, pool: pool)
        }
        slots.putBack(slots.remove(number), pool: pool)
    }

    func slotsInService(layer: Int) -> Int { slots.inService(pool: isGlobal ? 0 : layer) }

    mutating func giveBackSlot(layer: Int) -> SlotIndex? {
        let pool = isGlobal ? 0 : layer
        guard let slot = slots.takeFree(pool: pool) ?? slotOfLeastWorth(pool: pool) else { return nil }
        slots.retire(slot, pool: pool)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
        return SlotIndex(slot)
    }

    private mutating func slotOfLeastWorth(pool: Int) -> Int? {
        (takeGuess(pool: pool, onlyExpired: true) ?? evict(pool: pool, for: -1)
            ?? takeGuess(pool: pool, onlyExpired: false))?.slot
    }

    mutating func takeBack(_ slot: SlotIndex) {
        let pool = slots.reinstate(slot.index)
        policy.resize(pool: pool, capacity: slots.inService(pool: pool))
    }

    func counters(layer: Int) -> CacheCounters { layerCounters[layer] }
}
