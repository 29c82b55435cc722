/// A picture of numbers that can be drawn at several widths.
protocol Chart {
    /// What it is.
    var title: String { get }
    /// What can be read from it, for those who do not see it.
    var description: String { get }

    /// What ``draw(width:top:into:)`` takes of the drawing. Units: the drawing's.
    func height(width: Double) -> Double

    /// Draws it without its title, `top` units below the edge.
    func draw(width: Double, top: Double, into markup: inout Markup)
}

extension LineChart: Chart {}
extension BarChart: Chart {}
extension HeatMap: Chart {}
