/// Finds the smallest budget that is nearly as fast as the best, by replay first and by running what the
/// replay favours.
///
/// The time that counts is that of a token, not the hit rate: a larger cache can be slower. A replay ranks
/// all candidates; runs decide among the few at the top, for at a tenth of the time a replay is right about
/// hits but not about what the machine makes of them.
public struct Tuner: Sendable {
    /// Budgets that are tried, rising.
    private let budgets: [Int]
    /// What is turned, the standard first.
    private let knobs: [TuningKnobs]

    /// How much slower than the best a budget may be that is smaller.
    public static let tolerance = 0.03
    /// What the replay favours is run: so many at the largest budget, besides the standard.
    private static let finalists = 3
    /// Two candidates are run in turns so often before one is held for better.
    private static let rounds = 2
    /// What is said to be faster by less is not told from the standard.
    private static let resolution = 0.01

    /// - Precondition: at least one budget and one set of knobs; budgets rise.
    public init(budgets: [Int], knobs: [TuningKnobs]) {
        precondition(!budgets.isEmpty && !knobs.isEmpty, "nothing to tune")
        precondition(zip(budgets, budgets.dropFirst()).allSatisfy { $0 < $1 }, "budgets that do not rise")
        self.budgets = budgets
        self.knobs = knobs
    }

    /// Tries what is worth it on `bench`.
    ///
    /// - Returns: nil where nothing can run at the largest budget.
    /// - Throws: what the bench throws.
    public func run(on bench: some TuningBench) async throws -> TuningResult? {
        let candidates = budgets.flatMap { budget in
            knobs.map { TuningCandidate(budgetBytes: budget, knobs: $0) }
        }
        let predictions = try await bench.predict(candidates)
        let field = TuningField(candidates, predictions, resolution: Self.resolution)
        guard let largest = field.budgets.last else { return nil }
        var log = TuningLog(field)
        let top = field.ranked(at: largest)
        let standard = top.first { $0.knobs == knobs[0] }
        let first = Array(top.prefix(Self.finalists))
        for candidate in first + [standard].compactMap(\.self) where log.runs(of: candidate) == 0 {
            // The first run is what everything is compared with.
            if log.isEmpty || log.goesOn(bench) { try await log.measure(candidate, on: bench) }
        }
        try await findKnee(field, &log, bench)
        try await compareAgain(field, &log, bench)
        return log.result(tolerance: Self.tolerance)
    }

    /// Runs smaller budgets until one is too slow and the next one is not.
    private func findKnee(
        _ field: TuningField, _ log: inout TuningLog, _ bench: some TuningBench
    ) async throws {
        let budgets = field.budgets
        var slow = -1
        var fast = budgets.count - 1
        var next = field.predictedKnee(tolerance: Self.tolerance)
        while fast - slow > 1, log.goesOn(bench) {
            let index = min(max(next, slow + 1), fast - 1)
            guard let candidate = field.choice(at: budgets[index], like: log.best) else { return }
            try await log.measure(candidate, on: bench)
            if log.isNearBest(candidate, tolerance: Self.tolerance) {
                fast = index
                next = index - 1
            } else {
                slow = index
                // The replay was wrong: from here on halves.
                next = (slow + fast) / 2
            }
        }
    }

    /// Runs the best, the knee, the next smaller budget and other knobs at the knee in turns: disks change
    /// within minutes, and a single run has held the smaller budget for too slow.
    private func compareAgain(
        _ field: TuningField, _ log: inout TuningLog, _ bench: some TuningBench
    ) async throws {
        guard let found = log.result(tolerance: Self.tolerance) else { return }
        var contenders = [found.best.candidate]
        if found.knee.candidate != found.best.candidate { contenders.append(found.knee.candidate) }
        let budget = found.knee.candidate.budgetBytes
        if let smaller = field.budgets.last(where: { $0 < budget }),
            let candidate = field.choice(at: smaller, like: log.best)
        {
            contenders.append(candidate)
        }
        // At the knee the standard may do as well, or the next best knobs.
        let others = field.ranked(at: budget).filter { !contenders.contains($0) }
        contenders += (others.filter { $0.knobs == knobs[0] } + others).prefix(1)
        for _ in 0..<Self.rounds {
            for candidate in contenders where log.goesOn(bench) {
                try await log.measure(candidate, on: bench)
            }
        }
    }
}
