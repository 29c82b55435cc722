/// Remembers the tokens of short words while one text is encoded: most words of a text come again.
///
/// Direct-mapped: a new word replaces the one in its place.
struct WordCache {
    /// Words of at most this many bytes, and this many tokens, are remembered.
    static let wordBytes = 15
    static let wordTokens = 4

    private struct Entry {
        /// The word's bytes, zero-padded, and its length in the last; a length of 0 is an empty place.
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// Padded with -1.
        var tokens = SIMD4<Int32>(repeating: -1)
    }

    private var entries: [Entry]

    /// A word as the cache compares it.
    struct Key {
        fileprivate var low: UInt64 = 0
        fileprivate var high: UInt64 = 0

        /// - Precondition: `range` holds 1 ... `wordBytes` bytes.
        init(_ bytes: [UInt8], _ range: Range<Int>) {
            var shift: UInt64 = 0
            let middle = min(range.lowerBound + 8, range.upperBound)
            for position in range.lowerBound..<middle {
                low |= UInt64(bytes[position]) &<< shift
                shift &+= 8
            }
            shift = 0
            for position in middle..<range.upperBound {
                high |= UInt64(bytes[position]) &<< shift
                shift &+= 8
            }
            high |= UInt64(range.count) << 56
        }
    }

    /// Sized for a text of so many bytes: a short one should not pay for a large table.
    init(textBytes: Int) {
        var count = 64
        while count < 65_536 && count * 16 < textBytes { count *= 2 }
        entries = Array(repeating: Entry(), count: count)
    }

    /// Appends the tokens of a word; false where it is not remembered.
    func append(_ key: Key, to tokens: inout [Int32]) -> Bool {
        let entry = entries[place(of: key)]
        guard entry.low == key.low, entry.high == key.high else { return false }
        for index in 0..<Self.wordTokens {
            let token = entry.tokens[index]
            guard token >= 0 else { break }
            tokens.append(token)
        }
        return true
    }

    /// Remembers a word, unless it has too many tokens.
    mutating func insert(_ key: Key, _ tokens: ArraySlice<Int32>) {
        guard tokens.count <= Self.wordTokens else { return }
        var entry = Entry(low: key.low, high: key.high)
        for (index, token) in tokens.enumerated() { entry.tokens[index] = token }
        entries[place(of: key)] = entry
    }

    private func place(of key: Key) -> Int {
        let hash = (key.low ^ (key.high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: hash >> 32) & (entries.count - 1)
    }
}
