/// Lines over a common axis, with markers that tell their values.
struct LineChart {
    /// One line.
    struct Series {
        let name: String
        let style: SeriesStyle
        let points: [Point]
    }

    /// One point of a line.
    struct Point {
        let x: Double
        let y: Double
        /// From where to where the value may lie.
        var band: ClosedRange<Double>?
        /// What a pointer that rests on it is told.
        let tip: String
    }

    let title: String
    let description: String
    let x: Axis
    let y: Axis
    let series: [Series]

    /// Height of the plot itself for a width, so that charts of one width look alike.
    static func plotHeight(_ width: Double) -> Double { width < 400 ? 220 : width < 800 ? 250 : 340 }

    /// The chart with its title above, `top` units below the edge of the drawing that it is put into.
    func draw(width: Double, top: Double, into markup: inout Markup) {
        let frame = PlotFrame(x: x, y: y, width: width, top: top, plotHeight: Self.plotHeight(width))
        frame.draw(into: &markup)
        for one in series { draw(one, frame, into: &markup) }
        legend(width).draw(at: 0, frame.bottom + PlotFrame.footHeight + 6, into: &markup)
    }

    /// What ``draw(width:top:into:)`` takes.
    func height(width: Double) -> Double {
        22 + Self.plotHeight(width) + PlotFrame.footHeight + 8 + legend(width).height
    }

    private func legend(_ width: Double) -> Legend {
        Legend(series.map { ($0.name, $0.style) }, width: width)
    }

    private func draw(_ one: Series, _ frame: PlotFrame, into markup: inout Markup) {
        markup.group(one.style.colourClass) { group in
            drawBand(one, frame, into: &group)
            group.element(
                "path",
                [
                    "d": Self.path(one.points.map { (frame.place($0.x), frame.level($0.y)) }),
                    "fill": "none", "stroke": "currentColor", "stroke-linejoin": "round",
                    "stroke-width": NumberText.coordinate(one.style.lineWidth),
                    "stroke-dasharray": one.style.dashes,
                ])
            group.element("g", ["fill": "currentColor"]) { markers in
                let radius = one.points.count > 40 ? 2.0 : 3.5
                for point in one.points {
                    one.style.marker(
                        at: frame.place(point.x), frame.level(point.y), radius: radius, tip: point.tip,
                        into: &markers)
                }
            }
        }
    }

    private func drawBand(_ one: Series, _ frame: PlotFrame, into markup: inout Markup) {
        let banded = one.points.filter { $0.band != nil }
        guard banded.count > 1 else { return }
        let upper = banded.map { (frame.place($0.x), frame.level($0.band?.upperBound ?? $0.y)) }
        let lower = banded.reversed().map { (frame.place($0.x), frame.level($0.band?.lowerBound ?? $0.y)) }
        markup.element(
            "path", ["d": Self.path(upper + lower) + "Z", "fill": "currentColor", "fill-opacity": "0.15"])
    }

    private static func path(_ points: [(Double, Double)]) -> String {
        points.enumerated().map { index, point in
            (index == 0 ? "M" : "L") + NumberText.coordinate(point.0) + " "
                + NumberText.coordinate(point.1)
        }.joined()
    }
}
