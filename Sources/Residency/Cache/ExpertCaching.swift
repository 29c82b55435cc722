/// Which experts are resident in which slot, whatever the policy: what an engine and a replay hold.
///
/// No bytes and no I/O: every call decides and returns. Calls are dispatched once for an event; behind the
/// call everything is specialised for the policy. Wrong moves trap: an expert that does not exist, a tick
/// that falls, the release of what is not leased.
///
/// Cost: an event takes some tens of nanoseconds for each expert. Allocates: none after creation. Runs on:
/// the engine's thread, or one of a replay's.
public protocol ExpertCaching: AnyObject {
    /// What it was made with.
    var shape: CacheShape { get }

    /// Asks for the experts that `layer` chose, strongest first.
    ///
    /// The event is atomic: first all residents count as chosen, then the others get slots in order; no
    /// expert of the event gives way to another one of it. A slot is one that is free, else that of the
    /// policy's victim.
    ///
    /// - Parameter tick: the token's number; the same or larger than in the call before.
    func request(layer: Int, experts: Span<UInt16>, tick: Int, into event: inout CacheEvent)

    /// A resident expert was chosen `count` times more than the event said: by other tokens of its step.
    func countUses(of expert: ExpertID, _ count: Int)

    /// Another text begins: policies that count uses in a text start anew.
    func beginSequence()

    /// The slot of a resident expert.
    func slot(of expert: ExpertID) -> SlotIndex?
    /// The expert in a slot.
    func expert(in slot: SlotIndex) -> ExpertID?
    /// How often the slot changed hands: a read that ends under another generation than it began is stale.
    func generation(of slot: SlotIndex) -> UInt32

    /// The expert stays until it is released as often as it was leased.
    func lease(_ expert: ExpertID)
    /// Ends one lease.
    func release(_ expert: ExpertID)

    /// Forgets a resident expert whose bytes never came.
    ///
    /// - Precondition: it is resident and not leased.
    func discard(_ expert: ExpertID)

    /// Takes a slot of the pool that `layer` uses out of service, for its memory to be returned; nil where
    /// all are leased or given back.
    func giveBackSlot(layer: Int) -> SlotIndex?
    /// Puts a slot that was given back into service again.
    func takeBack(_ slot: SlotIndex)

    /// Slots of the pool that `layer` uses which are in service.
    func slotsInService(layer: Int) -> Int

    /// What happened so far in one layer.
    func counters(layer: Int) -> CacheCounters
}

extension ExpertCaching {
    /// What happened so far.
    public var counters: CacheCounters {
        (0..<shape.numbering.layerCount).reduce(into: CacheCounters()) { $0 += counters(layer: $1) }
    }
}
