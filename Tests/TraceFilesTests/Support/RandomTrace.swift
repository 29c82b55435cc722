import Residency
import TestSupport
import TraceFiles

/// Traces of random sizes and columns, from a seed.
enum RandomTrace {
    static func make(_ generator: inout SeededGenerator, rows: ClosedRange<Int>) -> RoutingTrace {
        let layers = Int.random(in: 1...4, using: &generator)
        let experts = [1, 3, 8, 60, 257].randomElement(using: &generator) ?? 8
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: layers, expertCount: experts),
            expertsPerToken: Int.random(in: 1...min(experts, 8), using: &generator),
            expertBytes: (0..<layers).map { _ in Int.random(in: 0...1 << 40, using: &generator) },
            layerNumbers: (0..<layers).map { 3 + 2 * $0 })
        let columns = TraceColumns(
            hasWeights: Bool.random(using: &generator), hasResidency: Bool.random(using: &generator),
            hasBytesRead: Bool.random(using: &generator),
            candidates: (0..<Int.random(in: 0...2, using: &generator)).map { index in
                TraceCandidates(
                    predictor: "predictor \(index)", distance: min(index + 1, layers),
                    count: Int.random(in: 1...min(experts, 5), using: &generator))
            })
        var trace = RoutingTrace(shape: shape, columns: columns)
        var step: UInt32 = 0
        for row in 0..<Int.random(in: rows, using: &generator) {
            if Bool.random(using: &generator) { step += UInt32.random(in: 0...3, using: &generator) }
            let isKnown = Bool.random(using: &generator)
            trace.appendBlank(
                TraceRow(
                    sequence: UInt32.random(in: 0...3, using: &generator),
                    position: UInt32.random(in: 0 ... .max, using: &generator), step: step,
                    token: isKnown ? UInt32.random(in: 0..<(.max), using: &generator) : nil,
                    phase: Bool.random(using: &generator) ? .prefill : .decode))
            fill(&trace, row: row, &generator)
        }
        return trace
    }

    private static func fill(_ trace: inout RoutingTrace, row: Int, _ generator: inout SeededGenerator) {
        let experts = trace.shape.numbering.expertCount
        for layer in 0..<trace.shape.numbering.layerCount {
            // A token may choose fewer.
            for rank in 0..<Int.random(in: 0...trace.shape.expertsPerToken, using: &generator) {
                trace.setChoice(
                    row: row, layer: layer, rank: rank,
                    expert: Int.random(in: 0..<experts, using: &generator),
                    weight: Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator)))
                if trace.columns.hasResidency {
                    let residency = ChoiceResidency.allCases.randomElement(using: &generator) ?? .hit
                    trace.setResidency(row: row, layer: layer, rank: rank, to: residency)
                }
            }
            if trace.columns.hasBytesRead {
                trace.setBytesRead(row: row, layer: layer, to: Int.random(in: 0...Int.max, using: &generator))
            }
            for (index, column) in trace.columns.candidates.enumerated() {
                for rank in 0..<Int.random(in: 0...column.count, using: &generator) {
                    trace.setCandidate(
                        column: index, row: row, layer: layer, rank: rank,
                        expert: Int.random(in: 0..<experts, using: &generator))
                }
            }
        }
    }

    /// A small trace with every column, always the same.
    static func small() -> RoutingTrace {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 8), expertsPerToken: 2,
            expertBytes: [1000, 2000], layerNumbers: [1, 2])
        var trace = RoutingTrace(
            shape: shape,
            columns: TraceColumns(
                hasWeights: true, hasResidency: true, hasBytesRead: true,
                candidates: [TraceCandidates(predictor: "stale-router", distance: 1, count: 2)]))
        for row in 0..<12 {
            trace.appendBlank(
                TraceRow(
                    sequence: 0, position: UInt32(row), step: UInt32(row), token: UInt32(row * 7),
                    phase: row < 4 ? .prefill : .decode))
            for layer in 0..<2 {
                for rank in 0..<2 {
                    trace.setChoice(
                        row: row, layer: layer, rank: rank, expert: (row + 3 * layer + rank) % 8,
                        weight: Float(rank + 1) / 3)
                    trace.setResidency(
                        row: row, layer: layer, rank: rank, to: row % 3 == 0 ? .miss : .hit)
                    trace.setCandidate(
                        column: 0, row: row, layer: layer, rank: rank, expert: (row + rank) % 8)
                }
                trace.setBytesRead(row: row, layer: layer, to: 1000 * row)
            }
        }
        return trace
    }

    static func header(_ trace: RoutingTrace, notes: [TraceNote] = []) -> TraceHeader {
        TraceHeader(modelName: "tiny.gguf", shape: trace.shape, columns: trace.columns, notes: notes)
    }
}
