/// The area of a chart with its axes: where a value lies in the drawing.
struct PlotFrame {
    let x: Axis
    let y: Axis
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    private let xTicks: [Double]
    private let yTicks: [Double]

    /// Room below the area for numbers and the title of x.
    static let footHeight = 42.0

    /// - Parameter plotHeight: of the area itself.
    init(x: Axis, y: Axis, width: Double, top: Double, plotHeight: Double) {
        self.x = x
        self.y = y
        yTicks = y.ticks(plotHeight < 250 ? 5 : 7)
        let widest = yTicks.map { Drawing.textWidth(y.unit.text($0)) }.max() ?? 0
        left = widest + 10
        right = width - 14
        // A line for the title of y.
        self.top = top + 22
        bottom = self.top + plotHeight
        xTicks = x.ticks(min(max(Int((right - left) / 54), 4), 11))
    }

    func place(_ value: Double) -> Double { left + x.position(value) * (right - left) }
    func level(_ value: Double) -> Double { bottom - y.position(value) * (bottom - top) }

    /// Lines, numbers and titles of both axes.
    ///
    /// - Parameter showsX: whether x has numbers; categories write names of their own.
    func draw(into markup: inout Markup, showsX: Bool = true) {
        for tick in yTicks {
            markup.line((left, level(tick)), (right, level(tick)), style: "grid")
            markup.label(y.unit.text(tick), left - 6, level(tick) + 4, anchor: "end")
        }
        markup.label(y.title, 0, top - 12, style: "ink")
        if showsX {
            for tick in xTicks {
                markup.line((place(tick), bottom), (place(tick), bottom + 4), style: "axis")
                let text = x.unit.text(tick)
                let half = Drawing.textWidth(text) / 2
                // The last number does not hang over the edge.
                let middle = min(place(tick), right + 12 - half)
                markup.label(text, middle, bottom + 17, anchor: "middle")
            }
        }
        markup.line((left, bottom), (right, bottom), style: "axis")
        let title = Drawing.fitted(x.title, to: right - left)
        markup.label(title, (left + right) / 2, bottom + 36, anchor: "middle", style: "ink")
    }
}
