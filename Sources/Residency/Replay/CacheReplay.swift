/// Replays events on one cache, asking as an engine asks.
struct CacheReplay: ~Copyable {
    private let events: ReplayEvents
    private let cache: any ExpertCaching
    /// Misses that each predictor had foretold.
    private(set) var foreseen: [Int] = []
    private var requests: StepRequests

    init(_ events: ReplayEvents, on cache: any ExpertCaching) {
        self.events = events
        self.cache = cache
        requests = StepRequests(cache: cache)
    }

    /// Replays everything; false where it was stopped early.
    ///
    /// - Parameters:
    ///   - observers: one for each of `predictors`.
    ///   - goOn: is told how many events were answered since the last call, and says whether to go on.
    mutating func run<Observer: ReplayObserver>(
        _ predictors: [ReplayPredictor], _ observers: inout [Observer], goOn: (_ events: Int) -> Bool
    ) -> Bool {
        let events = events
        var told = 0
        foreseen = Array(repeating: 0, count: predictors.count)
        let wantsNamed = predictors.contains(.recorded)
        for step in events.steps {
            requests.beginStep(rows: step.rows, startsText: step.startsText)
            for index in observers.indices { observers[index].beginStep(context: step.context) }
            for event in step.events {
                let layer = Int(events.layers[event])
                let range = events.starts[event]..<events.starts[event + 1]
                let named = wantsNamed ? named(event, layer, of: events) : Foresight()
                let misses = answer(events, layer, range)
                for index in predictors.indices {
                    let foresight = predictors[index].foresight(
                        misses: misses, named: named, layer: layer, rows: step.rows)
                    foreseen[index] += foresight.rightCount
                    observers[index].event(
                        layer: layer, rows: step.rows, requests: range.count, misses: misses,
                        foresight: foresight)
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

    /// Returns how many experts of the event were in no slot.
    private mutating func answer(_ events: ReplayEvents, _ layer: Int, _ range: Range<Int>) -> Int {
        requests.beginLayer(
            layer, experts: events.experts.span.extracting(range),
            rowCounts: events.rowCounts.span.extracting(range))
        var misses = 0
        if requests.isTogether {
            // Nobody asks for anything before all of them are let go: holding them would change nothing.
            while requests.ask() != nil { misses += requests.answer.missCount }
            return misses
        }
        for position in 0..<range.count {
            while let asked = requests.ask() {
                misses += requests.answer.missCount
                for asked in asked { requests.hold(asked) }
            }
            requests.letGo(position)
        }
        return misses
    }

    /// Whom the trace's predictor named, of those that are in no slot before the event is answered.
    private func named(_ event: Int, _ layer: Int, of events: ReplayEvents) -> Foresight {
        var foresight = Foresight()
        for expert in events.candidates(of: event) {
            let isResident = cache.slot(of: ExpertID(layer: layer, index: Int(expert))) != nil
            if !isResident { foresight.append(isRight: events.asks(event, for: expert)) }
        }
        return foresight
    }
}

extension ReplayEvents {
    /// Events after which a replay says how far it is: a few milliseconds.
    static var eventsBetweenCalls: Int { 1 << 14 }
}

extension ReplayEvents {
    /// Whom the trace's predictor named for `event`.
    package func candidates(of event: Int) -> ArraySlice<UInt16> {
        if candidateStarts.isEmpty { return [] }
        return candidates[candidateStarts[event]..<candidateStarts[event + 1]]
    }

    /// Whether `event` asks for `expert`.
    package func asks(_ event: Int, for expert: UInt16) -> Bool {
        experts[starts[event]..<starts[event + 1]].contains(expert)
    }
}

extension ReplayPredictor {
    /// What was said of an event.
    ///
    /// - Parameter named: what the trace's own predictor had said.
    func foresight(misses: Int, named: Foresight, layer: Int, rows: Int) -> Foresight {
        switch self {
        case .none: Foresight()
        case .recorded: named
        case .oracle: rows == 1 && layer > 0 ? Foresight(right: misses) : Foresight()
        }
    }
}
