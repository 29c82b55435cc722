/// A chart on a page: drawn once for narrow and once for wide screens, of which one is shown.
struct Figure {
    let chart: any Chart
    /// What to look at, below it.
    let caption: String
    /// Whether it takes the width of the page.
    var isFull = false

    private static let narrowWidth = 340.0

    /// - Parameter id: unique on the page.
    func draw(id: String, into markup: inout Markup) {
        markup.element("figure", ["class": isFull ? "full" : ""]) { figure in
            figure.element("h3", text: chart.title)
            for (style, width) in [("narrow", Self.narrowWidth), ("wide", isFull ? 1160.0 : 560.0)] {
                figure.element("div", ["class": style]) { inner in
                    let drawing = Drawing(width: width, height: chart.height(width: width))
                    inner.add(
                        drawing.svg(id: "\(id)\(style)", title: chart.title, description: chart.description) {
                            chart.draw(width: width, top: 0, into: &$0)
                        })
                }
            }
            if !caption.isEmpty { figure.element("figcaption", text: caption) }
        }
    }
}
