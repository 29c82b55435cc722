/// A map from two small numbers to one large one: adjacent tokens to their merge, a trie's node and byte to
/// the next node.
struct PairTable: Sendable {
    /// The answer for a pair that is not in the table; larger than every stored value.
    static let none = UInt64.max

    private struct Entry {
        var key = UInt64.max
        var value = PairTable.none
    }

    private var entries: [Entry]
    private var shift: UInt64
    private(set) var count = 0

    /// Room for `count` pairs.
    init(capacity count: Int) {
        var bits = 4
        while 1 << bits < count * 2 { bits += 1 }
        entries = Array(repeating: Entry(), count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    /// The value of a pair, or `none`.
    ///
    /// - Precondition: both are at least 0, which every stored pair is; for others the answer is `none`.
    /// Cost: O(1) expected. Allocates: none.
    func value(_ left: Int32, _ right: Int32) -> UInt64 {
        entries[slot(of: Self.key(left, right))].value
    }

    /// Stores a value unless the pair has one; the first wins.
    ///
    /// - Precondition: both are at least 0.
    mutating func insert(_ left: Int32, _ right: Int32, _ value: UInt64) {
        precondition(left >= 0 && right >= 0, "pair \(left), \(right)")
        if (count + 1) * 2 > entries.count { grow() }
        let key = Self.key(left, right)
        let slot = slot(of: key)
        guard entries[slot].key != key else { return }
        entries[slot] = Entry(key: key, value: value)
        count += 1
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The slot that holds the key, or the empty one where it belongs.
    private func slot(of key: UInt64) -> Int {
        let mask = entries.count - 1
        // Fibonacci hashing, after folding so that both halves reach the high bits.
        var slot = Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while entries[slot].key != key && entries[slot].value != Self.none { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Entry(), count: old.count * 2)
        shift -= 1
        for entry in old where entry.value != Self.none { entries[slot(of: entry.key)] = entry }
    }
}
