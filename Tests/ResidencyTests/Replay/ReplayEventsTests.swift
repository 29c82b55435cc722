import Residency
import Testing

@Suite("Replay events")
struct ReplayEventsTests {
    private static let shape = TraceShape(
        numbering: ExpertNumbering(layerCount: 2, expertCount: 6), expertsPerToken: 2)

    /// Rows of (sequence, position, step) with their choices.
    private static func trace(
        _ rows: [(UInt32, UInt32, UInt32, [UInt16])]
    ) -> Residency.RoutingTrace {
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        for (sequence, position, step, experts) in rows {
            trace.append(
                TraceRow(sequence: sequence, position: position, step: step, token: nil, phase: .decode),
                experts: experts)
        }
        return trace
    }

    private static func lists(_ events: ReplayEvents) -> [[UInt16]] {
        (0..<events.count).map { Array(events.experts[events.starts[$0]..<events.starts[$0 + 1]]) }
    }

    @Test("of one row the strongest is first, of several the one that most chose, then the lower index")
    func order() {
        let events = ReplayEvents([
            Self.trace([
                (0, 0, 0, [5, 1, 0, 1]), (0, 1, 0, [5, 2, 3, 2]), (0, 2, 0, [2, 5, 3, 0]),
                (0, 3, 1, [4, 3, 1, 0]),
            ])
        ])
        #expect(Self.lists(events) == [[5, 2, 1], [0, 3, 1, 2], [4, 3], [1, 0]])
        #expect(events.rowCounts == [3, 2, 1, 2, 2, 1, 1, 1, 1, 1, 1])
        #expect(events.layers == [0, 1, 0, 1])
        #expect(events.steps.map(\.rows) == [3, 1] && events.steps.map(\.startsText) == [true, false])
        #expect(events.rowCount == 4 && events.largestEvents == [3, 4])
    }

    @Test("a choice that was not made is not asked for, and one that was made twice only once")
    func fewer() {
        let none = Residency.RoutingTrace.noExpert
        let events = ReplayEvents([Self.trace([(0, 0, 0, [1, none, 3, 3])])])
        #expect(Self.lists(events) == [[1], [3]])
    }

    @Test("per access every choice is an event, row by row and layer by layer")
    func accesses() {
        let events = ReplayEvents(
            [Self.trace([(0, 0, 0, [5, 1, 0, 1]), (0, 1, 0, [5, 2, 3, 2])])], isPerAccess: true)
        #expect(Self.lists(events) == [[5], [1], [0], [1], [5], [2], [3], [2]])
        #expect(events.layers == [0, 0, 1, 1, 0, 0, 1, 1])
        #expect(events.steps.count == 1 && events.requestCount == 8)
    }

    @Test("knows whom the trace's predictor named a layer before, in steps of one token, each once")
    func candidates() {
        let columns = TraceColumns(candidates: [
            TraceCandidates(predictor: "other", distance: 2, count: 2),
            TraceCandidates(predictor: "stale-router", distance: 1, count: 2),
        ])
        var trace = Residency.RoutingTrace(shape: Self.shape, columns: columns)
        for (position, step) in [(0, 0), (1, 1), (2, 1)] as [(UInt32, UInt32)] {
            trace.append(
                TraceRow(sequence: 0, position: position, step: step, token: nil, phase: .decode),
                experts: [0, 1, 2, 3])
        }
        for row in 0..<3 {
            for (rank, expert) in [5, 2].enumerated() {
                trace.setCandidate(column: 1, row: row, layer: 1, rank: rank, expert: expert)
            }
            trace.setCandidate(column: 0, row: row, layer: 1, rank: 0, expert: 3)
        }
        trace.setCandidate(column: 1, row: 0, layer: 0, rank: 0, expert: 4)
        trace.setCandidate(column: 1, row: 0, layer: 0, rank: 1, expert: 4)
        let events = ReplayEvents([trace])
        #expect((0..<4).map { Array(events.candidates(of: $0)) } == [[4], [5, 2], [], []])
        #expect(events.asks(1, for: 2) && !events.asks(1, for: 5))
        #expect(ReplayEvents([trace], isPerAccess: true).candidateStarts.isEmpty)
        let plain = Self.trace([(0, 0, 0, [5, 1, 0, 1])])
        #expect(ReplayEvents([plain]).candidateStarts.isEmpty)
        let both = ReplayEvents([plain, trace])
        #expect((0..<6).map { Array(both.candidates(of: $0)) } == [[], [], [4], [5, 2], [], []])
    }

    @Test("texts take turns a step at a time, and the next one follows where one ends")
    func interleaving() {
        let rows: [(UInt32, UInt32, UInt32, [UInt16])] = [
            (0, 0, 0, [0, 1, 0, 1]), (0, 1, 1, [0, 2, 0, 1]), (0, 2, 2, [0, 3, 0, 1]),
            (1, 0, 3, [1, 2, 0, 1]), (2, 0, 4, [2, 3, 0, 1]), (2, 1, 5, [2, 4, 0, 1]),
        ]
        func firsts(_ events: ReplayEvents) -> [[UInt16]] {
            stride(from: 0, to: events.count, by: 2).map { Self.lists(events)[$0] }
        }
        let two = ReplayEvents([Self.trace(rows)], streams: 2)
        #expect(firsts(two) == [[0, 1], [1, 2], [0, 2], [2, 3], [0, 3], [2, 4]])
        #expect(two.steps.map(\.startsText) == [true, true, false, true, false, false])
        let three = ReplayEvents([Self.trace(rows)], streams: 3)
        #expect(firsts(three) == [[0, 1], [1, 2], [2, 3], [0, 2], [2, 4], [0, 3]])
        // The same text number in two traces means two texts.
        let both = ReplayEvents([Self.trace([rows[0]]), Self.trace([rows[0], rows[1]])], streams: 2)
        #expect(firsts(both) == [[0, 1], [0, 1], [0, 2]])
    }

    @Test("the context of a step is what its texts have in front of their tokens in it")
    func contexts() {
        let rows: [(UInt32, UInt32, UInt32, [UInt16])] = [
            (0, 0, 0, [0, 1, 0, 1]), (0, 1, 0, [0, 2, 0, 1]), (0, 2, 1, [0, 3, 0, 1]),
            (1, 5, 2, [1, 2, 0, 1]), (1, 6, 3, [1, 2, 0, 1]), (0, 3, 3, [2, 3, 0, 1]),
            (1, 7, 3, [1, 2, 0, 1]), (2, 0, 4, [2, 4, 0, 1]),
        ]
        #expect(ReplayEvents([Self.trace(rows)]).steps.map(\.context) == [0, 2, 5, 6 + 3, 0])
        // Each text its own, also where a step is cut between them.
        let two = ReplayEvents([Self.trace(rows)], streams: 2)
        #expect(two.steps.map(\.context) == [0, 5, 2, 6, 3, 7, 0])
    }

    @Test("several traces follow one another")
    func several() {
        let first = Self.trace([(0, 0, 0, [0, 1, 0, 1])])
        let events = ReplayEvents([first, Self.trace([(0, 0, 0, [2, 1, 0, 1])])])
        #expect(Self.lists(events) == [[0, 1], [0, 1], [2, 1], [0, 1]])
        #expect(events.steps.map(\.startsText) == [true, true])
    }
}
