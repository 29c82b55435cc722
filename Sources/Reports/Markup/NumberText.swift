/// Numbers as people read them, without a library and alike on every machine.
package enum NumberText {
    /// `value` with so many digits after the point, the last one rounded, halves away from zero: `3.50`.
    ///
    /// A dash for what is no number, and digits grouped by thin spaces from 10 000 on.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (value.magnitude * scale).rounded()
        // Beyond this a Double holds no digits after the point.
        guard rounded < 0x1p53 else { return "\(value)" }
        let units = Int(rounded)
        let divisor = Int(scale)
        let fraction = String(units % divisor)
        let sign = value < 0 && units > 0 ? "−" : ""
        let tail =
            digits == 0 ? "" : "." + String(repeating: "0", count: digits - fraction.count) + fraction
        return sign + grouped(units / divisor) + tail
    }

    /// A count, its digits in groups of three from 10 000 on: `12 345`.
    package static func grouped(_ count: Int) -> String {
        let digits = String(count.magnitude)
        guard digits.count > 4 else { return String(count) }
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0 && (digits.count - place) % 3 == 0 { text += "\u{2009}" }
            text.append(digit)
        }
        return (count < 0 ? "−" : "") + text
    }

    /// A share as `42.1 %`.
    package static func percent(_ share: Double, _ digits: Int = 1) -> String {
        share.isFinite ? fixed(share * 100, digits) + "\u{202F}%" : "–"
    }

    /// `44.3 MiB`; bytes below a KiB as they are.
    package static func bytes(_ count: Double) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count.isFinite, count.magnitude >= 1024 else { return fixed(count, 0) + "\u{202F}B" }
        var value = count / 1024
        var unit = 0
        while value.magnitude >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return fixed(value, value.magnitude >= 100 ? 0 : 1) + "\u{202F}" + units[unit]
    }

    /// Three digits that count, as few as show them: `0.0123`, `4.5`, `123`, `45 678`.
    package static func plain(_ value: Double) -> String { trimmed(threeDigits(value)) }

    /// Three digits that count, zeros too, as in columns: `0.0123`, `4.50`, `123`.
    package static func threeDigits(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
        var digits = 2
        var magnitude = value.magnitude
        while magnitude < 1 && digits < 9 {
            magnitude *= 10
            digits += 1
        }
        while magnitude >= 10 && digits > 0 {
            magnitude /= 10
            digits -= 1
        }
        return fixed(value, digits)
    }

    /// Without zeros at the end of a fraction.
    package static func trimmed(_ number: String) -> String {
        guard number.contains(".") else { return number }
        var text = number[...]
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }

    /// A place in a drawing, to a tenth of a unit.
    package static func coordinate(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let rest = tenths.magnitude % 10
        return sign + String(tenths.magnitude / 10) + (rest == 0 ? "" : ".\(rest)")
    }
}
