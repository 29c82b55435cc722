import Residency

/// A replay as one page of HTML: it holds all that it shows, asks for nothing from anywhere and runs no
/// script.
public struct ReplayReportPage {
    private let input: ReplayReportInput
    private let charts: ReplayCharts

    /// A page about `input`.
    public init(_ input: ReplayReportInput) {
        self.input = input
        charts = ReplayCharts(input)
    }

    /// The file.
    public var html: String {
        let title = "Replay of " + (input.traces.isEmpty ? "no trace" : input.traces.joined(separator: ", "))
        var markup = Markup()
        markup.write("<!DOCTYPE html>\n")
        markup.element("html", ["lang": "en"]) { html in
            html.element("head") { head in
                head.element("meta", ["charset": "utf-8"])
                head.element(
                    "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.element("meta", ["name": "color-scheme", "content": "light dark"])
                head.element("title", text: title)
                head.element("style") { style in
                    style.write(Stylesheet.charts)
                    style.write(Stylesheet.page)
                }
            }
            html.element("body") { body in
                body.element("main") { main in
                    main.element("h1", text: title)
                    header(&main)
                    bestByBudget(&main)
                    replayFigures(&main)
                    traceFigures(&main)
                    ReplayTable(rows: input.rows).draw(into: &main)
                    main.element(
                        "footer",
                        text:
                            "Made by sluice replay. Points of charts and rows of heat maps tell their values "
                            + "to a pointer that rests on them.")
                }
            }
        }
        return markup.text + "\n"
    }

    // MARK: - Sections

    private func header(_ markup: inout Markup) {
        markup.element("dl") { list in
            func fact(_ name: String, _ value: String) {
                list.element("dt", text: name)
                list.element("dd", text: value)
            }
            fact("judged on", input.traces.joined(separator: ", "))
            if !input.fitTraces.isEmpty { fact("fitted on", input.fitTraces.joined(separator: ", ")) }
            fact("shape", TraceFacts.shape(input.shape))
            let tokens = input.statistics.reduce(0) { $0 + $1.counts.tokens }
            let events = NumberText.grouped(input.events) + " events"
            fact("length", tokens > 0 ? NumberText.grouped(tokens) + " tokens, " + events : events)
            for condition in input.conditions { fact(condition.name, condition.value) }
        }
        markup.element("p", ["class": "note"], text: fittingNote)
    }

    private var fittingNote: String {
        let fits = Set(input.rows.map(\.fit))
        var parts = [
            "Belady's choice knows the future: no policy hits more, and none can be it."
        ]
        if fits.contains(.inSample) {
            parts.append(
                "Rows marked in-sample were fitted on the very trace that they are judged on: they are no "
                    + "more than a bound.")
        }
        if fits.contains(.heldOut) {
            parts.append("Rows marked held out were fitted on other traces than those they are judged on.")
        }
        if fits == [.none] { parts.append("No row was fitted to a trace.") }
        return parts.joined(separator: " ")
    }

    /// The best that can be run at a few budgets, next to the bound.
    private func bestByBudget(_ markup: inout Markup) {
        let budgets = Set(input.rows.map(\.budgetShare)).sorted()
        guard budgets.count > 0, input.rows.contains(where: { !$0.isBound }) else { return }
        let few = budgets.count <= 12 ? budgets : (1...10).map { budgets[$0 * budgets.count / 10 - 1] }
        markup.element("h2", text: "Best by budget")
        BestTable(input: input, budgets: few).draw(into: &markup)
    }

    private func replayFigures(_ markup: inout Markup) {
        guard !input.rows.isEmpty else { return }
        markup.element("h2", text: "Policies over budgets")
        markup.element("div", ["class": "figures"]) { figures in
            let hits = charts.hitRates
            for (index, chart) in hits.enumerated() {
                Figure(
                    chart: chart, caption: "Experts that lay in memory when a layer asked for them.",
                    isFull: hits.count == 1
                ).draw(id: "hits\(index)", into: &figures)
            }
            let times = charts.times
            for (index, chart) in times.enumerated() {
                let hasBand = chart.series.contains { line in line.points.contains { $0.band != nil } }
                Figure(
                    chart: chart,
                    caption: "Predicted by the model of time."
                        + (hasBand ? " The band is the error of the fastest policy's." : ""),
                    isFull: times.count == 1
                ).draw(id: "time\(index)", into: &figures)
            }
            if let layers = charts.layers {
                Figure(
                    chart: layers, caption: "Where a budget helps, and where it does not yet.", isFull: true
                )
                .draw(id: "layers", into: &figures)
            }
        }
    }

    private func traceFigures(_ markup: inout Markup) {
        for (place, statistics) in input.statistics.enumerated() {
            let name = place < input.traces.count ? input.traces[place] : "trace \(place + 1)"
            markup.element("h2", text: "Routing of \(name)")
            markup.element("p", ["class": "note"], text: TraceFacts.sentence(statistics))
            markup.element("div", ["class": "figures"]) { figures in
                let charts = StatisticsCharts(statistics: statistics).all
                for (index, chart) in charts.enumerated() {
                    // The first, a map, is as wide as the page where the others fill pairs.
                    Figure(chart: chart, caption: "", isFull: index == 0 && charts.count % 2 == 1).draw(
                        id: "trace\(place)x\(index)", into: &figures)
                }
            }
        }
    }
}
