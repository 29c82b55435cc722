/// One split pattern: it says where the match at a position ends. What it does not match stays a piece
/// between two matches.
///
/// Every rule is a hand-written scanner that reads like the pattern in its comment. It sees only the piece up
/// to `limit`, so that a pattern's look at "the end of the text" means the end of the piece that an earlier
/// pattern cut.
protocol PieceRule: Sendable {
    /// Where the match that starts at `start` ends; `start` itself where there is none.
    ///
    /// Cost: amortised O(1) per byte of the text. Allocates: none.
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int

    /// Appends the end of every piece of `start ..< limit`, which is not empty.
    func cut(_ text: borrowing ClassifiedText, from start: Int, limit: Int, into ends: inout [Int])
}

extension PieceRule {
    func cut(_ text: borrowing ClassifiedText, from start: Int, limit: Int, into ends: inout [Int]) {
        var position = start
        while position < limit {
            var end = matchEnd(in: text, from: position, limit: limit)
            if end == position {
                // A gap: up to the next match.
                repeat {
                    end = text.next(end)
                } while end < limit && matchEnd(in: text, from: end, limit: limit) == end
            }
            ends.append(end)
            position = end
        }
    }
}
