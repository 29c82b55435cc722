/// Somebody who listens, or nobody.
extension Optional: ReplayObserver where Wrapped: ReplayObserver {
    public mutating func beginStep(context: Int) { self?.beginStep(context: context) }

    public mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foreseen: Int) {
        self?.event(layer: layer, rows: rows, requests: requests, misses: misses, foreseen: foreseen)
    }

    public mutating func endStep(rows: Int, phase: TraceRow.Phase) {
        self?.endStep(rows: rows, phase: phase)
    }
}
