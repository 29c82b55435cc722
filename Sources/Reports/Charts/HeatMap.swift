/// A table of shades: rows and columns of values, each in one of eight classes.
struct HeatMap {
    static let classCount = 8

    let title: String
    let description: String
    /// Above the rows' names.
    let rowTitle: String
    let rowNames: [String]
    /// What a pointer that rests on a row is told.
    let rowTips: [String]
    let columnTitle: String
    /// Places between columns, 0 at the left edge and 1 at the right one, with what stands there.
    let columnMarks: [(place: Double, text: String)]
    /// By row and column, the class of the value.
    let classes: [[Int]]
    /// What the shades mean, from the lowest class.
    let scaleTitle: String
    let scaleNames: [String]

    private static let scaleHeight = 58.0

    private func rowHeight(_ width: Double) -> Double {
        let wanted = LineChart.plotHeight(width) / Double(max(classes.count, 1))
        return min(max(wanted, 5), 24)
    }

    private func plotHeight(_ width: Double) -> Double { rowHeight(width) * Double(classes.count) }

    func height(width: Double) -> Double {
        22 + plotHeight(width) + PlotFrame.footHeight + Self.scaleHeight
    }

    func draw(width: Double, top: Double, into markup: inout Markup) {
        let left = (rowNames.map { Drawing.textWidth($0) }.max() ?? 0) + 10
        let right = width - 14
        let start = top + 22
        let rowHeight = rowHeight(width)
        let bottom = start + plotHeight(width)
        markup.label(rowTitle, 0, start - 10, style: "ink")
        for style in 0..<Self.classCount {
            let path = path(of: style, left: left, width: right - left, top: start, rowHeight: rowHeight)
            if !path.isEmpty {
                markup.element("path", ["class": "h\(style)", "d": path, "shape-rendering": "crispEdges"])
            }
        }
        let every = max(Int((15 / rowHeight).rounded(.up)), 1)
        for (row, name) in rowNames.enumerated() {
            let y = start + Double(row) * rowHeight
            if row % every == 0 { markup.label(name, left - 6, y + rowHeight / 2 + 4, anchor: "end") }
            markup.element(
                "rect",
                [
                    "x": NumberText.coordinate(left), "y": NumberText.coordinate(y),
                    "width": NumberText.coordinate(right - left),
                    "height": NumberText.coordinate(rowHeight), "fill-opacity": "0",
                ]
            ) { $0.element("title", text: rowTips[row]) }
        }
        marks(left, right, bottom, into: &markup)
        markup.label(columnTitle, (left + right) / 2, bottom + 36, anchor: "middle", style: "ink")
        scale(left, right, bottom + PlotFrame.footHeight + 8, into: &markup)
    }

    private func marks(_ left: Double, _ right: Double, _ y: Double, into markup: inout Markup) {
        var end = -Double.infinity
        for mark in columnMarks {
            let half = Drawing.textWidth(mark.text) / 2
            let middle = min(left + mark.place * (right - left), right + 12 - half)
            guard middle - half > end + 8 else { continue }
            end = middle + half
            markup.label(mark.text, middle, y + 17, anchor: "middle")
        }
    }

    /// One outline around all cells of a class: neighbours in a row are one rectangle.
    private func path(
        of style: Int, left: Double, width: Double, top: Double, rowHeight: Double
    ) -> String {
        var path = ""
        for (row, line) in classes.enumerated() {
            var column = 0
            while column < line.count {
                guard line[column] == style else {
                    column += 1
                    continue
                }
                let first = column
                while column < line.count && line[column] == style { column += 1 }
                let from = left + width * Double(first) / Double(line.count)
                let to = left + width * Double(column) / Double(line.count)
                let y = top + Double(row) * rowHeight
                path +=
                    "M\(NumberText.coordinate(from)) \(NumberText.coordinate(y))"
                    + "H\(NumberText.coordinate(to))v\(NumberText.coordinate(rowHeight))"
                    + "H\(NumberText.coordinate(from))z"
            }
        }
        return path
    }

    private func scale(_ left: Double, _ right: Double, _ y: Double, into markup: inout Markup) {
        markup.label(scaleTitle, left, y + 6, style: "ink")
        let step = (right - left) / Double(Self.classCount)
        for style in 0..<Self.classCount {
            let x = left + Double(style) * step
            markup.element(
                "rect",
                [
                    "class": "h\(style)", "x": NumberText.coordinate(x), "y": NumberText.coordinate(y + 14),
                    "width": NumberText.coordinate(step), "height": "10",
                ])
            markup.label(scaleNames[style], x + step / 2, y + 38, anchor: "middle")
        }
    }
}
