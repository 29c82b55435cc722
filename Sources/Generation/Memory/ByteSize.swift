/// A number of bytes as people write it: binary units, one decimal.
public enum ByteSize {
    private static let units: [(letter: Character, name: String, shift: Int)] = [
        ("K", "KiB", 10), ("M", "MiB", 20), ("G", "GiB", 30), ("T", "TiB", 40),
    ]

    /// Reads `4096`, `512M`, `8G`, `1.5G`, with `B` or `iB` behind the unit or not.
    ///
    /// - Returns: nil for anything else, for zero and for what does not fit 62 bits.
    public static func parse(_ text: String) -> Int? {
        var digits = Substring(text.uppercased())
        if digits.hasSuffix("IB") {
            digits = digits.dropLast(2)
        } else if digits.hasSuffix("B") {
            digits = digits.dropLast()
        }
        var shift = 0
        if let unit = units.first(where: { digits.last == $0.letter }) {
            shift = unit.shift
            digits = digits.dropLast()
        }
        guard let first = digits.first, first.isASCII, first.isNumber,
            digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits)
        else { return nil }
        let bytes = number * Double(1 << shift)
        guard bytes >= 1, bytes < 0x1p62 else { return nil }
        return Int(bytes)
    }

    /// `44.3 MiB`; bytes below a KiB as they are.
    public static func text(_ bytes: Int) -> String {
        guard let unit = units.last(where: { bytes.magnitude >= 1 << UInt($0.shift) }) else {
            return "\(bytes) B"
        }
        let tenths = (Double(bytes) / Double(1 << unit.shift) * 10).rounded() / 10
        return "\(tenths) \(unit.name)"
    }

    /// The smallest whole number of MiB that holds `bytes`, as a flag takes it: `1234M`.
    public static func flagText(atLeast bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20)M" }
}
