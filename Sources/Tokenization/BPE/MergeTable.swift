/// Which two adjacent tokens become which, and in which order.
struct MergeTable: Sendable {
    /// (rank << 32 | merged token) by (left, right).
    private var pairs: PairTable
    /// Above every rank in the table.
    private(set) var rankLimit: UInt32 = 1

    init(capacity count: Int) {
        pairs = PairTable(capacity: count)
    }

    var count: Int { pairs.count }

    /// Adds a merge. Lower ranks merge first; of two merges of one pair the first that was added holds.
    mutating func insert(left: Int32, right: Int32, rank: UInt32, merged: Int32) {
        rankLimit = max(rankLimit, rank + 1)
        pairs.insert(left, right, UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merged)))
    }

    /// The merge of two symbols, or `PairTable.none`: comparing `value >> 32` compares ranks. Negative
    /// symbols never merge.
    func merge(_ left: Int32, _ right: Int32) -> UInt64 {
        pairs.value(left, right)
    }
}
