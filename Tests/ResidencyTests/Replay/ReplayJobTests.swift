import Residency
import TestSupport
import Testing

@Suite("Replay jobs")
struct ReplayJobTests {
    private static func events(_ seed: UInt64) -> ReplayEvents {
        var generator = SeededGenerator(seed: seed)
        let shape = RandomTrace.shape(using: &generator)
        return ReplayEvents([
            RandomTrace.make(shape, tokens: 40, rows: seed % 2 == 0 ? 1...1 : 1...3, using: &generator)
        ])
    }

    @Test(
        "one pass counts what a cache of every size counts by itself", arguments: ["lru", "lfu", "lfu:2"],
        UInt64(0)..<60)
    func passEqualsCaches(name: String, seed: UInt64) throws {
        let events = Self.events(seed)
        let choice = try PolicyRegistry.parse(name)
        let columns = ReplayColumn.all(events.shape)
        let outcomes = ReplayPolicy.online(choice).replay(events, columns)
        #expect(outcomes.count == columns.count)
        for outcome in outcomes {
            let alone = ReplayJob.alone(choice, outcome.column).run(
                events, [.oracle], observer: { _, _ in SilentObserver() }, goOn: { _ in true })
            let expected = try #require(alone?.first)
            #expect(outcome.layers.map(\.hits) == expected.layers.map(\.hits), "\(outcome.column.shape)")
            #expect(outcome.counters == expected.counters, "\(outcome.column.shape)")
            #expect(outcome.foreseen == expected.foreseen, "\(outcome.column.shape)")
        }
    }

    @Test("misses of experts that are as large as a file can claim overflow nothing")
    func largeExperts() throws {
        let shape = CacheShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 4), pools: .global(slots: 4))
        var counters = CacheCounters()
        counters.requests = 1 << 24
        let bytes = { (expertBytes: [Int]) in
            ReplayResult(
                policy: .online(try PolicyRegistry.parse("lru")),
                column: ReplayColumn(allocation: .global, budgetBytes: 4, shape: shape), predictor: .none,
                layers: [counters, counters], foreseen: 0, expertBytes: expertBytes, budgetShare: 0.5,
                fit: .none
            ).bytesRead
        }
        #expect(try bytes([1 << 40, 1]) == .max)
        #expect(try bytes([1 << 38, 1 << 38]) == .max)
        #expect(try bytes([2, 3]) == 5 << 24)
    }

    @Test("sizes at which every event fits are one pass, the others caches of their own")
    func jobs() throws {
        let events = Self.events(3)
        let largest = events.largestEvents
        let columns = ReplayColumn.all(events.shape)
        let fitting = columns.filter { column in
            switch column.shape.pools {
            case .global(let slots): slots >= largest.max() ?? 0
            case .perLayer(let slots): zip(slots, largest).allSatisfy { $0 >= $1 }
            }
        }
        #expect(fitting.count < columns.count && !fitting.isEmpty)
        let jobs = ReplayJob.all(.online(try PolicyRegistry.parse("lru")), columns, events)
        #expect(jobs.count == 2 + columns.count - fitting.count)
        #expect(
            ReplayJob.all(.online(try PolicyRegistry.parse("arc")), columns, events).count == columns.count)
    }

    @Test("Belady's pass misses as a scan over sets does, at every size", arguments: UInt64(0)..<30)
    func belady(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let trace = RandomTrace.make(
            RandomTrace.shape(using: &generator), tokens: 30, rows: 1...1, using: &generator)
        let events = ReplayEvents([trace])
        let plain = RoutingTrace(trace)
        let columns = ReplayColumn.all(events.shape).filter {
            $0.allocation == .global || $0.budgetBytes >= events.shape.expertsPerToken
        }
        for outcome in ReplayPolicy.belady.replay(events, columns) {
            #expect(outcome.counters.misses == Belady.misses(plain, outcome.column.shape))
        }
    }

    @Test(
        "nobody misses less than Belady, and Belady not less than who may pass slots by",
        arguments: UInt64(0)..<30)
    func bounds(seed: UInt64) {
        let events = Self.events(seed)
        let columns = ReplayColumn.all(events.shape)
        let bound = ReplayPolicy.belady.replay(events, columns).map(\.counters.misses)
        let bypass = ReplayPolicy.beladyBypass.replay(events, columns).map(\.counters.misses)
        #expect(zip(bypass, bound).allSatisfy { $0 <= $1 })
        for entry in PolicyRegistry.entries {
            let misses = ReplayPolicy.online(entry.choice).replay(events, columns).map(\.counters.misses)
            #expect(zip(bound, misses).allSatisfy { $0 <= $1 }, "\(entry)")
        }
    }

    @Test("who may pass slots by misses as little as the best of all choices", arguments: UInt64(0)..<100)
    func bypassIsOptimal(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 1, expertCount: 5), expertsPerToken: 2)
        let trace = RandomTrace.make(shape, tokens: 6, rows: 1...1, using: &generator)
        let events = ReplayEvents([trace])
        for slots in 2...4 {
            let found = ReplayPolicy.beladyBypass.replay(events, [.global(slots, shape.numbering)])
            #expect(found.map(\.counters.misses) == [Self.fewestMisses(RoutingTrace(trace), slots: slots)])
        }
    }

    /// The least number of misses over all choices of what stays behind each event.
    private static func fewestMisses(_ trace: RoutingTrace, slots: Int) -> Int {
        var states: [Set<UInt16>: Int] = [[]: 0]
        for event in trace.events {
            var reached: [Set<UInt16>: Int] = [:]
            for (state, misses) in states {
                let missing = Set(event.experts).subtracting(state).count
                for next in subsets(state.union(event.experts), size: slots) {
                    reached[next] = min(reached[next] ?? .max, misses + missing)
                }
            }
            states = reached
        }
        return states.values.min() ?? 0
    }

    private static func subsets(_ all: Set<UInt16>, size: Int) -> [Set<UInt16>] {
        if all.count <= size { return [all] }
        return all.flatMap { subsets(all.subtracting([$0]), size: size) }
    }

    @Test("a replay that is stopped has no outcome, and is asked often")
    func stops() throws {
        let events = Self.events(1)
        for name in ["lru", "arc", "belady"] {
            let policy = try ReplayPolicy.parse(name)
            let columns = [ReplayColumn.global(8, events.shape.numbering)]
            var answered = 0
            for job in ReplayJob.all(policy, columns, events) {
                let stopped = job.run(
                    events, [.none], observer: { _, _ in SilentObserver() },
                    goOn: { events in
                        answered += events
                        return false
                    })
                #expect(stopped == nil)
            }
            #expect(answered == events.count)
        }
    }

    @Test("an observer hears of every event and step, the same from a pass and from a cache")
    func observer() throws {
        let events = Self.events(5)
        let column = ReplayColumn.global(events.largestEvents.max() ?? 0, events.shape.numbering)
        let choice = try PolicyRegistry.parse("lru")
        let jobs = ReplayJob.all(.online(choice), [column], events) + [.alone(choice, column)]
        let heard = jobs.compactMap { job in
            job.run(events, [.none, .oracle], observer: { _, _ in Listener() }, goOn: { _ in true })?.first
        }
        try #require(heard.count == 2)
        #expect(heard[0].observers == heard[1].observers)
        for (index, listener) in heard[0].observers.enumerated() {
            #expect(listener.requests == heard[0].counters.requests)
            #expect(listener.misses == heard[0].counters.misses)
            #expect(listener.foreseen == heard[0].foreseen[index])
            #expect(listener.rows == events.rowCount)
            #expect(listener.contexts == events.steps.map(\.context))
        }
        #expect(heard[0].foreseen[0] == 0 && heard[0].foreseen[1] > 0)
    }

    @Test(
        "a pass hears of the same guesses as a cache, and both of those alone that are in no slot",
        arguments: ["lru", "lfu"], UInt64(0)..<20)
    func guesses(name: String, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let shape = RandomTrace.shape(using: &generator)
        let drawn = RandomTrace.make(shape, tokens: 30, rows: 1...1, using: &generator)
        let events = ReplayEvents([RandomTrace.withCandidates(drawn, using: &generator)])
        let choice = try PolicyRegistry.parse(name)
        let all = shape.numbering.layerCount * shape.numbering.expertCount
        let columns = ReplayColumn.all(shape) + [.global(all, shape.numbering)]
        for job in ReplayJob.all(.online(choice), columns, events) {
            let outcomes = try #require(
                job.run(events, [.recorded], observer: { _, _ in Listener() }, goOn: { _ in true }))
            for outcome in outcomes {
                let alone = ReplayJob.alone(choice, outcome.column).run(
                    events, [.recorded], observer: { _, _ in Listener() }, goOn: { _ in true })
                #expect(outcome.observers == alone?.first?.observers, "\(outcome.column.shape)")
                if outcome.column.shape.slotCount == all, outcome.column.shape.isGlobal {
                    #expect(outcome.observers.first?.guesses == Self.firstUses(events))
                }
            }
        }
    }

    /// Of each event whom the trace's predictor named and nobody had asked for before.
    private static func firstUses(_ events: ReplayEvents) -> [Foresight] {
        var asked: Set<ExpertID> = []
        return (0..<events.count).map { event in
            let layer = Int(events.layers[event])
            let experts = events.experts[events.starts[event]..<events.starts[event + 1]]
            var foresight = Foresight()
            for expert in events.candidates(of: event)
            where !asked.contains(ExpertID(layer: layer, index: Int(expert))) {
                foresight.append(isRight: experts.contains(expert))
            }
            asked.formUnion(experts.map { ExpertID(layer: layer, index: Int($0)) })
            return foresight
        }
    }

    private struct Listener: ReplayObserver, Equatable {
        var (requests, misses, foreseen, rows) = (0, 0, 0, 0)
        var guesses: [Foresight] = []
        var events: [Int] = []
        var contexts: [Int] = []

        mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foresight: Foresight) {
            self.requests += requests
            self.misses += misses
            foreseen += foresight.rightCount
            guesses.append(foresight)
            events.append(layer)
        }

        mutating func beginStep(context: Int) { contexts.append(context) }
        mutating func endStep(rows: Int, phase: TraceRow.Phase) { self.rows += rows }
    }
}

extension RoutingTrace {
    /// The events of a trace with one row to a step.
    init(_ trace: Residency.RoutingTrace) {
        self.init(numbering: trace.shape.numbering)
        for row in trace.rows.indices {
            for layer in 0..<trace.shape.numbering.layerCount {
                let experts = (0..<trace.shape.expertsPerToken).compactMap {
                    trace.expert(row: row, layer: layer, rank: $0)
                }
                events.append(Event(tick: row, layer: layer, experts: experts.map { UInt16($0) }))
            }
        }
    }
}
