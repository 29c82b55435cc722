/// U+2581, the visible stand-in for a space in SentencePiece vocabularies.
enum EscapedSpace {
    static let bytes: [UInt8] = [0xE2, 0x96, 0x81]
    static let scalar: UInt32 = 0x2581

    /// `text` with every stand-in turned back into a space.
    static func removed(from text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if text[position] == bytes[0], text[position...].starts(with: bytes) {
                result.append(0x20)
                position += bytes.count
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// Appends `text` with every space turned into the stand-in.
    static func appendEscaped(_ text: ArraySlice<UInt8>, to result: inout [UInt8]) {
        for byte in text {
            if byte == 0x20 { result.append(contentsOf: bytes) } else { result.append(byte) }
        }
    }
}
