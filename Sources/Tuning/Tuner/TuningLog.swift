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
    var best: TuningCandidate? { Self.fastest(entries)?.candidate }

    private static func fastest(_ entries: [TuningResult.Entry]) -> TuningResult.Entry? {
        entries.min {
            ($0.secondsPerToken, $0.candidate.budgetBytes) < ($1.secondsPerToken, $1.candidate.budgetBytes)
        }
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
    ///
    /// Where some ran again, only these count: of many that ran once the fastest had luck.
    func result(tolerance: Double) -> TuningResult? {
        let all = entries
        let again = all.filter { $0.runs.count > 1 }
        let entries = again.isEmpty ? all : again
        guard let best = Self.fastest(entries) else { return nil }
        let near = entries.filter { $0.secondsPerToken <= best.secondsPerToken * (1 + tolerance) }
        // Of one budget, the fastest.
        let knee = near.min {
            ($0.candidate.budgetBytes, $0.secondsPerToken) < ($1.candidate.budgetBytes, $1.secondsPerToken)
        }
        return TuningResult(
            knee: standard(orNearly: knee ?? best, entries), best: standard(orNearly: best, entries),
            measured: all, isCutShort: isCutShort)
    }

    /// Other knobs than the standard's have to be told from them: what is faster by less than runs vary
    /// would be as slow on the next text.
    private func standard(
        orNearly entry: TuningResult.Entry, _ entries: [TuningResult.Entry]
    ) -> TuningResult.Entry {
        entries.first {
            $0.candidate.knobs == .standard && $0.candidate.budgetBytes == entry.candidate.budgetBytes
                && $0.secondsPerToken <= entry.secondsPerToken * (1 + Self.variation)
        } ?? entry
    }

    /// By which share equal runs differ easily.
    private static let variation = 0.03
}
