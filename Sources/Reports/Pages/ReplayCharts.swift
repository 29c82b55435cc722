import Residency

/// What is drawn of a replay.
struct ReplayCharts {
    typealias Row = ReplayReportInput.Row

    let input: ReplayReportInput
    /// The policies in the order in which they first appear.
    let policies: [String]
    let allocations: [String]
    let predictors: [String]

    init(_ input: ReplayReportInput) {
        self.input = input
        policies = Self.distinct(input.rows.map(\.policy))
        allocations = Self.distinct(input.rows.map(\.allocation))
        predictors = Self.distinct(input.rows.map(\.predictor))
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private var budgetAxis: Axis {
        Axis(
            "budget, share of all experts", 0...max(input.rows.map(\.budgetShare).max() ?? 1, 0.05),
            unit: .percent)
    }

    private func budget(_ row: Row) -> String {
        let share = NumberText.percent(row.budgetShare)
        return row.budgetBytes.map { "\(share) (\(NumberText.bytes(Double($0))))" } ?? share
    }

    /// Lines of some rows by policy; bounds last, above the others.
    private func series(
        _ rows: [Row], _ point: (Row) -> LineChart.Point?
    ) -> [LineChart.Series] {
        let isBound = { (name: String) in name.hasPrefix("belady") }
        return (policies.filter { !isBound($0) } + policies.filter(isBound)).compactMap { policy in
            let points = rows.filter { $0.policy == policy }.sorted { $0.budgetShare < $1.budgetShare }
                .compactMap(point)
            guard !points.isEmpty else { return nil }
            // Where all lines say the same, the title does.
            let own = note(rows.filter { $0.policy == policy })
            return LineChart.Series(
                name: own == note(rows) ? policy : policy + own, style: .policy(policy, amongst: policies),
                points: points)
        }
    }

    /// What all of `rows` are fitted on; empty where nothing or they differ.
    private func note(_ rows: [Row]) -> String {
        let fits = Set(rows.map(\.fit))
        return fits == [.inSample] ? " (in-sample)" : fits == [.heldOut] ? " (held out)" : ""
    }

    // MARK: - Hit rate

    /// One chart for each allocation. Predictors change no hit, so one of them stands for all.
    var hitRates: [LineChart] {
        allocations.map { allocation in
            let rows = input.rows.filter {
                $0.allocation == allocation && $0.predictor == predictors.first
            }
            let lines = series(rows) { row in
                LineChart.Point(
                    x: row.budgetShare, y: row.hitRate,
                    tip: "\(row.policy) at \(budget(row)): \(NumberText.percent(row.hitRate)) hits")
            }
            return LineChart(
                title: (allocations.count == 1 ? "Hit rate over budget" : "Hit rate, \(allocation)")
                    + note(rows),
                description: "Hit rate by budget for each policy. " + summary(lines),
                x: budgetAxis, y: Axis("hit rate", 0...1, unit: .percent), series: lines)
        }
    }

    private func summary(_ lines: [LineChart.Series]) -> String {
        lines.map { line in
            let ends = [line.points.first, line.points.last].compactMap { $0?.tip }
            return ends.joined(separator: ", ")
        }.joined(separator: ". ")
    }

    // MARK: - Time

    /// One chart for each allocation and predictor for which times are known.
    var times: [LineChart] {
        var charts: [LineChart] = []
        for allocation in allocations {
            for predictor in predictors {
                let rows = input.rows.filter {
                    $0.allocation == allocation && $0.predictor == predictor && $0.timePerToken != nil
                }
                guard !rows.isEmpty else { continue }
                charts.append(time(rows, allocation: allocation, predictor: predictor))
            }
        }
        return charts
    }

    private func time(_ rows: [Row], allocation: String, predictor: String) -> LineChart {
        let best = bestPolicy(rows) { ($0.timePerToken ?? .infinity) }
        let lines = series(rows) { row in
            guard let time = row.timePerToken else { return nil }
            let band = row.errorBand.flatMap { share -> ClosedRange<Double>? in
                guard row.policy == best, share >= 0, share < 1 else { return nil }
                return time / (1 + share)...time / (1 - share)
            }
            let error = row.errorBand.map { " ± \(NumberText.percent($0, 0))" } ?? ""
            let shares = row.timeShares.map { ", \($0.name) \(NumberText.percent($0.share, 0))" }.joined()
            return LineChart.Point(
                x: row.budgetShare, y: time, band: band,
                tip: "\(row.policy) at \(budget(row)): \(NumberText.plain(time)) ms per token, "
                    + "\(NumberText.plain(row.tokensPerSecond ?? 0)) tokens/s\(error)\(shares)")
        }
        let values = lines.flatMap { line in line.points.map(\.y) }
        let isWide = (values.max() ?? 1) > 20 * (values.min() ?? 1)
        var parts: [String] = []
        if allocations.count > 1 { parts.append(allocation) }
        if predictors.count > 1 { parts.append("predictor \(predictor)") }
        return LineChart(
            title: (parts.isEmpty
                ? "Time per token over budget" : "Time per token, " + parts.joined(separator: ", "))
                + note(rows),
            description: "Predicted time per decoded token by budget for each policy. " + summary(lines),
            x: budgetAxis,
            y: .covering("ms per token", values, spacing: isWide ? .logarithmic : .even), series: lines)
    }

    /// The policy that can be run whose rows have the smallest sum of `cost`.
    func bestPolicy(_ rows: [Row], _ cost: (Row) -> Double) -> String? {
        policies.filter { !$0.hasPrefix("belady") }.compactMap { policy -> (String, Double)? in
            let own = rows.filter { $0.policy == policy && $0.fit != .inSample }
            return own.isEmpty ? nil : (policy, own.reduce(0) { $0 + cost($1) } / Double(own.count))
        }.min { $0.1 < $1.1 }?.0
    }

    // MARK: - Layers

    /// Hit rate by layer and budget, of the policy and allocation that hit most; nil without counters of
    /// layers.
    var layers: HeatMap? {
        let candidates = allocations.compactMap { allocation -> (rows: [Row], hits: Double)? in
            let rows = input.rows.filter { $0.allocation == allocation && $0.predictor == predictors.first }
            guard let best = bestPolicy(rows, { -$0.hitRate }) else { return nil }
            let own = rows.filter { $0.policy == best }.sorted { $0.budgetShare < $1.budgetShare }
            return (own, own.reduce(0) { $0 + $1.hitRate } / Double(own.count))
        }
        guard let rows = candidates.max(by: { $0.hits < $1.hits })?.rows, let first = rows.first,
            rows.allSatisfy({ $0.layers.count == input.shape.numbering.layerCount })
        else { return nil }
        let numbers = input.shape.layerNumbers
        let tips = numbers.indices.map { layer in
            "layer \(numbers[layer]): "
                + rows.map {
                    "\(NumberText.percent($0.layers[layer].hitRate, 0)) at "
                        + NumberText.percent($0.budgetShare, 0)
                }.joined(separator: ", ")
        }
        return HeatMap(
            title: "Hit rate by layer, \(first.policy) (\(first.allocation))",
            description: "Every row is a layer, every column a budget. " + tips.joined(separator: ". "),
            rowTitle: "layer", rowNames: numbers.map(String.init), rowTips: tips,
            columnTitle: "budget, share of all experts",
            columnMarks: rows.indices.map { column in
                (
                    (Double(column) + 0.5) / Double(rows.count),
                    NumberText.trimmed(NumberText.fixed(rows[column].budgetShare * 100, 1)) + "\u{202F}%"
                )
            },
            classes: numbers.indices.map { layer in
                rows.map { min(Int($0.layers[layer].hitRate * 8), HeatMap.classCount - 1) }
            },
            scaleTitle: "hit rate, at least",
            scaleNames: (0..<HeatMap.classCount).map {
                NumberText.trimmed(NumberText.fixed(Double($0) * 12.5, 1)) + "%"
            })
    }
}
