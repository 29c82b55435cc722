/// A heap of `rank << 32 | position` with four children per node, which needs half the levels of a binary
/// one.
struct MergeHeap {
    private var values: [UInt64] = []

    /// The smallest value.
    var first: UInt64? { values.first }

    mutating func removeAll() { values.removeAll(keepingCapacity: true) }

    /// Cost: O(log count).
    mutating func push(_ value: UInt64) {
        values.append(value)
        var index = values.count - 1
        while index > 0 {
            let parent = (index - 1) / 4
            guard values[parent] > value else { break }
            values[index] = values[parent]
            index = parent
        }
        values[index] = value
    }

    /// Cost: O(log count).
    mutating func popFirst() {
        let value = values.removeLast()
        guard !values.isEmpty else { return }
        let count = values.count
        var index = 0
        while true {
            let firstChild = index * 4 + 1
            guard firstChild < count else { break }
            var child = firstChild
            for candidate in firstChild..<min(firstChild + 4, count) where values[candidate] < values[child] {
                child = candidate
            }
            guard values[child] < value else { break }
            values[index] = values[child]
            index = child
        }
        values[index] = value
    }
}
