/// Replays events once for caches of many sizes.
struct StackReplay<Stack: LevelStack & ~Copyable>: ~Copyable {
    private let events: ReplayEvents
    private let levels: StackLevels
    private var stack: Stack
    private var counts: LevelCounts
    /// By layer and level.
    private var misses: FlatArray<Int>
    private var evictions: FlatArray<Int>
    /// By layer.
    private var requests: FlatArray<Int>
    /// By cache and predictor, the misses that were foretold.
    private(set) var foreseen: [Int] = []
    /// Whom the trace's predictor named for the event at hand: at which level each was found, and whether it
    /// was asked for.
    private var named: [(level: Int, isRight: Bool)] = []

    init(_ events: ReplayEvents, _ levels: StackLevels, _ stack: consuming Stack) {
        let layers = events.shape.numbering.layerCount
        self.events = events
        self.levels = levels
        self.stack = stack
        counts = LevelCounts(levels: levels.count)
        misses = FlatArray(repeating: 0, count: layers * levels.count)
        evictions = FlatArray(repeating: 0, count: layers * levels.count)
        requests = FlatArray(repeating: 0, count: layers)
    }

    /// Replays everything; false where it was stopped early.
    ///
    /// - Parameters:
    ///   - caches: by cache and pool, the slots of the pool; each is a level of it.
    ///   - observers: by cache, one for each of `predictors`.
    ///   - goOn: what ``CacheReplay`` takes.
    mutating func run<Observer: ReplayObserver>(
        _ caches: [[Int]], _ predictors: [ReplayPredictor], _ observers: inout [Observer],
        goOn: (_ events: Int) -> Bool
    ) -> Bool {
        let levelOfCaches = caches.map { cache in
            cache.indices.map { levels.level(pool: $0, slots: cache[$0]) ?? 0 }
        }
        foreseen = Array(repeating: 0, count: caches.count * predictors.count)
        let events = events
        let wantsNamed = predictors.contains(.recorded)
        var tick = 0
        var told = 0
        for step in events.steps {
            stack.begin(tick: tick)
            tick += step.rows
            for index in observers.indices { observers[index].beginStep(context: step.context) }
            for event in step.events {
                let layer = Int(events.layers[event])
                if wantsNamed { lookUpNamed(event, layer, of: events) }
                answer(event, layer, of: events)
                let pool = levels.poolCount == 1 ? 0 : layer
                let size = events.starts[event + 1] - events.starts[event]
                for cache in levelOfCaches.indices {
                    let level = levelOfCaches[cache][pool]
                    let missed = Int(counts.found[level])
                    let named = foresight(level: level)
                    for index in predictors.indices {
                        let place = cache * predictors.count + index
                        let foresight = predictors[index].foresight(
                            misses: missed, named: named, layer: layer, rows: step.rows)
                        foreseen[place] += foresight.rightCount
                        observers[place].event(
                            layer: layer, rows: step.rows, requests: size, misses: missed,
                            foresight: foresight)
                    }
                }
            }
            for index in observers.indices { observers[index].endStep(rows: step.rows, phase: step.phase) }
            if step.events.upperBound - told >= ReplayEvents.eventsBetweenCalls {
                if !goOn(step.events.upperBound - told) { return false }
                told = step.events.upperBound
            }
        }
        return goOn(events.count - told)
    }

    /// Afterwards `counts.found` holds the misses at each level.
    private mutating func answer(_ event: Int, _ layer: Int, of events: ReplayEvents) {
        let range = events.starts[event]..<events.starts[event + 1]
        counts.clear()
        stack.answer(
            events.experts.span.extracting(range), rowCounts: events.rowCounts.span.extracting(range),
            first: range.lowerBound, pool: levels.poolCount == 1 ? 0 : layer,
            base: layer << events.shape.numbering.shift, into: &counts)
        requests[layer] += range.count
        var missed = Int32(range.count)
        for level in 0..<levels.count {
            missed -= counts.found[level]
            counts.found[level] = missed
            misses[layer * levels.count + level] += Int(missed)
            evictions[layer * levels.count + level] += Int(counts.left[level])
        }
    }

    /// Looks up where those are whom the trace's predictor named, before the event is answered.
    private mutating func lookUpNamed(_ event: Int, _ layer: Int, of events: ReplayEvents) {
        named.removeAll(keepingCapacity: true)
        let pool = levels.poolCount == 1 ? 0 : layer
        let base = layer << events.shape.numbering.shift
        for expert in events.candidates(of: event) {
            let level = stack.level(of: base + Int(expert), pool: pool) ?? levels.count
            named.append((level, events.asks(event, for: expert)))
        }
    }

    /// What was said of the event at hand to a cache that ends at `level`.
    private func foresight(level: Int) -> Foresight {
        var foresight = Foresight()
        for named in named where named.level > level { foresight.append(isRight: named.isRight) }
        return foresight
    }

    /// What a cache counted in `layer`; an eviction counts in the layer that asked.
    func counters(layer: Int, cache: [Int]) -> CacheCounters {
        let pool = levels.poolCount == 1 ? 0 : layer
        let level = levels.level(pool: pool, slots: cache[pool]) ?? 0
        var counters = CacheCounters()
        counters.requests = requests[layer]
        counters.hits = requests[layer] - misses[layer * levels.count + level]
        counters.evictions = evictions[layer * levels.count + level]
        return counters
    }
}
