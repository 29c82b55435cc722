import Residency
import TestSupport

/// Traces of small models, drawn from a seed.
enum RandomTrace {
    /// Two texts; choices are skewed towards a few experts.
    ///
    /// - Parameter rows: the rows of a step.
    static func make(
        _ shape: TraceShape, tokens: Int, rows: ClosedRange<Int>, using generator: inout SeededGenerator
    ) -> Residency.RoutingTrace {
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        var step: UInt32 = 0
        for sequence in 0..<UInt32(2) {
            var position = 0
            while position < tokens {
                let count = Int.random(in: rows, using: &generator)
                for _ in 0..<count {
                    let row = TraceRow(
                        sequence: sequence, position: UInt32(position), step: step, token: nil,
                        phase: count > 1 ? .prefill : .decode)
                    trace.append(row, experts: choices(shape, using: &generator))
                    position += 1
                }
                step += 1
            }
        }
        return trace
    }

    /// The same choices with a predictor's candidates, drawn like choices; of some layers it has none.
    static func withCandidates(
        _ trace: Residency.RoutingTrace, using generator: inout SeededGenerator
    ) -> Residency.RoutingTrace {
        let shape = trace.shape
        let columns = TraceColumns(candidates: [
            TraceCandidates(predictor: "drawn", distance: 1, count: shape.expertsPerToken)
        ])
        var named = Residency.RoutingTrace(shape: shape, columns: columns)
        for (index, row) in trace.rows.enumerated() {
            let layers = 0..<shape.numbering.layerCount
            let ranks = 0..<shape.expertsPerToken
            named.append(
                row,
                experts: layers.flatMap { layer in
                    ranks.map { UInt16(trace.expert(row: index, layer: layer, rank: $0) ?? 0) }
                })
            let candidates = choices(shape, using: &generator)
            for layer in layers.dropFirst() where Int.random(in: 0..<4, using: &generator) > 0 {
                for rank in ranks {
                    named.setCandidate(
                        column: 0, row: index, layer: layer, rank: rank,
                        expert: Int(candidates[layer * ranks.count + rank]))
                }
            }
        }
        return named
    }

    /// What a token chooses: of every layer, half of the time one of the first third of its experts.
    private static func choices(_ shape: TraceShape, using generator: inout SeededGenerator) -> [UInt16] {
        let experts = shape.numbering.expertCount
        return (0..<shape.numbering.layerCount).flatMap { _ in
            var chosen: [UInt16] = []
            while chosen.count < shape.expertsPerToken {
                let range =
                    Bool.random(using: &generator) || chosen.count >= (experts + 2) / 3
                    ? experts : (experts + 2) / 3
                let expert = UInt16(Int.random(in: 0..<range, using: &generator))
                if !chosen.contains(expert) { chosen.append(expert) }
            }
            return chosen
        }
    }

    /// Sizes of up to four layers of up to twenty experts.
    static func shape(using generator: inout SeededGenerator) -> TraceShape {
        let experts = Int.random(in: 4...20, using: &generator)
        return TraceShape(
            numbering: ExpertNumbering(
                layerCount: Int.random(in: 1...4, using: &generator), expertCount: experts),
            expertsPerToken: Int.random(in: 1...4, using: &generator))
    }
}

extension ReplayColumn {
    /// One pool of so many slots.
    static func global(_ slots: Int, _ numbering: ExpertNumbering) -> ReplayColumn {
        ReplayColumn(
            allocation: .global, budgetBytes: slots,
            shape: CacheShape(numbering: numbering, pools: .global(slots: slots)))
    }

    /// So many slots of every layer.
    static func uniform(_ slots: Int, _ numbering: ExpertNumbering) -> ReplayColumn {
        let shares = Array(repeating: slots, count: numbering.layerCount)
        return ReplayColumn(
            allocation: .uniform, budgetBytes: slots,
            shape: CacheShape(numbering: numbering, pools: .perLayer(shares)))
    }

    /// Every number of slots with which a model of `shape` runs, in pools of both kinds.
    static func all(_ shape: TraceShape) -> [ReplayColumn] {
        let numbering = shape.numbering
        let most = numbering.layerCount * numbering.expertCount
        return (shape.expertsPerToken...most).map { .global($0, numbering) }
            + (1...numbering.expertCount).map { .uniform($0, numbering) }
    }
}

extension ReplayPolicy {
    /// What every one of `columns` counts, in their order.
    func replay(_ events: ReplayEvents, _ columns: [ReplayColumn]) -> [ReplayOutcome<SilentObserver>] {
        var found: [ReplayColumn: ReplayOutcome<SilentObserver>] = [:]
        for job in ReplayJob.all(self, columns, events) {
            let outcomes = job.run(
                events, [.oracle], observer: { _, _ in SilentObserver() }, goOn: { _ in true })
            for outcome in outcomes ?? [] { found[outcome.column] = outcome }
        }
        return columns.compactMap { found[$0] }
    }
}
