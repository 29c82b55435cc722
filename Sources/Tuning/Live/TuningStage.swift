/// What a tuner is at, for who waits.
public enum TuningStage: Sendable {
    /// Recording: so many tokens of about so many.
    case recording(done: Int, total: Int)
    /// Replaying: so many caches of so many.
    case replaying(done: Int, total: Int)
    /// Running a candidate, the `number`th run, from 1.
    case running(TuningCandidate, number: Int)
}
