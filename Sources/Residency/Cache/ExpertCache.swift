/// The object that holds a cache of one policy.
///
/// A call through the protocol reaches generic code, which asks the policy's witness table for every step. An
/// event therefore goes through a closure that was made where the policy is known: what it calls is
/// specialised.
package final class ExpertCache<Policy: EvictionPolicy & ~Copyable>: ExpertCaching {
    /// Answers an event: ``answer(layer:experts:tick:into:)``.
    package typealias Answer = (ExpertCache<Policy>, Int, Span<UInt16>, Int, inout CacheEvent) -> Void

    /// What needs no policy comes first, at a place that does not depend on it: it is reached without asking
    /// what the policy is. One struct, so that an event takes one check of exclusive access.
    private struct State: ~Copyable {
        var residents: CacheResidents
        var policy: Policy
    }

    /// What it was made with.
    package let shape: CacheShape
    private let answerEvent: Answer
    private var state: State

    /// - Parameter answer: calls ``answer(layer:experts:tick:into:)`` of its first argument.
    package init(
        _ shape: CacheShape, halfLifeTokens: Double, answer: @escaping Answer
    ) {
        self.shape = shape
        answerEvent = answer
        state = State(
            residents: CacheResidents(shape),
            policy: Policy(PolicyLayout(shape, halfLifeTokens: halfLifeTokens)))
    }

    package func request(layer: Int, experts: Span<UInt16>, tick: Int, into event: inout CacheEvent) {
        answerEvent(self, layer, experts, tick, &event)
    }

    /// What ``request(layer:experts:tick:into:)`` says.
    package func answer(layer: Int, experts: Span<UInt16>, tick: Int, into event: inout CacheEvent) {
        withState { state in
            state.residents.request(
                layer: layer, experts: experts, tick: tick, &state.policy, into: &event)
        }
    }

    /// One access for both halves of the state, which are told apart only inside of it.
    private func withState<Result>(_ body: (inout State) -> Result) -> Result { body(&state) }

    package func countUses(of expert: ExpertID, _ count: Int) {
        withState { $0.residents.countUses(of: expert, count, &$0.policy) }
    }

    package func beginSequence() { state.policy.beginSequence() }
    package func slot(of expert: ExpertID) -> SlotIndex? { state.residents.slot(of: expert) }
    package func expert(in slot: SlotIndex) -> ExpertID? { state.residents.expert(in: slot) }
    package func generation(of slot: SlotIndex) -> UInt32 { state.residents.generation(of: slot) }
    package func lease(_ expert: ExpertID) { state.residents.lease(expert) }
    package func release(_ expert: ExpertID) { state.residents.release(expert) }
    package func discard(_ expert: ExpertID) { withState { $0.residents.discard(expert, &$0.policy) } }
    package func giveBackSlot(layer: Int) -> SlotIndex? {
        withState { $0.residents.giveBackSlot(layer: layer, &$0.policy) }
    }
    package func takeBack(_ slot: SlotIndex) { withState { $0.residents.takeBack(slot, &$0.policy) } }
    package func slotsInService(layer: Int) -> Int { state.residents.slotsInService(layer: layer) }
    package func counters(layer: Int) -> CacheCounters { state.residents.counters(layer: layer) }
}
