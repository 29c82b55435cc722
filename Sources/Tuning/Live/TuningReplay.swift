import Generation
import Models
import Residency

/// What a recorded trace says about plans: hits by replay, seconds by the time model.
struct TuningReplay {
    private let events: ReplayEvents
    private let load: ModelLoad
    private let machine: MachineModel
    private let cancellation: CancellationFlag

    /// Of all replays together: most of the time is for runs.
    private static let longest = Duration.seconds(75)

    /// - Throws: where neither trace nor machine file know how large experts are.
    init(_ trace: RoutingTrace, machine: MachineFile, unless cancellation: CancellationFlag) throws {
        guard let load = machine.model?.load(for: trace.shape) else { throw TuningBenchError.unknownSizes }
        events = ReplayEvents([trace])
        self.load = load
        self.machine = machine.machine
        self.cancellation = cancellation
    }

    /// What each plan is expected to do; nil for none, and for one that an earlier one with its budget is in
    /// other words.
    ///
    /// - Throws: `CancellationError`.
    func predict(
        _ plans: [MemoryPlan?], progress: (TuningStage) -> Void
    ) async throws -> [TuningPrediction?] {
        // Plans with equal slots and policies are one cache: `auto` is some other candidate in other words.
        var seen: Set<Run> = []
        var places: [Cache: [Int]] = [:]
        var predictions: [TuningPrediction?] = plans.map { _ in nil }
        for (index, plan) in plans.enumerated() {
            guard let plan else { continue }
            let cache = plan.options.streaming.map(Cache.init)
            guard seen.insert(Run(budgetBytes: plan.budgetBytes, cache: cache)).inserted else { continue }
            if let cache {
                places[cache, default: []].append(index)
            } else {
                predictions[index] = whole
            }
        }
        let groups = Dictionary(grouping: places.keys, by: \.group)
        var jobs: [(group: Cache.Group, job: ReplayJob)] = []
        for (group, caches) in groups {
            let policy = ReplayPolicy.online(try PolicyRegistry.parse(group.policy))
            let columns = caches.map {
                ReplayColumn(allocation: .uniform, budgetBytes: $0.shape.slotCount, shape: $0.shape)
            }
            jobs += ReplayJob.all(policy, columns, events).map { (group, $0) }
        }
        let outcomes = try await run(jobs, progress)
        for (cache, indices) in places {
            for index in indices { predictions[index] = outcomes[cache] }
        }
        return predictions
    }

    /// What makes a run with a budget; no cache where the model is in memory whole.
    private struct Run: Hashable {
        let budgetBytes: Int?
        let cache: Cache?
    }

    /// A cache as a replay knows it.
    private struct Cache: Hashable {
        /// What is replayed with one policy and one time model.
        struct Group: Hashable {
            let policy: String
            let guessAreas: Int
        }

        let group: Group
        let shape: CacheShape

        init(_ streaming: StreamingOptions) {
            group = Group(policy: "\(streaming.policy)", guessAreas: streaming.guessAreas)
            shape = streaming.shape
        }

        init(group: Group, shape: CacheShape) {
            self.group = group
            self.shape = shape
        }
    }

    /// A model that is in memory whole.
    private var whole: TuningPrediction {
        var time = TimeModel(machine: machine, load: load, guessAreas: 0)
        events.replayWhole(into: &time)
        return TuningPrediction(secondsPerToken: Self.seconds(time), hitRate: 1)
    }

    /// Of decoding; of the prompt where the trace has nothing else.
    private static func seconds(_ time: TimeModel) -> Double {
        time.decode.secondsPerToken ?? time.prefill.secondsPerToken ?? 0
    }

    private func run(
        _ jobs: [(group: Cache.Group, job: ReplayJob)], _ progress: (TuningStage) -> Void
    ) async throws -> [Cache: TuningPrediction] {
        let total = jobs.reduce(0) { $0 + $1.job.columns.count }
        var found: [Cache: TuningPrediction] = [:]
        let sorted = jobs.sorted { $0.job.weight > $1.job.weight }
        // What is not replayed by then is left out; the passes that answer for many caches come first.
        let end = ContinuousClock.now + Self.longest
        try await withThrowingTaskGroup(of: [Cache: TuningPrediction]?.self) { group in
            var waiting = sorted[...]
            func addNext() {
                guard let (cacheGroup, job) = waiting.popFirst() else { return }
                group.addTask { outcomes(of: job, cacheGroup, until: end) }
            }
            for _ in 0..<MachineCores.read().recommendedThreads { addNext() }
            while let outcomes = try await group.next() {
                if cancellation.isCancelled { throw CancellationError() }
                found.merge(outcomes ?? [:]) { first, _ in first }
                progress(.replaying(done: found.count, total: total))
                addNext()
            }
        }
        return found
    }

    /// Nil where it was cancelled, or took too long.
    private func outcomes(
        of job: ReplayJob, _ group: Cache.Group, until end: ContinuousClock.Instant
    ) -> [Cache: TuningPrediction]? {
        let predictor: ReplayPredictor = group.guessAreas > 0 ? .recorded : .none
        let outcomes = job.run(
            events, [predictor],
            observer: { _, _ in TimeModel(machine: machine, load: load, guessAreas: group.guessAreas) },
            goOn: { _ in !cancellation.isCancelled && ContinuousClock.now < end })
        guard let outcomes else { return nil }
        var found: [Cache: TuningPrediction] = [:]
        for outcome in outcomes {
            found[Cache(group: group, shape: outcome.column.shape)] = TuningPrediction(
                secondsPerToken: Self.seconds(outcome.observers[0]), hitRate: outcome.counters.hitRate)
        }
        return found
    }
}

extension ReplayEvents {
    /// Tells `time` of every event as one that finds all its experts.
    fileprivate func replayWhole(into time: inout TimeModel) {
        for step in steps {
            time.beginStep(context: step.context)
            for event in step.events {
                time.event(
                    layer: Int(layers[event]), rows: step.rows, requests: starts[event + 1] - starts[event],
                    misses: 0, foresight: Foresight())
            }
            time.endStep(rows: step.rows, phase: step.phase)
        }
    }
}
