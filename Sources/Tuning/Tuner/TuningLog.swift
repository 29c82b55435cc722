/// What was run so far.
struct TuningLog {
    private let field: TuningField
    private var order: [TuningCandidate] = []
    /// Whether something was left out for want of time.
    private(set) var isCutShort = false
    private var measurements: [TuningCandidate: [TuningMeasurement]] = [:]

    init(_ field: TuningField) { self.field = field }

    var isEmpty: Bool { order.isEmpty }

    /// How often a candidate ran.
    func runs(of candidate: TuningCandidate) -> Int { measurements[candidate]?.count ?? 0 }

    /// Whether there is time for another run; where there is none, the result will say so.
    mutating func goesOn(_ bench: some TuningBench) -> Bool {
        if !bench.hasTime { isCutShort = true }
        return bench.hasTime
    }

    /// Runs a candidate once more.
    mutating func measure(_ candidate: TuningCandidate, on bench: some TuningBench) async throws {
        let measurement = try await bench.measure(candidate)
        if measurements[candidate] == nil { order.append(candidate) }
        measurements[candidate, default: []].append(measurement)
    }

    /// The fastest so far; of equals the one with the smaller budget.
    var best: TuningCandidate? {
        entries.min {
            ($0.secondsPerToken, $0.candidate.budgetBytes) < ($1.secondsPerToken, $1.candidate.budgetBytes)
        }?.candidate
    }

    /// Whether a candidate that ran is as fast as the best, within `tolerance`.
    func isNearBest(_ candidate: TuningCandidate, tolerance: Double) -> Bool {
        let entries = entries
        guard let least = entries.map(\.secondsPerToken).min(),
            let own = entries.first(where: { $0.candidate == candidate })
        else { return false }
        return own.secondsPerToken <= least * (1 + tolerance)
    }

    private var entries: [TuningResult.Entry] {
        order.map {
            TuningResult.Entry(
                candidate: $0, prediction: field.prediction(of: $0), runs: measurements[$0] ?? [],
                rank: field.rank(of: $0))
        }
    }

    /// What follows from the runs; nil where there were none.
    func result(tolerance: Double) -> TuningResult? {
        let entries = entries
        guard let best = entries.first(where: { $0.candidate == self.best }) else { return nil }
        let near = entries.filter { isNearBest($0.candidate, tolerance: tolerance) }
        // Of one budget, the fastest.
        let knee = near.min {
            ($0.candidate.budgetBytes, $0.secondsPerToken) < ($1.candidate.budgetBytes, $1.secondsPerToken)
        }
        return TuningResult(knee: knee ?? best, best: best, measured: entries, isCutShort: isCutShort)
    }
}
