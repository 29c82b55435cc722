/// A picture as SVG that says what it shows to those who do not see it.
struct Drawing {
    /// Units: the drawing's, of which one is a pixel at its natural size.
    let width: Double
    let height: Double

    /// The element around what `build` draws.
    ///
    /// - Parameters:
    ///   - id: unique in the document, letters and digits.
    ///   - title: what it is.
    ///   - description: what can be read from it.
    func svg(
        id: String, title: String, description: String, standalone: Bool = false,
        _ build: (inout Markup) -> Void
    ) -> Markup {
        let box = "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))"
        let names = "\(id)-title \(id)-text"
        return Markup { markup in
            let content: (inout Markup) -> Void = { inner in
                inner.element("title", ["id": "\(id)-title"], text: title)
                inner.element("desc", ["id": "\(id)-text"], text: description)
                build(&inner)
            }
            if standalone {
                markup.element(
                    "svg",
                    [
                        "xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "role": "img",
                        "aria-labelledby": names, "width": NumberText.coordinate(width),
                        "height": NumberText.coordinate(height),
                    ], content)
            } else {
                markup.element("svg", ["viewBox": box, "role": "img", "aria-labelledby": names], content)
            }
        }
    }

    /// About how wide `text` is in letters of `size`.
    static func textWidth(_ text: String, size: Double = 12) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar {
            case "\u{2009}", "\u{202F}", "i", "l", ".", ",", ":", "'": sum + 0.3 * size
            case "m", "w", "M", "W", "%": sum + 0.88 * size
            case _ where scalar.value > 0x2E80: sum + size
            default: sum + 0.58 * size
            }
        }
    }

    /// `text` as far as it fits `width`, an ellipsis where it does not.
    static func fitted(_ text: String, to width: Double, size: Double = 12) -> String {
        guard textWidth(text, size: size) > width else { return text }
        var short = text
        while !short.isEmpty && textWidth(short + "…", size: size) > width { short.removeLast() }
        return short + "…"
    }
}

extension Markup {
    /// Adds a line of text whose place says where it begins, has its middle, or ends.
    mutating func label(
        _ text: String, _ x: Double, _ y: Double, anchor: String = "start", style: String = ""
    ) {
        let place = (NumberText.coordinate(x), NumberText.coordinate(y))
        element("text", ["x": place.0, "y": place.1, "text-anchor": anchor, "class": style], text: text)
    }

    /// Adds a straight line.
    mutating func line(
        _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), style: String
    ) {
        element(
            "line",
            [
                "x1": NumberText.coordinate(from.x), "y1": NumberText.coordinate(from.y),
                "x2": NumberText.coordinate(to.x), "y2": NumberText.coordinate(to.y), "class": style,
            ])
    }

    /// Adds a group whose elements have a class.
    mutating func group(_ style: String, _ build: (inout Markup) -> Void) {
        element("g", ["class": style], build)
    }
}
