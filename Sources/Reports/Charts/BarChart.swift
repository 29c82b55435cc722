/// A bar for each of some names, as in a histogram.
struct BarChart {
    /// One bar.
    struct Bar {
        let name: String
        let value: Double
        let tip: String
        /// Set apart, as what belongs to no bucket.
        var isApart = false
    }

    let title: String
    let description: String
    let xTitle: String
    let y: Axis
    let bars: [Bar]
    let colourClass: String

    func height(width: Double) -> Double { 22 + LineChart.plotHeight(width) + PlotFrame.footHeight }

    func draw(width: Double, top: Double, into markup: inout Markup) {
        let frame = PlotFrame(
            x: Axis(xTitle, 0...Double(max(bars.count, 1))), y: y, width: width, top: top,
            plotHeight: LineChart.plotHeight(width))
        frame.draw(into: &markup, showsX: false)
        let step = (frame.right - frame.left) / Double(max(bars.count, 1))
        markup.group(colourClass) { group in
            for (index, bar) in bars.enumerated() {
                let level = frame.level(bar.value)
                group.element(
                    "rect",
                    [
                        "x": NumberText.coordinate(frame.left + (Double(index) + 0.1) * step),
                        "y": NumberText.coordinate(level), "width": NumberText.coordinate(step * 0.8),
                        "height": NumberText.coordinate(frame.bottom - level), "fill": "currentColor",
                        "fill-opacity": bar.isApart ? "0.45" : "1",
                    ]
                ) { $0.element("title", text: bar.tip) }
            }
        }
        names(frame, step: step, into: &markup)
    }

    /// As many names as have room.
    private func names(_ frame: PlotFrame, step: Double, into markup: inout Markup) {
        let widest = (bars.map { Drawing.textWidth($0.name) }.max() ?? 0) + 8
        let every = max(Int((widest / max(step, 1)).rounded(.up)), 1)
        for (index, bar) in bars.enumerated() where index % every == 0 {
            let middle = frame.left + (Double(index) + 0.5) * step
            markup.label(bar.name, middle, frame.bottom + 17, anchor: "middle")
        }
    }
}
