/// Is told what a replay does, event by event: what a time model or a chart is made from.
///
/// A generic parameter of the replay, so that a call is specialised. Allocates: none is expected of it.
public protocol ReplayObserver: ~Copyable {
    /// A step begins: its texts have `context` positions in front of their tokens, all together.
    mutating func beginStep(context: Int)
    /// One event was answered: of `requests` experts of `layer` asked for together by `rows` tokens, `misses`
    /// had to be read; `foresight` is what had been predicted a layer before of what was in no slot.
    mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foresight: Foresight)
    /// All layers of the step were answered.
    mutating func endStep(rows: Int, phase: TraceRow.Phase)
}
