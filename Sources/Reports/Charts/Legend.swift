/// The names of lines with what they look like, in rows below a chart.
struct Legend {
    private static let rowHeight = 20.0
    private static let swatchWidth = 30.0
    private static let gap = 16.0

    private struct Item {
        let name: String
        let style: SeriesStyle
        let x: Double
        let row: Int
    }

    private let items: [Item]
    let height: Double

    /// The rows that `entries` take in a chart of `width`.
    init(_ entries: [(name: String, style: SeriesStyle)], width: Double) {
        var items: [Item] = []
        var x = 0.0
        var row = 0
        for entry in entries {
            let room = width - Self.swatchWidth - 6
            let name = Drawing.fitted(entry.name, to: room)
            let length = Self.swatchWidth + 6 + Drawing.textWidth(name)
            if x > 0 && x + length > width {
                row += 1
                x = 0
            }
            items.append(Item(name: name, style: entry.style, x: x, row: row))
            x += length + Self.gap
        }
        self.items = items
        height = items.isEmpty ? 0 : Double(row + 1) * Self.rowHeight
    }

    func draw(at x: Double, _ y: Double, into markup: inout Markup) {
        for item in items {
            let left = x + item.x
            let middle = y + (Double(item.row) + 0.5) * Self.rowHeight
            markup.group(item.style.colourClass) { group in
                group.element(
                    "path",
                    [
                        "d": "M\(NumberText.coordinate(left)) \(NumberText.coordinate(middle))"
                            + "h\(NumberText.coordinate(Self.swatchWidth))",
                        "stroke": "currentColor", "stroke-dasharray": item.style.dashes,
                        "stroke-width": NumberText.coordinate(item.style.lineWidth),
                    ])
                group.element("g", ["fill": "currentColor"]) { marker in
                    item.style.marker(
                        at: left + Self.swatchWidth / 2, middle, radius: 4, tip: nil, into: &marker)
                }
            }
            markup.label(item.name, left + Self.swatchWidth + 6, middle + 4, style: "ink")
        }
    }
}
