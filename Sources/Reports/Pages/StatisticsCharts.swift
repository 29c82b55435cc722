import Residency

/// What is drawn of a trace: how skewed, how repetitive and how predictable its routing is.
struct StatisticsCharts {
    let statistics: TraceStatistics

    /// All charts for which the trace has values, in the order in which they are shown.
    var all: [any Chart] {
        guard statistics.counts.choices > 0 else { return [] }
        var charts: [any Chart] = [popularity, concentration, reuseInTokens, reuseInExperts, demand]
        if let predictability { charts.append(predictability) }
        if let recall { charts.append(recall) }
        return charts
    }

    private var layerAxis: Axis {
        let numbers = statistics.shape.layerNumbers.map(Double.init)
        return Axis("layer", (numbers.min() ?? 0)...(numbers.max() ?? 1), unit: .count)
    }

    private var layerNumbers: [Int] { statistics.shape.layerNumbers }

    // MARK: - Popularity

    /// A row for each layer, its experts by how often they were chosen.
    var popularity: HeatMap {
        let count = statistics.shape.numbering.expertCount
        let shares = statistics.popularity.map { layer in
            layer.ranked.map { Double($0) * Double(count) / Double(max(layer.total, 1)) }
        }
        let tips = zip(layerNumbers, statistics.popularity).map { number, layer in
            "layer \(number): \(layer.usedCount) of \(count) experts used; the most used quarter takes "
                + NumberText.percent(layer.choices(ofTop: 0.25))
        }
        return HeatMap(
            title: "Popularity of experts",
            description: "Every row is a layer, its experts from most to least used. "
                + tips.joined(separator: ". "),
            rowTitle: "layer", rowNames: layerNumbers.map(String.init), rowTips: tips,
            columnTitle: "experts of the layer, most used first",
            columnMarks: [0, 0.25, 0.5, 0.75, 1].map { place in
                (place, place == 0 ? "1" : NumberText.grouped(Int(place * Double(count))))
            },
            classes: shares.map { row in row.map(Self.shareClass) },
            scaleTitle: "uses, as a multiple of an even share, at least",
            scaleNames: ["0", "⅛", "¼", "½", "1", "2", "4", "8"])
    }

    /// Doublings from an eighth of an even share on.
    private static func shareClass(_ share: Double) -> Int {
        var style = 0
        var bound = 0.125
        while style < HeatMap.classCount - 1 && share >= bound {
            style += 1
            bound *= 2
        }
        return style
    }

    private var concentration: LineChart {
        let parts = [(0.5, "half"), (0.25, "quarter"), (0.125, "eighth")]
        let series = parts.enumerated().map { index, part in
            LineChart.Series(
                name: "most used \(part.1)", style: SeriesStyle(index: index),
                points: zip(layerNumbers, statistics.popularity).map { number, layer in
                    let share = layer.choices(ofTop: part.0)
                    return LineChart.Point(
                        x: Double(number), y: share,
                        tip: "layer \(number): the most used \(part.1) takes \(NumberText.percent(share))")
                })
        }
        return LineChart(
            title: "Concentration of choices",
            description: "By layer, the share of choices that the most used half, quarter and eighth of the "
                + "experts take. " + summary(series),
            x: layerAxis, y: Axis("share of choices", 0...1, unit: .percent), series: series)
    }

    // MARK: - Reuse

    private var reuseInTokens: BarChart {
        let sum = ReuseDistances.sum(statistics.reuse)
        return histogram(
            "Reuse distance in tokens", xTitle: "tokens since the expert's last use", sum.tokens,
            first: sum.firstUses, colourClass: "s0")
    }

    private var reuseInExperts: BarChart {
        let sum = ReuseDistances.sum(statistics.reuse)
        return histogram(
            "Reuse distance in experts", xTitle: "experts of the layer used since then",
            sum.expertBuckets, first: sum.firstUses, colourClass: "s2")
    }

    /// Bars of buckets that double, and one for first uses.
    private func histogram(
        _ title: String, xTitle: String, _ buckets: [Int], first: Int, colourClass: String
    ) -> BarChart {
        let total = Double(max(buckets.reduce(first, +), 1))
        var bars = buckets.enumerated().map { index, count in
            let name = Self.bucketName(index)
            let share = Double(count) / total
            return BarChart.Bar(
                name: name, value: share,
                tip: "\(name): \(NumberText.grouped(count)) choices, \(NumberText.percent(share))")
        }
        bars.append(
            BarChart.Bar(
                name: "first", value: Double(first) / total,
                tip: "first uses: \(NumberText.grouped(first))", isApart: true))
        return BarChart(
            title: title,
            description: "Share of all choices by distance. " + bars.map(\.tip).joined(separator: ". "),
            xTitle: xTitle, y: .covering("share of choices", bars.map(\.value), unit: .percent), bars: bars,
            colourClass: colourClass)
    }

    /// `1`, `2`, `3–4`, `5–8`, ...
    static func bucketName(_ index: Int) -> String {
        guard index > 1 else { return "\(index + 1)" }
        func short(_ count: Int) -> String { count >= 1024 ? "\(count >> 10)k" : "\(count)" }
        return "≤" + short(1 << index)
    }

    private var demand: LineChart {
        let shape = statistics.shape.numbering
        let all = Double(shape.layerCount * shape.expertCount)
        func series(_ name: String, _ index: Int, _ value: (WindowDemand) -> Double) -> LineChart.Series {
            LineChart.Series(
                name: name, style: SeriesStyle(index: index),
                points: statistics.demand.map { window in
                    let experts = value(window)
                    return LineChart.Point(
                        x: Double(window.windowTokens), y: experts / all,
                        tip: "\(window.windowTokens) tokens: \(NumberText.plain(experts)) experts, "
                            + NumberText.percent(experts / all))
                })
        }
        let lines = [
            series("mean window", 0) { $0.meanExperts },
            series("widest window", 1) { Double($0.mostExperts) },
        ]
        return LineChart(
            title: "Working set",
            description: "Share of all experts that a run of tokens uses. " + summary(lines),
            x: .covering(
                "tokens of the window", statistics.demand.map { Double($0.windowTokens) },
                spacing: .logarithmic, unit: .count),
            y: Axis("share of all experts", 0...1, unit: .percent), series: lines)
    }

    /// The values of all points, as their tips have them.
    private func summary(_ series: [LineChart.Series]) -> String {
        series.map { one in "\(one.name): " + one.points.map(\.tip).joined(separator: "; ") }
            .joined(separator: ". ")
    }
}

// MARK: - What can be foretold

extension StatisticsCharts {
    /// What the token before and the layer before tell; nil for a trace of single tokens and one layer.
    private var predictability: LineChart? {
        func series(_ name: String, _ style: SeriesStyle, _ values: [Double?]) -> LineChart.Series {
            LineChart.Series(
                name: name, style: style,
                points: zip(statistics.shape.layerNumbers, values).compactMap { number, value in
                    value.map {
                        LineChart.Point(
                            x: Double(number), y: $0,
                            tip: "\(name), layer \(number): \(NumberText.percent($0))")
                    }
                })
        }
        let overlap = statistics.overlap
        let association = statistics.association
        let lines = [
            series("layer before", SeriesStyle(index: 0), association.map { $0?.recall }),
            series("popularity so far", SeriesStyle(index: 6), association.map { $0?.byPopularity }),
            series("token before", SeriesStyle(index: 1), overlap.map { $0.pairs > 0 ? $0.share : nil }),
            series(
                "token by chance", SeriesStyle(index: 7), overlap.map { $0.pairs > 0 ? $0.byChance : nil }),
        ].filter { !$0.points.isEmpty }
        guard !lines.isEmpty else { return nil }
        return LineChart(
            title: "What foretells a layer's experts",
            description: "By layer, the share of choices among as many experts as a token chooses. "
                + summary(lines),
            x: layerAxis, y: Axis("share of choices foretold", 0...1, unit: .percent), series: lines)
    }

    /// Recall of the recorded predictors over distance; nil where the trace has none.
    private var recall: LineChart? {
        let columns = statistics.recall.filter { $0.choices > 0 }
        guard let farthest = columns.map(\.candidates.distance).max() else { return nil }
        var names: [String] = []
        for column in columns where !names.contains(column.candidates.predictor) {
            names.append(column.candidates.predictor)
        }
        let perToken = statistics.shape.expertsPerToken
        let lines = names.enumerated().flatMap { index, name -> [LineChart.Series] in
            let own = columns.filter { $0.candidates.predictor == name }.sorted {
                $0.candidates.distance < $1.candidates.distance
            }
            let first = line("\(name), first \(perToken)", index, own) { $0.recall }
            guard own.contains(where: { $0.candidates.count > perToken }) else { return [first] }
            let most = own.map(\.candidates.count).max() ?? perToken
            return [first, line("\(name), all \(most)", index + 6, own) { $0.recallOfAll }]
        }
        return LineChart(
            title: "Recall over distance",
            description: "Share of choices that recorded predictors named, by the layers in between. "
                + summary(lines),
            x: Axis("layers ahead", 1...Double(max(farthest, 2)), unit: .count),
            y: Axis("recall", 0...1, unit: .percent), series: lines)
    }

    private func line(
        _ name: String, _ index: Int, _ columns: [CandidateRecall], _ value: (CandidateRecall) -> Double
    ) -> LineChart.Series {
        LineChart.Series(
            name: name, style: SeriesStyle(index: index),
            points: columns.map { column in
                let distance = column.candidates.distance
                return LineChart.Point(
                    x: Double(distance), y: value(column),
                    tip: "\(distance) ahead: \(NumberText.percent(value(column)))")
            })
    }
}
