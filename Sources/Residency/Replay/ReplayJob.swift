/// A cache that is to be replayed: what a budget buys under an allocation.
public struct ReplayColumn: Hashable, Sendable {
    /// How slots are shared out.
    public let allocation: ReplayAllocation
    /// Units: bytes, or whatever else the caller counts budgets in.
    public let budgetBytes: Int
    /// The slots that it buys.
    public let shape: CacheShape

    public init(allocation: ReplayAllocation, budgetBytes: Int, shape: CacheShape) {
        self.allocation = allocation
        self.budgetBytes = budgetBytes
        self.shape = shape
    }
}

/// What one cache counted over all events.
public struct ReplayOutcome<Observer: ReplayObserver>: Sendable where Observer: Sendable {
    /// Who decided.
    public let policy: ReplayPolicy
    /// What it decided about.
    public let column: ReplayColumn
    /// By layer.
    public let layers: [CacheCounters]
    /// By predictor, the misses that it had foretold.
    public let foreseen: [Int]
    /// By predictor, who listened.
    public let observers: [Observer]

    /// Of all layers.
    public var counters: CacheCounters { layers.reduce(into: CacheCounters()) { $0 += $1 } }
}

/// Caches of one policy that are replayed together; jobs know nothing of one another and can run at once.
public struct ReplayJob: Sendable {
    public let policy: ReplayPolicy
    /// More than one only where one pass answers for all of them.
    public let columns: [ReplayColumn]
    /// Whether it is a pass of a stack.
    private let isStack: Bool

    /// The jobs that replay every one of `columns` under `policy`.
    ///
    /// A pass for all sizes is exact where every event fits the smallest of them; who is asked for more than
    /// it has slots is replayed by itself.
    public static func all(
        _ policy: ReplayPolicy, _ columns: [ReplayColumn], _ events: ReplayEvents
    ) -> [ReplayJob] {
        let largest = events.largestEvents
        var passes: [Bool: [ReplayColumn]] = [:]
        var jobs: [ReplayJob] = []
        for column in columns {
            switch policy {
            case .online(let choice) where !policy.isStack || column.shape.layerWeights != nil:
                jobs.append(.alone(choice, column))
            case .beladyBypass:
                passes[column.shape.isGlobal, default: []].append(column)
            case .online(_), .belady:
                let fits =
                    column.shape.isGlobal
                    ? column.shape.slotCount >= largest.max() ?? 0
                    : zip(column.shape.poolSlots, largest).allSatisfy { $0 >= $1 }
                if fits {
                    passes[column.shape.isGlobal, default: []].append(column)
                } else {
                    let isBelady = if case .belady = policy { true } else { false }
                    jobs.append(ReplayJob(policy: policy, columns: [column], isStack: isBelady))
                }
            }
        }
        return passes.values.map { ReplayJob(policy: policy, columns: $0, isStack: true) } + jobs
    }

    /// How long it takes against others; the longest should begin first.
    public var weight: Int { isStack ? 4 + columns.count / 2 : 4 }

    /// Replays `events`.
    ///
    /// - Parameters:
    ///   - predictors: at least one.
    ///   - observer: makes who listens to a column under a predictor.
    ///   - goOn: is told how many events were answered since the last call, and says whether to go on.
    /// - Returns: an outcome for each column; nil where it was stopped.
    @specialized(where Observer == TimeModel?)
    @specialized(where Observer == TimeModel)
    @specialized(where Observer == SilentObserver)
    public func run<Observer: ReplayObserver & Sendable>(
        _ events: ReplayEvents, _ predictors: [ReplayPredictor],
        observer: (ReplayColumn, ReplayPredictor) -> Observer, goOn: (_ events: Int) -> Bool
    ) -> [ReplayOutcome<Observer>]? {
        var observers = columns.flatMap { column in predictors.map { observer(column, $0) } }
        guard isStack else {
            return runAlone(events, predictors, &observers, goOn)
        }
        let numbering = events.shape.numbering
        let levels = StackLevels(columns.map(\.shape.poolSlots))
        switch policy {
        case .online(let choice) where choice.entry.name == LRU.name:
            return run(events, RecencyStack(numbering, levels), levels, predictors, &observers, goOn)
        case .online(let choice):
            let halfLife = choice.halfLifeTokens ?? choice.entry.defaultHalfLifeTokens ?? 1
            let priority = FadingPriority(numbering, halfLifeTokens: halfLife)
            let stack = PriorityStack(numbering, levels, priority: priority)
            return run(events, stack, levels, predictors, &observers, goOn)
        case .belady:
            let stack = PriorityStack(numbering, levels, priority: NextUsePriority(events))
            return run(events, stack, levels, predictors, &observers, goOn)
        case .beladyBypass:
            let stack = PriorityStack(
                numbering, levels, bypasses: true, priority: NextUsePriority(events))
            return run(events, stack, levels, predictors, &observers, goOn)
        }
    }

    private func run<Stack: LevelStack & ~Copyable, Observer: ReplayObserver & Sendable>(
        _ events: ReplayEvents, _ stack: consuming Stack, _ levels: StackLevels,
        _ predictors: [ReplayPredictor], _ observers: inout [Observer], _ goOn: (Int) -> Bool
    ) -> [ReplayOutcome<Observer>]? {
        var replay = StackReplay(events, levels, stack)
        let caches = columns.map(\.shape.poolSlots)
        guard replay.run(caches, predictors, &observers, goOn: goOn) else { return nil }
        var outcomes: [ReplayOutcome<Observer>] = []
        for (index, column) in columns.enumerated() {
            let own = index * predictors.count..<(index + 1) * predictors.count
            var layers: [CacheCounters] = []
            for layer in 0..<events.shape.numbering.layerCount {
                layers.append(replay.counters(layer: layer, cache: caches[index]))
            }
            outcomes.append(
                ReplayOutcome(
                    policy: policy, column: column, layers: layers, foreseen: Array(replay.foreseen[own]),
                    observers: Array(observers[own])))
        }
        return outcomes
    }

    private func runAlone<Observer: ReplayObserver & Sendable>(
        _ events: ReplayEvents, _ predictors: [ReplayPredictor], _ observers: inout [Observer],
        _ goOn: (Int) -> Bool
    ) -> [ReplayOutcome<Observer>]? {
        guard case .online(let choice) = policy else {
            preconditionFailure("\(policy) is no policy of a cache")
        }
        let cache = choice.makeCache(columns[0].shape)
        var replay = CacheReplay(events, on: cache)
        guard replay.run(predictors, &observers, goOn: goOn) else { return nil }
        let layers = (0..<events.shape.numbering.layerCount).map { cache.counters(layer: $0) }
        return [
            ReplayOutcome(
                policy: policy, column: columns[0], layers: layers, foreseen: replay.foreseen,
                observers: observers)
        ]
    }
}

extension ReplayJob {
    /// One cache by itself, the object that an engine holds: what passes are judged by.
    package static func alone(_ choice: PolicyChoice, _ column: ReplayColumn) -> ReplayJob {
        ReplayJob(policy: .online(choice), columns: [column], isStack: false)
    }
}
