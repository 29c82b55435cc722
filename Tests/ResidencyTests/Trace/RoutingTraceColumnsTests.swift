import Residency
import Testing

@Suite("Columns of a routing trace")
struct RoutingTraceColumnsTests {
    private static let shape = TraceShape(
        numbering: ExpertNumbering(layerCount: 2, expertCount: 4), expertsPerToken: 2)
    private static let columns = TraceColumns(
        hasWeights: true, hasResidency: true, hasBytesRead: true,
        candidates: [TraceCandidates(predictor: "p", distance: 1, count: 3)])

    private static func row(_ step: UInt32) -> TraceRow {
        TraceRow(sequence: 0, position: step, step: step, token: nil, phase: .decode)
    }

    private static func filled() -> Residency.RoutingTrace {
        var trace = Residency.RoutingTrace(shape: shape, columns: columns)
        trace.appendBlank(row(0))
        trace.appendBlank(row(1))
        trace.setChoice(row: 1, layer: 1, rank: 0, expert: 3, weight: 0.5)
        trace.setResidency(row: 1, layer: 1, rank: 0, to: .foreseen)
        trace.setBytesRead(row: 1, layer: 0, to: 77)
        trace.setCandidate(column: 0, row: 1, layer: 1, rank: 2, expert: 2)
        return trace
    }

    @Test("what was set is found where it was set, and nothing else is")
    func setting() {
        let trace = Self.filled()
        for row in 0..<2 {
            for layer in 0..<2 {
                for rank in 0..<2 {
                    let isSet = row == 1 && layer == 1 && rank == 0
                    #expect(trace.expert(row: row, layer: layer, rank: rank) == (isSet ? 3 : nil))
                    #expect(trace.weight(row: row, layer: layer, rank: rank) == (isSet ? 0.5 : 0))
                    #expect(
                        trace.residency(row: row, layer: layer, rank: rank) == (isSet ? .foreseen : .unknown))
                }
                #expect(trace.bytesRead(row: row, layer: layer) == (row == 1 && layer == 0 ? 77 : 0))
                for rank in 0..<3 {
                    let isSet = row == 1 && layer == 1 && rank == 2
                    #expect(
                        trace.candidate(column: 0, row: row, layer: layer, rank: rank) == (isSet ? 2 : nil))
                }
            }
        }
    }

    @Test("rows of another trace follow with all their columns, and forgotten rows leave nothing")
    func appending() {
        var trace = Self.filled()
        var other = Residency.RoutingTrace(shape: Self.shape, columns: Self.columns)
        other.appendBlank(Self.row(2))
        other.setCandidate(column: 0, row: 0, layer: 0, rank: 0, expert: 1)
        trace.append(contentsOf: other)
        #expect(trace.rows.map(\.step) == [0, 1, 2])
        #expect(trace.candidate(column: 0, row: 2, layer: 0, rank: 0) == 1)
        #expect(trace.expert(row: 1, layer: 1, rank: 0) == 3)
        trace.removeAll()
        #expect(trace == Residency.RoutingTrace(shape: Self.shape, columns: Self.columns))
    }

    @Test("a trace without a column says that nothing is known")
    func missing() {
        var trace = Residency.RoutingTrace(shape: Self.shape, hasWeights: false)
        trace.append(Self.row(0), experts: [0, 1, 2, Residency.RoutingTrace.noExpert])
        #expect(
            trace.expert(row: 0, layer: 1, rank: 0) == 2 && trace.expert(row: 0, layer: 1, rank: 1) == nil)
        #expect(trace.residency(row: 0, layer: 0, rank: 0) == .unknown)
        #expect(trace.weight(row: 0, layer: 0, rank: 0) == nil && trace.bytesRead(row: 0, layer: 0) == nil)
    }
}
