/// Reads numbers out of a text, and leaves the position behind them.
enum TextNumbers {
    /// The decimal integer at `position`, with a minus or not; nil where there is none or it does not fit.
    static func integer(_ text: Span<UInt8>, _ position: inout Int, end: Int) -> Int? {
        let start = position
        let isNegative = position < end && text[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var value = 0
        while position < end {
            let digit = Int(text[position]) - 0x30
            guard digit >= 0, digit <= 9 else { break }
            // 18 digits fit 63 bits.
            guard position - first < 18 else {
                position = start
                return nil
            }
            value = value * 10 + digit
            position += 1
        }
        guard position > first else {
            position = start
            return nil
        }
        return isNegative ? -value : value
    }

    /// A whole text as an integer, one that does not fit as the largest; nil where it is none.
    static func clamped(_ text: Substring) -> Int? {
        if let value = Int(text) { return value }
        return !text.isEmpty && text.utf8.allSatisfy { $0 &- 0x30 < 10 } ? .max : nil
    }

    /// The number at `position`, up to the next comma, space or the end; nil where it is none. `nan` is one.
    static func real(_ text: Span<UInt8>, _ position: inout Int, end: Int) -> Float? {
        let start = position
        let isNegative = position < end && text[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var mantissa = 0
        var digits = 0
        var decimals = 0
        var hasPoint = false
        while position < end {
            let byte = text[position]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte &- 0x30 < 10, digits < 16 {
                mantissa = mantissa * 10 + Int(byte &- 0x30)
                digits += 1
                if hasPoint { decimals += 1 }
            } else {
                break
            }
            position += 1
        }
        let isWhole = position == end || isDelimiter(text[position])
        // Both are exact in 24 bits, so that one division rounds as reading digit by digit would.
        if isWhole, digits > 0, mantissa <= 1 << 24, decimals < powersOfTen.count {
            let value = Float(mantissa) / powersOfTen[decimals]
            return isNegative ? -value : value
        }
        position = start
        while position < end, !isDelimiter(text[position]) { position += 1 }
        guard position > start, position - start <= 64 else { return nil }
        return Float(TextLines.string(text, start..<position).lowercased())
    }

    /// What a real number may be followed by.
    private static func isDelimiter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ")
    }

    private static let powersOfTen: [Float] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]
}
