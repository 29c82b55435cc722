/// The object that holds a cache of one policy.
///
/// A call through the protocol reaches generic code, which asks the policy's witness table for every step. An
/// event therefore goes through a closure that was made where the policy is known: what it calls is
/// specialised.
package final class ExpertCache<Policy: EvictionPolicy & ~Copyable>: ExpertCaching {
    /// Answers an event: ``answer(layer:experts:tick:into:)``.
    package typealias Answer = (ExpertCache<Policy>, Int, Span<UInt16>, Int, CacheEvent) -> Void

    /// What it was made with.
    package let shape: CacheShape
    private let answerEvent: Answer
    private var state: CacheState<Policy>

    /// - Parameter answer: calls ``answer(layer:experts:tick:into:)`` of its first argument.
    package init(
        _ shape: CacheShape, halfLifeTokens: Double, answer: @escaping Answer
    ) {
        self.shape = shape
        answerEvent = answer
        state = CacheState(shape, halfLifeTokens: halfLifeTokens)
    }

    package func request(layer: Int, experts: Span<UInt16>, tick: Int, into event: CacheEvent) {
        answerEvent(self, layer, experts, tick, event)
    }

    /// What ``request(layer:experts:tick:into:)`` says.
    package func answer(layer: Int, experts: Span<UInt16>, tick: Int, into event: CacheEvent) {
        state.answer(layer: layer, experts: experts, tick: tick, into: &event.storage)
    }

    package func countUses(of expert: ExpertID, _ count: Int) { state.countUses(of: expert, count) }
    package func beginSequence() { state.beginSequence() }
    package func slot(of expert: ExpertID) -> SlotIndex? { state.slot(of: expert) }
    package func expert(in slot: SlotIndex) -> ExpertID? { state.expert(in: slot) }
    package func generation(of slot: SlotIndex) -> UInt32 { state.generation(of: slot) }
    package func lease(_ expert: ExpertID) { state.lease(expert) }
    package func release(_ expert: ExpertID) { state.release(expert) }
    package func discard(_ expert: ExpertID) { state.discard(expert) }
    package func giveBackSlot(layer: Int) -> SlotIndex? { state.giveBackSlot(layer: layer) }
    package func takeBack(_ slot: SlotIndex) { state.takeBack(slot) }
    package func slotsInService(layer: Int) -> Int { state.slotsInService(layer: layer) }
    package func counters(layer: Int) -> CacheCounters { state.counters(layer: layer) }
}
