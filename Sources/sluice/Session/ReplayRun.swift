import Generation
import Residency
import Synchronization

/// Replays all combinations that a user wishes, over the machine's cores.
struct ReplayRun: Sendable {
    let events: ReplayEvents
    /// What is fitted is fitted on these.
    let fitEvents: ReplayEvents
    /// What `fitEvents` are to `events`.
    let fit: ReplayResult.Fit
    /// Bytes of an expert by layer; 1 where nobody knows.
    let expertBytes: [Int]
    let hasExpertBytes: Bool
    /// Makes what times a cache; gives nil where nobody asked for speeds.
    let timeModel: @Sendable (CacheShape) -> TimeModel?
    let progress: ReplayProgress

    /// The policies, with half-lives where they were to be fitted, and whether one was.
    struct Policy: Sendable {
        let policy: ReplayPolicy
        let isFitted: Bool
    }

    /// All results, by policy, allocation, predictor and budget; and sentences about what was left out.
    ///
    /// - Throws: `CommandFailure.interrupted`.
    func results(_ wishes: ReplayWishes) async throws -> (results: [ReplayResult], notes: [String]) {
        let expertCount = events.shape.numbering.expertCount
        let allBytes = expertBytes.reduce(0) { $0 + $1 * expertCount }
        let budgets = wishes.budgets.map { $0.bytes(of: allBytes) }
        var notes: [String] = []
        let policies = try await policies(wishes, budgets)
        let curves = wishes.allocations.contains { $0.isFitted } ? try await curves(policies) : [:]
        var places: [(policy: Policy, allocation: ReplayAllocation, columns: [ReplayColumn])] = []
        for policy in policies {
            for allocation in wishes.allocations {
                if let columns = columns(policy.policy, allocation, budgets, curves, &notes) {
                    places.append((policy, allocation, columns))
                }
            }
        }
        let jobs = places.flatMap { ReplayJob.all($0.policy.policy, $0.columns, events) }
        let outcomes = try await run(jobs, wishes.predictors)
        var results: [ReplayResult] = []
        for place in places {
            for (index, predictor) in wishes.predictors.enumerated() {
                for column in place.columns {
                    let key = OutcomeKey(policy: "\(place.policy.policy)", column: column)
                    guard let outcome = outcomes[key] else { continue }
                    let isFitted = place.allocation.isFitted || place.policy.isFitted
                    var result = ReplayResult(
                        policy: place.policy.policy, column: column, predictor: predictor,
                        layers: outcome.layers, foreseen: outcome.foreseen[index],
                        expertBytes: hasExpertBytes ? expertBytes : nil,
                        budgetShare: Double(column.budgetBytes) / Double(allBytes),
                        fit: isFitted ? fit : .none)
                    if let model = outcome.observers[index] { result.add(model) }
                    results.append(result)
                }
            }
        }
        return (results, notes)
    }

    private struct OutcomeKey: Hashable {
        let policy: String
        let column: ReplayColumn
    }

    /// Nil where the policy takes no weights of layers and the allocation is made of them.
    private func columns(
        _ policy: ReplayPolicy, _ allocation: ReplayAllocation, _ budgets: [Int],
        _ curves: [String: MissCurves], _ notes: inout [String]
    ) -> [ReplayColumn]? {
        guard policy.takes(allocation) else {
            notes.append("\(policy) does not weigh layers; it is left out of \(allocation)")
            return nil
        }
        return budgets.compactMap { budget in
            let shape = allocation.cacheShape(
                budgetBytes: budget, events.shape, expertBytes: expertBytes, curves: curves["\(policy)"])
            guard let shape else {
                let text = hasExpertBytes ? ByteSize.text(budget) : "\(budget) slots"
                let note = "\(text) hold too few experts to run with \(allocation); left out"
                if !notes.contains(note) { notes.append(note) }
                return nil
            }
            return ReplayColumn(allocation: allocation, budgetBytes: budget, shape: shape)
        }
    }

    private func run(
        _ jobs: [ReplayJob], _ predictors: [ReplayPredictor]
    ) async throws -> [OutcomeKey: ReplayOutcome<TimeModel?>] {
        progress.expect(jobs.reduce(0) { $0 + $1.columns.count * events.count })
        let sorted = jobs.sorted { $0.weight > $1.weight }
        let found = try await inParallel(sorted) { job in
            job.run(
                events, predictors, observer: { column, _ in timeModel(column.shape) },
                goOn: { progress.advance(by: $0 * job.columns.count) })
        }
        var outcomes: [OutcomeKey: ReplayOutcome<TimeModel?>] = [:]
        for outcome in found.flatMap({ $0 }) {
            outcomes[OutcomeKey(policy: "\(outcome.policy)", column: outcome.column)] = outcome
        }
        return outcomes
    }

    /// `work` on every item, as many at once as the machine has cores.
    ///
    /// - Throws: `CommandFailure.interrupted` where an item has no result.
    private func inParallel<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ work: @Sendable @escaping (Item) -> Result?
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result?).self) { group in
            var results: [Result?] = items.map { _ in nil }
            var next = 0
            func addNext() {
                guard next < items.count else { return }
                let (index, item) = (next, items[next])
                group.addTask { (index, work(item)) }
                next += 1
            }
            for _ in 0..<MachineCores.read().recommendedThreads { addNext() }
            while let (index, result) = try await group.next() {
                guard let result else { throw CommandFailure.interrupted }
                results[index] = result
                addNext()
            }
            return results.compactMap { $0 }
        }
    }
}

// MARK: - What is fitted

extension ReplayRun {
    /// Half-lives that are tried, in tokens.
    private static let halfLives: [Double] = [4, 8, 16, 32, 64, 128, 256, 512, 1024]

    private func policies(_ wishes: ReplayWishes, _ budgets: [Int]) async throws -> [Policy] {
        var policies: [Policy] = []
        for wish in wishes.policies {
            switch wish {
            case .given(let policy): policies.append(Policy(policy: policy, isFitted: false))
            case .fittedHalfLife(let entry):
                let policy = try await fitted(entry, wishes.allocations, budgets)
                policies.append(Policy(policy: policy, isFitted: true))
            }
        }
        return policies
    }

    /// The half-life that misses least over all budgets and allocations that are not fitted themselves, or
    /// else with equal shares of the layers.
    private func fitted(
        _ entry: PolicyEntry, _ allocations: [ReplayAllocation], _ budgets: [Int]
    ) async throws -> ReplayPolicy {
        let policies = Self.halfLives.map {
            ReplayPolicy.online(PolicyChoice(entry: entry, halfLifeTokens: $0))
        }
        let given = allocations.filter { !$0.isFitted && policies[0].takes($0) }
        // What is left out is said where it is replayed.
        var unsaid: [String] = []
        let columns = (given.isEmpty ? [.uniform] : given).flatMap {
            self.columns(policies[0], $0, budgets, [:], &unsaid) ?? []
        }
        guard !columns.isEmpty else {
            throw CommandFailure.failure(
                "no budget holds enough experts to fit \(entry.name) with; give larger ones")
        }
        let jobs = policies.flatMap { ReplayJob.all($0, columns, fitEvents) }
        progress.expect(jobs.reduce(0) { $0 + $1.columns.count * fitEvents.count })
        let outcomes = try await inParallel(jobs) { job in
            job.run(
                fitEvents, [.none], observer: { _, _ in SilentObserver() },
                goOn: { progress.advance(by: $0 * job.columns.count) })
        }
        var misses: [String: Int] = [:]
        for outcome in outcomes.flatMap({ $0 }) {
            misses["\(outcome.policy)", default: 0] += outcome.counters.misses
        }
        let best = policies.min { misses["\($0)", default: 0] < misses["\($1)", default: 0] }
        return best ?? policies[0]
    }

    /// By policy, how often layers miss at each number of slots.
    private func curves(_ policies: [Policy]) async throws -> [String: MissCurves] {
        progress.expect(policies.count * MissCurves.cacheCount(of: fitEvents) * fitEvents.count)
        let found = try await inParallel(policies.map(\.policy)) { policy in
            MissCurves.measure(fitEvents, policy, goOn: { progress.advance(by: $0) })
        }
        return Dictionary(
            zip(policies.map { "\($0.policy)" }, found), uniquingKeysWith: { first, _ in first })
    }
}

/// How far a replay is, for all its cores, and whether to go on.
final class ReplayProgress: Sendable {
    private let interrupt: CancellationFlag
    private let state: Mutex<(line: ProgressLine, done: Int, total: Int)>

    init(isShown: Bool, _ interrupt: CancellationFlag) {
        self.interrupt = interrupt
        state = Mutex((ProgressLine("replaying", isShown: isShown), 0, 0))
    }

    /// More work is known of.
    func expect(_ work: Int) { state.withLock { $0.total += work } }

    /// Work was done; false where the user wants it to stop.
    func advance(by work: Int) -> Bool {
        state.withLock { state in
            state.done += work
            let events: (Int) -> String = { "\($0 / 1_000_000) M events" }
            state.line.show(done: state.done, total: state.total, unit: events)
        }
        return !interrupt.isCancelled
    }

    /// Takes the line away.
    func clear() { state.withLock { $0.line.clear() } }
}
