/// All candidates that can run, ranked by what a replay expects of them.
struct TuningField {
    /// Budgets with which something can run, rising.
    let budgets: [Int]
    private let ranks: [Int: [TuningCandidate]]
    private let predictions: [TuningCandidate: TuningPrediction]

    /// - Parameters:
    ///   - candidates: at equal times the earlier one is preferred.
    ///   - predictions: of each candidate; nil for one that cannot run.
    ///   - resolution: times that differ by a smaller share are equal.
    init(_ candidates: [TuningCandidate], _ predictions: [TuningPrediction?], resolution: Double) {
        let known = zip(candidates, predictions).compactMap { candidate, prediction in
            prediction.map { (candidate: candidate, prediction: $0) }
        }
        self.predictions = Dictionary(
            known.map { ($0.candidate, $0.prediction) }, uniquingKeysWith: { first, _ in first })
        var ranks: [Int: [TuningCandidate]] = [:]
        for (budget, group) in Dictionary(grouping: known, by: \.candidate.budgetBytes) {
            let fastest = group.map(\.prediction.secondsPerToken).min() ?? 0
            // Steps of the resolution, so that equal times keep the order of the candidates.
            func step(_ prediction: TuningPrediction) -> Int {
                guard fastest > 0 else { return 0 }
                let slower = prediction.secondsPerToken / fastest - 1
                return slower < 1e6 ? Int(slower / resolution) : .max
            }
            ranks[budget] = group.enumerated().sorted {
                (step($0.element.prediction), $0.offset) < (step($1.element.prediction), $1.offset)
            }.map(\.element.candidate)
        }
        self.ranks = ranks
        budgets = ranks.keys.sorted()
    }

    /// Candidates with this budget, the one expected to be fastest first.
    func ranked(at budgetBytes: Int) -> [TuningCandidate] { ranks[budgetBytes] ?? [] }

    /// Where the replay puts a candidate among those with its budget.
    func rank(of candidate: TuningCandidate) -> TuningResult.Entry.Rank? {
        let ranked = ranked(at: candidate.budgetBytes)
        return ranked.firstIndex(of: candidate).map { .init(place: $0 + 1, of: ranked.count) }
    }

    /// What the replay expects of a candidate.
    func prediction(of candidate: TuningCandidate) -> TuningPrediction? { predictions[candidate] }

    /// The candidate to run with a budget: with the knobs of `winner` where little speaks for others.
    func choice(at budgetBytes: Int, like winner: TuningCandidate?) -> TuningCandidate? {
        let ranked = ranked(at: budgetBytes)
        guard let first = ranked.first, let winner else { return ranked.first }
        let same = TuningCandidate(budgetBytes: budgetBytes, knobs: winner.knobs)
        guard let seconds = predictions[same]?.secondsPerToken,
            let least = predictions[first]?.secondsPerToken, seconds <= least * (1 + 0.01)
        else { return first }
        return same
    }

    /// Index of the smallest budget that is expected to be as fast as the best, within `tolerance`.
    func predictedKnee(tolerance: Double) -> Int {
        let times = budgets.map { budget in
            ranked(at: budget).first.flatMap { predictions[$0]?.secondsPerToken } ?? .infinity
        }
        let limit = (times.min() ?? .infinity) * (1 + tolerance)
        return times.firstIndex { $0 <= limit } ?? 0
    }
}
