/// Reading one character of UTF-8.
enum UTF8Sequence {
    /// The length that a first byte announces; 1 for bytes that start nothing.
    static func length(startingWith byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The scalar at `position` and its length in bytes; nil where the bytes are not well-formed.
    ///
    /// Source: the Unicode Standard 16.0, table 3-7 (well-formed UTF-8 byte sequences).
    static func decode(_ bytes: [UInt8], at position: Int) -> (scalar: UInt32, length: Int)? {
        let first = bytes[position]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = length(startingWith: first)
        guard length > 1, position + length <= bytes.count else { return nil }
        guard continuationRange(after: first).contains(bytes[position + 1]) else { return nil }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = bytes[position + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return (scalar, length)
    }

    /// The offset of the first sequence that is not well-formed.
    static func firstError(in bytes: [UInt8]) -> Int? {
        var position = 0
        while position < bytes.count {
            if bytes[position] < 0x80 {
                position += 1
            } else if let sequence = decode(bytes, at: position) {
                position += sequence.length
            } else {
                return position
            }
        }
        return nil
    }

    /// How many bytes at the end are the start of a sequence that more bytes could complete.
    static func unfinishedSuffix(of bytes: [UInt8]) -> Int {
        for count in stride(from: min(3, bytes.count), to: 0, by: -1) {
            let start = bytes.count - count
            let first = bytes[start]
            guard length(startingWith: first) > count else { continue }
            let isOpen = bytes[(start + 1)...].enumerated().allSatisfy { index, byte in
                index == 0 ? continuationRange(after: first).contains(byte) : byte & 0xC0 == 0x80
            }
            if isOpen { return count }
        }
        return 0
    }

    /// The second bytes that may follow a first byte: narrower where overlong forms, surrogates or too large
    /// values begin.
    private static func continuationRange(after first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
