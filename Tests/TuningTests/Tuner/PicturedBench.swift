import TestSupport
import Tuning

/// A machine that exists in numbers only: what every candidate takes is known, and so is the best.
final class PicturedBench: TuningBench {
    /// What a token takes of a candidate in truth.
    private let truth: (TuningCandidate) -> Double
    /// What the replay believes.
    private let belief: (TuningCandidate) -> Double?
    /// Whether all knobs are one run with the candidate's budget.
    private let isOneRun: (TuningCandidate) -> Bool
    /// The most by which a run differs from the truth, as a share of it.
    private let noise: Double
    private var generator: SeededGenerator
    /// Runs that there is time for.
    private var runsLeft: Int
    private(set) var runs: [TuningCandidate] = []

    init(
        seed: UInt64, noise: Double = 0, runs: Int = 40, truth: @escaping (TuningCandidate) -> Double,
        belief: ((TuningCandidate) -> Double?)? = nil,
        isOneRun: @escaping (TuningCandidate) -> Bool = { _ in false }
    ) {
        self.isOneRun = isOneRun
        self.truth = truth
        self.belief = belief ?? { truth($0) }
        self.noise = noise
        generator = SeededGenerator(seed: seed)
        runsLeft = runs
    }

    var hasTime: Bool { runsLeft > 0 }

    func predict(_ candidates: [TuningCandidate]) async throws -> [TuningPrediction?] {
        var budgets: Set<Int> = []
        return candidates.map { candidate in
            if isOneRun(candidate), !budgets.insert(candidate.budgetBytes).inserted { return nil }
            return belief(candidate).map { TuningPrediction(secondsPerToken: $0, hitRate: 0.5) }
        }
    }

    func measure(_ candidate: TuningCandidate) async throws -> TuningMeasurement {
        runs.append(candidate)
        runsLeft -= 1
        let factor = 1 + Double.random(in: -noise...noise, using: &generator)
        return TuningMeasurement(secondsPerToken: truth(candidate) * factor, hitRate: 0.5, tokens: 32)
    }
}
