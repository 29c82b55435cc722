/// A queue of candidates for merging: lowest rank first, of equal ranks the leftmost.
///
/// A heap with four children per node over `rank << 32 | position`, which needs half the levels of a binary
/// one.
struct MergeQueue {
    private var heap: [UInt64] = []

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    /// Appends without keeping order; `restoreOrder` must follow.
    mutating func appendUnordered(rank: UInt32, position: Int) {
        heap.append(UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: position)))
    }

    /// Cost: O(count).
    mutating func restoreOrder() {
        guard heap.count > 1 else { return }
        for index in stride(from: (heap.count - 2) / 4, through: 0, by: -1) { siftDown(index) }
    }

    /// Cost: O(log count).
    mutating func push(rank: UInt32, position: Int) {
        appendUnordered(rank: rank, position: position)
        var index = heap.count - 1
        let value = heap[index]
        while index > 0 {
            let parent = (index - 1) / 4
            guard heap[parent] > value else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = value
    }

    /// Cost: O(log count).
    mutating func pop() -> (rank: UInt32, position: Int)? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        return (UInt32(truncatingIfNeeded: top >> 32), Int(UInt32(truncatingIfNeeded: top)))
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let value = heap[index]
        let count = heap.count
        while true {
            let firstChild = index * 4 + 1
            guard firstChild < count else { break }
            var child = firstChild
            for candidate in firstChild + 1..<max(firstChild + 1, min(firstChild + 4, count))
            where heap[candidate] < heap[child] { child = candidate }
            guard heap[child] < value else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = value
    }
}
