import Reports
import Residency
import TestSupport

/// A trace and a replay of it that look like real ones and come from a seed.
enum SampleReport {
    static let shape = TraceShape(
        numbering: ExpertNumbering(layerCount: 12, expertCount: 32), expertsPerToken: 4,
        expertBytes: Array(repeating: 1 << 20, count: 12), layerNumbers: Array(1...12))

    /// Skewed choices of which each token keeps some of the one before, and a predictor's candidates.
    static func trace(tokens: Int = 400) -> RoutingTrace {
        var generator = SeededGenerator(seed: 21)
        var trace = RoutingTrace(
            shape: shape,
            columns: TraceColumns(
                candidates: (1...3).map {
                    TraceCandidates(predictor: "stale-router", distance: $0, count: 8)
                }))
        var last = [[Int]](repeating: [], count: 12)
        for row in 0..<tokens {
            trace.appendBlank(
                TraceRow(
                    sequence: UInt32(row / 200), position: UInt32(row % 200), step: UInt32(row), token: nil,
                    phase: row % 200 < 60 ? .prefill : .decode))
            for layer in 0..<12 {
                var chosen = last[layer].filter { _ in Int.random(in: 0..<10, using: &generator) < 4 }
                while chosen.count < 4 {
                    let uniform = Double.random(in: 0..<1, using: &generator)
                    let expert = (Int(uniform * uniform * 32) + layer * 5) % 32
                    if !chosen.contains(expert) { chosen.append(expert) }
                }
                last[layer] = chosen
                for (rank, expert) in chosen.enumerated() {
                    trace.setChoice(row: row, layer: layer, rank: rank, expert: expert, weight: 0)
                }
                for column in 0..<3 where layer > column {
                    for rank in 0..<8 {
                        let isRight = Int.random(in: 0..<10, using: &generator) < 9 - 2 * column
                        let other = Int.random(in: 0..<32, using: &generator)
                        trace.setCandidate(
                            column: column, row: row, layer: layer, rank: rank,
                            expert: rank < 4 && isRight ? chosen[rank] : other)
                    }
                }
            }
        }
        return trace
    }

    /// Rows of every policy with hit rates that grow with the budget at a pace of each policy's own.
    static func rows(
        policies: [String], allocations: [String], predictors: [String] = ["none"], budgets: Int = 10,
        hasTime: Bool = true
    ) -> [ReplayReportInput.Row] {
        var rows: [ReplayReportInput.Row] = []
        for (index, policy) in policies.enumerated() {
            for (place, allocation) in allocations.enumerated() {
                for (other, predictor) in predictors.enumerated() {
                    for budget in 1...budgets {
                        let share = Double(budget) / Double(budgets)
                        let pace = policy.hasPrefix("belady") ? 2.6 : 1.5 - 0.06 * Double(index + place)
                        let layers = (0..<12).map { layer in
                            var counters = CacheCounters()
                            counters.requests = 1600
                            var missed = 1.0
                            for _ in 0..<Int(20 * share) { missed *= 1 - 0.05 * pace }
                            let depth = 1 - 0.2 * Double(layer % 4) / 3
                            counters.hits = Int(1600 * (budget == budgets ? 1 : (1 - missed) * depth))
                            return counters
                        }
                        let misses = layers.reduce(0) { $0 + $1.misses }
                        let seconds = 0.02 + Double(misses) / 400 * 0.0016 / Double(other + 1)
                        rows.append(
                            ReplayReportInput.Row(
                                policy: policy, allocation: allocation, predictor: predictor,
                                budgetShare: share, budgetBytes: Int(share * 384) << 20,
                                slots: Int(share * 384), layers: layers, bytesRead: misses << 20,
                                tokensPerSecond: hasTime ? 1 / seconds : nil,
                                errorBand: hasTime ? 0.08 : nil,
                                fit: allocation.hasPrefix("fitted") ? .heldOut : .none))
                    }
                }
            }
        }
        return rows
    }

    static let policies = PolicyRegistry.entries.map(\.name) + ["belady", "belady-bypass"]

    /// The input of a page.
    static func input(
        traces: [String] = ["story.trace"], allocations: [String] = ["uniform"],
        predictors: [String] = ["none"]
    ) -> ReplayReportInput {
        ReplayReportInput(
            traces: traces, fitTraces: allocations.contains("fitted") ? ["code.trace"] : [],
            conditions: [("model", "sha256:0123456789abcdef"), ("machine", "laptop.toml, 3.2 GB/s")],
            shape: shape, events: 4800,
            rows: rows(policies: policies, allocations: allocations, predictors: predictors),
            statistics: [TraceStatistics(trace())])
    }
}
