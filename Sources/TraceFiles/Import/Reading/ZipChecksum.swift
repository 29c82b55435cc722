/// The CRC-32 of zip, gzip and PNG, which other programs' files carry; our own have CRC-32C.
///
/// Source: ISO 3309; the polynomial is 0x04C11DB7, reflected.
struct ZipChecksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }

    /// The checksum of the bytes in `range`.
    static func value(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        let table = table.span
        var value = UInt32.max
        for offset in range {
            value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ bytes[offset])]
        }
        return ~value
    }
}
