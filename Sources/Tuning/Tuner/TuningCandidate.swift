/// A way to run a model that a tuner weighs.
public struct TuningCandidate: Hashable, Sendable, CustomStringConvertible {
    /// Memory of the whole process.
    public let budgetBytes: Int
    /// How experts are kept in it.
    public let knobs: TuningKnobs

    public init(budgetBytes: Int, knobs: TuningKnobs) {
        self.budgetBytes = budgetBytes
        self.knobs = knobs
    }

    public var description: String { "\(budgetBytes >> 20) MiB, \(knobs)" }
}

/// What a candidate is expected to do.
public struct TuningPrediction: Sendable, Equatable {
    /// Time of a generated token.
    public let secondsPerToken: Double
    /// Share of requests that find their expert, from 0 to 1; 1 where the model is in memory whole.
    public let hitRate: Double

    public init(secondsPerToken: Double, hitRate: Double) {
        self.secondsPerToken = secondsPerToken
        self.hitRate = hitRate
    }
}

/// What a candidate did in a run.
public struct TuningMeasurement: Sendable, Equatable {
    /// Time of a generated token: the median of the run's pieces.
    public let secondsPerToken: Double
    /// Share of requests that found their expert, from 0 to 1; 1 where the model is in memory whole.
    public let hitRate: Double
    /// Generated tokens that were measured.
    public let tokens: Int

    public init(secondsPerToken: Double, hitRate: Double, tokens: Int) {
        self.secondsPerToken = secondsPerToken
        self.hitRate = hitRate
        self.tokens = tokens
    }
}
