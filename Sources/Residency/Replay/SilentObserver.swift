/// Listens to a replay of which only the counters matter.
public struct SilentObserver: ReplayObserver, Sendable {
    public init() {}
    public mutating func beginStep(context: Int) {}
    public mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foresight: Foresight) {}
    public mutating func endStep(rows: Int, phase: TraceRow.Phase) {}
}
