/// A queue of candidates for merging: lowest rank first, of equal ranks the leftmost.
///
/// Ranks are divided into ranges. Candidates of a later range wait unsorted; when its turn comes, a range
/// is sorted
/// at once, which touches memory in order. What is added to the range at hand, or before it, goes into a
/// small heap:
/// merges make tokens whose own merges nearly always rank later. One heap for all would miss the cache at
/// every
/// level.
struct MergeQueue {
    private static let rangeCount = 1024

    private var waiting: [[UInt64]] = []
    private var shift: UInt32 = 0
    /// The range at hand.
    private var range = -1
    private var sorted: [UInt64] = []
    private var nextSorted = 0
    private var late = MergeHeap()

    /// Empties the queue.
    ///
    /// - Parameter rankLimit: above every rank that will be pushed.
    mutating func reset(rankLimit: UInt32) {
        shift = 0
        while rankLimit >> shift >= UInt32(Self.rangeCount) { shift += 1 }
        if waiting.isEmpty { waiting = Array(repeating: [], count: Self.rangeCount) }
        for index in waiting.indices { waiting[index].removeAll(keepingCapacity: true) }
        range = -1
        sorted.removeAll(keepingCapacity: true)
        nextSorted = 0
        late.removeAll()
    }

    /// - Precondition: `rank` is below the limit of `reset`.
    mutating func push(rank: UInt32, position: Int) {
        let value = UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: position))
        let own = Int(rank >> shift)
        if own > range { waiting[own].append(value) } else { late.push(value) }
    }

    /// Cost: amortised O(log count).
    mutating func pop() -> (rank: UInt32, position: Int)? {
        while nextSorted == sorted.count && late.first == nil {
            guard let next = waiting[(range + 1)...].firstIndex(where: { !$0.isEmpty }) else { return nil }
            range = next
            sorted.removeAll(keepingCapacity: true)
            swap(&sorted, &waiting[next])
            sorted.sort()
            nextSorted = 0
        }
        let value: UInt64
        if let first = late.first, nextSorted == sorted.count || first < sorted[nextSorted] {
            value = first
            late.popFirst()
        } else {
            value = sorted[nextSorted]
            nextSorted += 1
        }
        return (UInt32(truncatingIfNeeded: value >> 32), Int(UInt32(truncatingIfNeeded: value)))
    }
}
