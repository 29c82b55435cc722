/// Merges the symbols of one word, best merge first, until none is left. Its memory is reused from word to
/// word.
///
/// Short words scan for the best pair; long ones keep a linked list and a queue, so that a word of n symbols
/// costs O(n log n).
struct WordMerger {
    /// Symbols before `merge`, tokens after; negative: a symbol without a token.
    private(set) var ids: [Int32] = []
    /// Byte offset in the word at which each symbol starts.
    private(set) var starts: [Int32] = []
    /// The merge of each symbol with the next.
    private var merges: [UInt64] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    private var queue = MergeQueue()

    /// Below this the scan wins: n² / 2 comparisons of adjacent memory against n queue operations.
    private static let shortWord = 40

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    mutating func append(_ id: Int32, start: Int) {
        ids.append(id)
        starts.append(Int32(truncatingIfNeeded: start))
    }

    /// Cost: O(n log n) for n symbols. Allocates: only to grow for a longer word than any before.
    mutating func merge(by table: MergeTable) {
        guard ids.count > 1 else { return }
        merges.removeAll(keepingCapacity: true)
        for index in 0..<ids.count - 1 { merges.append(table.merge(ids[index], ids[index + 1])) }
        merges.append(PairTable.none)
        if ids.count <= Self.shortWord { mergeShort(table) } else { mergeLong(table) }
    }

    private mutating func mergeShort(_ table: MergeTable) {
        var count = ids.count
        while count > 1 {
            var best = 0
            for index in 1..<count where merges[index] >> 32 < merges[best] >> 32 { best = index }
            guard merges[best] != PairTable.none else { break }
            ids[best] = Int32(truncatingIfNeeded: merges[best])
            count -= 1
            for index in best + 1..<count {
                ids[index] = ids[index + 1]
                starts[index] = starts[index + 1]
                merges[index] = merges[index + 1]
            }
            merges[best] = best + 1 < count ? table.merge(ids[best], ids[best + 1]) : PairTable.none
            if best > 0 { merges[best - 1] = table.merge(ids[best - 1], ids[best]) }
        }
        ids.removeLast(ids.count - count)
        starts.removeLast(starts.count - count)
    }

    private mutating func mergeLong(_ table: MergeTable) {
        let count = ids.count
        previous.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        queue.removeAll()
        for index in 0..<count {
            previous.append(Int32(truncatingIfNeeded: index - 1))
            next.append(Int32(truncatingIfNeeded: index + 1))
            if merges[index] != PairTable.none { queue.appendUnordered(rank: rank(index), position: index) }
        }
        queue.restoreOrder()
        while let (rank, position) = queue.pop() {
            // An entry is stale once its pair was merged or has changed.
            guard merges[position] != PairTable.none, rank == self.rank(position) else { continue }
            let right = Int(next[position])
            let after = Int(next[right])
            ids[position] = Int32(truncatingIfNeeded: merges[position])
            ids[right] = Self.absorbed
            merges[right] = PairTable.none
            next[position] = Int32(truncatingIfNeeded: after)
            if after < count { previous[after] = Int32(truncatingIfNeeded: position) }
            renew(position, table)
            if previous[position] >= 0 { renew(Int(previous[position]), table) }
        }
        var kept = 0
        for index in 0..<count where ids[index] != Self.absorbed {
            ids[kept] = ids[index]
            starts[kept] = starts[index]
            kept += 1
        }
        ids.removeLast(count - kept)
        starts.removeLast(count - kept)
    }

    /// Marks a symbol that became part of the one to its left.
    private static let absorbed = Int32.min

    private func rank(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: merges[index] >> 32) }

    /// Looks up the merge of a symbol with its new neighbour.
    private mutating func renew(_ position: Int, _ table: MergeTable) {
        let right = Int(next[position])
        merges[position] = right < ids.count ? table.merge(ids[position], ids[right]) : PairTable.none
        if merges[position] != PairTable.none { queue.push(rank: rank(position), position: position) }
    }
}
