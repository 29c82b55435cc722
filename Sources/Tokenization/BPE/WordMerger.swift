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
    private var links: [Link] = []
    private var queue = MergeQueue()

    /// A symbol of a long word: what a merge reads and writes lies together.
    private struct Link {
        /// The merge with the next symbol, or `PairTable.none`.
        var merge: UInt64
        var id: Int32
        var previous: Int32
        var next: Int32

        var rank: UInt32 { UInt32(truncatingIfNeeded: merge >> 32) }
    }

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
        links.removeAll(keepingCapacity: true)
        queue.reset(rankLimit: table.rankLimit)
        for index in 0..<count {
            links.append(
                Link(
                    merge: merges[index], id: ids[index], previous: Int32(truncatingIfNeeded: index - 1),
                    next: Int32(truncatingIfNeeded: index + 1)))
            if merges[index] != PairTable.none { queue.push(rank: links[index].rank, position: index) }
        }
        while let (rank, position) = queue.pop() {
            // A candidate is stale once its pair was merged or has changed.
            guard links[position].merge != PairTable.none, rank == links[position].rank else { continue }
            let right = Int(links[position].next)
            let after = links[right].next
            links[position].id = Int32(truncatingIfNeeded: links[position].merge)
            links[position].next = after
            links[right].id = Self.absorbed
            links[right].merge = PairTable.none
            if after < count { links[Int(after)].previous = Int32(truncatingIfNeeded: position) }
            renew(position, table)
            if links[position].previous >= 0 { renew(Int(links[position].previous), table) }
        }
        var kept = 0
        for index in 0..<count where links[index].id != Self.absorbed {
            ids[kept] = links[index].id
            starts[kept] = starts[index]
            kept += 1
        }
        ids.removeLast(count - kept)
        starts.removeLast(count - kept)
    }

    /// Marks a symbol that became part of the one to its left.
    private static let absorbed = Int32.min

    /// Looks up the merge of a symbol with its new neighbour.
    private mutating func renew(_ position: Int, _ table: MergeTable) {
        let right = Int(links[position].next)
        let merge =
            right < links.count ? table.merge(links[position].id, links[right].id) : PairTable.none
        links[position].merge = merge
        if merge != PairTable.none { queue.push(rank: links[position].rank, position: position) }
    }
}
