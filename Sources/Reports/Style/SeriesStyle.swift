import Residency

/// How a line of a chart looks: a colour, a pattern and a marker, so that no line is told by colour alone.
///
/// A policy looks alike in every chart and report, since its style follows from its place in the registry.
struct SeriesStyle: Hashable {
    /// What stands at the points of a line.
    enum Marker: Int {
        case circle
        case square
        case triangle
        case diamond
        case cross
        case none
    }

    /// The class that gives the colour.
    let colourClass: String
    /// Lengths of dashes and gaps; empty for a whole line.
    let dashes: String
    let marker: Marker
    /// Units: the drawing's.
    let lineWidth: Double

    /// Colours of lines that are no bounds.
    static let colourCount = 6

    /// The style of series number `index`, from 0: all differ up to 30.
    init(index: Int) {
        colourClass = "s\(index % Self.colourCount)"
        let patterns = ["", "7 3", "2 3"]
        dashes = patterns[index / Self.colourCount % patterns.count]
        marker = Marker(rawValue: index % 5) ?? .circle
        lineWidth = 2
    }

    private init(bound dashes: String) {
        colourClass = "bound"
        self.dashes = dashes
        marker = .none
        lineWidth = 2.5
    }

    /// What no policy passes.
    static let bound = SeriesStyle(bound: "8 4")
    /// What no policy passes that may also keep an expert out of the cache.
    static let looseBound = SeriesStyle(bound: "2 4")

    /// The style of the policy that is named so, `lfu:64` as `lfu`.
    static func policy(_ name: String, amongst names: [String]) -> SeriesStyle {
        if name == "belady" { return bound }
        if name.hasPrefix("belady") { return looseBound }
        let known = PolicyRegistry.entries.map(\.name)
        let family = name.split(separator: ":").first.map(String.init) ?? name
        let relatives = names.filter { $0 == family || $0.hasPrefix(family + ":") }
        guard let place = known.firstIndex(of: family), relatives.first == name else {
            // Unknown ones, and one policy with several numbers, come after all that are known.
            return SeriesStyle(index: known.count + (names.firstIndex(of: name) ?? 0))
        }
        return SeriesStyle(index: place)
    }

    /// The marker around a point, or nothing.
    func marker(at x: Double, _ y: Double, radius: Double, tip: String?, into markup: inout Markup) {
        func place(_ value: Double) -> String { NumberText.coordinate(value) }
        func write(_ name: String, _ attributes: KeyValuePairs<String, String>) {
            markup.element(name, attributes) { inner in
                if let tip { inner.element("title", text: tip) }
            }
        }
        let r = radius
        switch marker {
        case .circle:
            write("circle", ["cx": place(x), "cy": place(y), "r": place(r)])
        case .square:
            write(
                "rect",
                ["x": place(x - r), "y": place(y - r), "width": place(2 * r), "height": place(2 * r)])
        case .triangle:
            let top = "\(place(x)) \(place(y - r * 1.3))"
            write("path", ["d": "M\(top)L\(place(x + r * 1.2)) \(place(y + r))H\(place(x - r * 1.2))Z"])
        case .diamond:
            let d = r * 1.35
            write(
                "path",
                [
                    "d": "M\(place(x)) \(place(y - d))L\(place(x + d)) \(place(y))"
                        + "L\(place(x)) \(place(y + d))L\(place(x - d)) \(place(y))Z"
                ])
        case .cross:
            write(
                "path",
                [
                    "d": "M\(place(x - r)) \(place(y - r))L\(place(x + r)) \(place(y + r))"
                        + "M\(place(x - r)) \(place(y + r))L\(place(x + r)) \(place(y - r))",
                    "stroke": "currentColor", "stroke-width": "2", "fill": "none",
                ])
        case .none:
            // Something to point at.
            if tip != nil {
                write("circle", ["cx": place(x), "cy": place(y), "r": "5", "fill-opacity": "0"])
            }
        }
    }
}
