/// Somebody who listens, or nobody.
extension Optional: ReplayObserver where Wrapped: ReplayObserver {
    public mutating func beginStep(context: Int) { self?.beginStep(context: context) }

    public mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foresight: Foresight) {
        self?.event(layer: layer, rows: rows, requests: requests, misses: misses, foresight: foresight)
    }

    public mutating func endStep(rows: Int, phase: TraceRow.Phase) {
        self?.endStep(rows: rows, phase: phase)
    }
}
