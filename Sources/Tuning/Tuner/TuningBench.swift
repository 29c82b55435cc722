/// What a tuner tries candidates on: a machine with a model, or a test's picture of one.
public protocol TuningBench: AnyObject {
    /// What each of `candidates` is expected to do; nil for one that cannot run, or that would run as an
    /// earlier one with its budget does: told apart, they would only measure noise.
    ///
    /// - Throws: where the user wants it to stop.
    func predict(_ candidates: [TuningCandidate]) async throws -> [TuningPrediction?]

    /// Runs a candidate for some seconds.
    ///
    /// - Throws: what running meets.
    func measure(_ candidate: TuningCandidate) async throws -> TuningMeasurement

    /// Whether there is time for another run.
    var hasTime: Bool { get }
}
