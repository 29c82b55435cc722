/// Replays events on one cache, asking as an engine asks.
struct CacheReplay: ~Copyable {
    private let events: ReplayEvents
    private let cache: any ExpertCaching
    /// Misses that each predictor had foretold.
    private(set) var foreseen: [Int] = []
    private var requests: StepRequests
    /// Misses of the event that the trace's predictor had named.
    private var foretold = 0

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
        for step in events.steps {
            requests.beginStep(rows: step.rows, startsText: step.startsText)
            for index in observers.indices { observers[index].beginStep(context: step.context) }
            for event in step.events {
                let layer = Int(events.layers[event])
                let range = events.starts[event]..<events.starts[event + 1]
                foretold = 0
                let misses = answer(events, layer, range)
                let foretold = step.rows == 1 ? self.foretold : 0
                for index in predictors.indices {
                    let known = predictors[index].foreseen(
                        misses: misses, foretold: foretold, layer: layer, rows: step.rows)
                    foreseen[index] += known
                    observers[index].event(
                        layer: layer, rows: step.rows, requests: range.count, misses: misses,
                        foreseen: known)
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
            while let asked = requests.ask() { misses += countMisses(asked, events, range) }
            return misses
        }
        for position in 0..<range.count {
            while let asked = requests.ask() {
                misses += countMisses(asked, events, range)
                for asked in asked { requests.hold(asked) }
            }
            requests.letGo(position)
        }
        return misses
    }

    /// Misses among the positions just asked for.
    private mutating func countMisses(
        _ asked: Range<Int>, _ events: ReplayEvents, _ range: Range<Int>
    ) -> Int {
        if events.foretold.isEmpty { return requests.answer.missCount }
        for index in 0..<requests.answer.missCount {
            let expert = requests.expert(asked.lowerBound + requests.answer.miss(index).position)
            for request in range where Int(events.experts[request]) == expert && events.foretold[request] {
                foretold += 1
            }
        }
        return requests.answer.missCount
    }
}

extension ReplayEvents {
    /// Events after which a replay says how far it is: a few milliseconds.
    static var eventsBetweenCalls: Int { 1 << 14 }
}

extension ReplayPredictor {
    /// Of the misses of an event, those that were foretold.
    ///
    /// - Parameter foretold: those that the trace's own predictor had named.
    func foreseen(misses: Int, foretold: Int, layer: Int, rows: Int) -> Int {
        switch self {
        case .none: 0
        case .recorded: foretold
        case .oracle: rows == 1 && layer > 0 ? misses : 0
        }
    }
}
