/// Bytes of a file that are gathered before they are written.
struct ByteText {
    private(set) var bytes: [UInt8] = []

    /// A piece is handed over when it has so many bytes.
    static let pieceBytes = 1 << 18

    /// Whether it is time to hand over.
    var isFull: Bool { bytes.count >= Self.pieceBytes }

    /// Empties it and gives what it held.
    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        bytes.reserveCapacity(Self.pieceBytes + 4_096)
        return taken
    }

    /// Appends a text.
    mutating func append(_ text: String) { bytes += text.utf8 }

    /// Appends a decimal number.
    mutating func append(_ number: Int) {
        if number < 0 {
            append("\(number)")
            return
        }
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(rest % 10) + 0x30)
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Appends numbers, a comma behind each.
    mutating func append(columns numbers: Int...) {
        for number in numbers {
            append(number)
            bytes.append(UInt8(ascii: ","))
        }
    }

    /// Appends an integer's bytes, the lowest first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<(type(of: value).bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
