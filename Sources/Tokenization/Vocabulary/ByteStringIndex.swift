/// Finds the number that was stored with a byte string.
///
/// An open-addressing table rather than a `Dictionary` of `String`: strings compare by canonical equivalence,
/// which makes one token of "é" and "é", and hashing them costs several times more.
struct ByteStringIndex: Sendable {
    private var strings = ByteStrings()
    private var values: [Int32] = []
    /// Index into `strings` plus one; 0 is empty. The count is a power of two.
    private var slots: [Int32]
    /// Differs from run to run, so that no file can be built to make every look-up slow.
    private let seed: UInt64

    /// Room for `count` strings.
    init(capacity count: Int) {
        var slotCount = 16
        while slotCount < count * 2 { slotCount *= 2 }
        slots = Array(repeating: 0, count: slotCount)
        values.reserveCapacity(count)
        seed = UInt64.random(in: .min ... .max)
    }

    /// Stores `value` with `string`, unless the string is there already: then it returns the value that was
    /// stored first.
    @discardableResult
    mutating func insert(_ string: ArraySlice<UInt8>, _ value: Int32) -> Int32? {
        if (values.count + 1) * 2 > slots.count { grow() }
        let slot = slot(of: string)
        guard slots[slot] == 0 else { return values[Int(slots[slot]) - 1] }
        strings.append(string)
        values.append(value)
        slots[slot] = Int32(values.count)
        return nil
    }

    /// The value stored with exactly these bytes.
    ///
    /// Cost: one pass over the string. Allocates: none.
    func value(of string: ArraySlice<UInt8>) -> Int32? {
        let found = slots[slot(of: string)]
        return found == 0 ? nil : values[Int(found) - 1]
    }

    /// The slot that holds the string, or the empty one where it belongs.
    private func slot(of string: ArraySlice<UInt8>) -> Int {
        // FNV-1a (Fowler, Noll, Vo), with a final mix because the low bits choose the slot.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 29
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 && strings[Int(slots[slot]) - 1] != string { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for index in 0..<values.count { slots[slot(of: strings[index])] = Int32(index + 1) }
    }
}
