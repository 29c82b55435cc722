/// UTF-8 text with the class of the character that each byte belongs to.
///
/// Pre-tokenizers walk bytes, not characters: a run of letters is a run of bytes whose class is `letter`, and
/// no pattern ever cuts a character, because all bytes of a character have its class.
struct ClassifiedText: Sendable {
    let bytes: [UInt8]
    /// Raw `CharacterClass` of each byte's character.
    let classes: [UInt8]

    /// Checks and classifies `bytes` in one pass.
    ///
    /// - Throws: `invalidUTF8` with the offset of the first bad sequence.
    /// Cost: O(bytes). Allocates: one byte per byte.
    init(_ bytes: [UInt8]) throws(TokenizationError) {
        let table = CharacterClasses.unicode
        var classes = [UInt8](repeating: 0, count: bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x80 {
                classes[position] = table.rawClass(ofASCII: byte)
                position += 1
            } else {
                guard let (scalar, length) = UTF8Sequence.decode(bytes, at: position) else {
                    throw TokenizationError(.invalidUTF8, offset: position)
                }
                let kind = table.rawClass(of: scalar)
                for offset in 0..<length { classes[position + offset] = kind }
                position += length
            }
        }
        self.bytes = bytes
        self.classes = classes
    }

    var count: Int { bytes.count }

    /// Whether the byte at `position` belongs to a character of one of the classes.
    func isAny(_ set: CharacterClass, at position: Int) -> Bool {
        classes[position] & set.rawValue != 0
    }

    /// Where the character after the one that starts at `position` starts.
    func next(_ position: Int) -> Int {
        position + UTF8Sequence.length(startingWith: bytes[position])
    }

    /// The scalar that starts at `position`.
    func scalar(at position: Int) -> UInt32 {
        let byte = bytes[position]
        return byte < 0x80 ? UInt32(byte) : UTF8Sequence.decode(bytes, at: position)?.scalar ?? 0xFFFD
    }

    /// Where the run of characters of these classes that starts at `start` ends.
    func end(ofRunOf set: CharacterClass, from start: Int, limit: Int) -> Int {
        var position = start
        while position < limit && classes[position] & set.rawValue != 0 { position += 1 }
        return position
    }

    /// Where the run of characters of none of these classes that starts at `start` ends.
    func end(ofRunWithout set: CharacterClass, from start: Int, limit: Int) -> Int {
        var position = start
        while position < limit && classes[position] & set.rawValue == 0 { position += 1 }
        return position
    }

    /// Whether there is a `\r` or `\n` at `position`.
    func isNewline(at position: Int) -> Bool {
        bytes[position] == 0x0A || bytes[position] == 0x0D
    }

    /// Where the `[\r\n]*` that starts at `start` ends.
    func end(ofNewlinesFrom start: Int, limit: Int) -> Int {
        var position = start
        while position < limit && isNewline(at: position) { position += 1 }
        return position
    }
}
