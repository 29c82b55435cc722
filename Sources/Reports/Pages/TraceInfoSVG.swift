public import Residency

/// What a trace says of a model's routing, as one picture.
public enum TraceInfoSVG {
    private static let columnWidth = 560.0
    private static let margin = 24.0
    private static let gap = 40.0

    /// The picture: a whole SVG file that names no other.
    ///
    /// - Parameters:
    ///   - name: the trace's, any text.
    ///   - fingerprint: the model's; nil where the trace does not say.
    public static func text(_ statistics: TraceStatistics, name: String, fingerprint: String?) -> String {
        let charts = StatisticsCharts(statistics: statistics).all
        // Two columns, each chart below the shorter one.
        var ends = [88.0, 88]
        var places: [(x: Double, y: Double)] = []
        for chart in charts {
            let column = ends[0] <= ends[1] ? 0 : 1
            places.append((margin + Double(column) * (columnWidth + gap), ends[column]))
            ends[column] += 26 + chart.height(width: columnWidth) + gap
        }
        let width = 2 * margin + 2 * columnWidth + gap
        let drawing = Drawing(width: width, height: max(ends[0], ends[1], 120))
        let facts = TraceFacts.sentence(statistics)
        let svg = drawing.svg(
            id: "trace", title: "Routing of \(name)",
            description: ([facts] + charts.map { "\($0.title). \($0.description)" }).joined(separator: " "),
            standalone: true
        ) { markup in
            markup.element("style") { $0.write(Stylesheet.charts) }
            markup.element("rect", ["width": "100%", "height": "100%", "fill": "var(--paper)"])
            markup.label(
                Drawing.fitted(name, to: width - 2 * margin, size: 18), margin, 38, style: "big")
            let model = fingerprint.map { "; model \($0)" } ?? ""
            markup.label(Drawing.fitted(facts + model, to: width - 2 * margin), margin, 60)
            for (chart, place) in zip(charts, places) {
                let move = "\(NumberText.coordinate(place.x)) \(NumberText.coordinate(place.y))"
                markup.element("g", ["transform": "translate(\(move))"]) { group in
                    group.label(chart.title, 0, 14, style: "strong")
                    chart.draw(width: columnWidth, top: 26, into: &group)
                }
            }
        }
        return svg.text + "\n"
    }
}
