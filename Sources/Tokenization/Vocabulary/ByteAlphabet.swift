/// The reversible spelling of bytes as printable characters in which byte-level vocabularies are written: a
/// space is `Ġ`.
///
/// The bytes that are printable in Latin-1 stand for themselves; the other 68, in ascending order, are
/// U+0100, U+0101 and so on.
/// Source: GPT-2's `bytes_to_unicode`, as every byte-level vocabulary uses it.
enum ByteAlphabet {
    /// The scalar value that spells each byte.
    static let scalars: [UInt32] = {
        var scalars: [UInt32] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)..<256 {
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            scalars.append(isPrintable ? byte : next)
            if !isPrintable { next += 1 }
        }
        return scalars
    }()

    /// The byte that each scalar below U+0180 spells; nil where it spells none.
    private static let bytes: [UInt8?] = {
        var bytes: [UInt8?] = Array(repeating: nil, count: 0x180)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = UInt8(byte) }
        return bytes
    }()

    /// The bytes that a token's text spells; nil where a character of it is not in the alphabet.
    static func bytes(spelledBy text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value < 0x180, let byte = bytes[Int(scalar.value)] else { return nil }
            result.append(byte)
        }
        return result
    }
}
