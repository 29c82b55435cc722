/// Slots in the order in which they were added; any of them can be taken out in constant time.
///
/// A slot is in at most one place of one list at a time. Allocates: once.
struct SlotList {
    private var next: [Int]
    private var previous: [Int]
    private var isIn: [Bool]
    /// The slot that was added first, or nil.
    var first: Int? { next[end] == end ? nil : next[end] }
    private let end: Int

    init(slotCount: Int) {
        end = slotCount
        next = Array(repeating: slotCount, count: slotCount + 1)
        previous = next
        isIn = Array(repeating: false, count: slotCount)
    }

    func contains(_ slot: Int) -> Bool { isIn[slot] }

    mutating func append(_ slot: Int) {
        precondition(!isIn[slot], "slot \(slot) is in the list already")
        let last = previous[end]
        next[last] = slot
        previous[slot] = last
        next[slot] = end
        previous[end] = slot
        isIn[slot] = true
    }

    mutating func remove(_ slot: Int) {
        precondition(isIn[slot], "slot \(slot) is not in the list")
        next[previous[slot]] = next[slot]
        previous[next[slot]] = previous[slot]
        isIn[slot] = false
    }
}
