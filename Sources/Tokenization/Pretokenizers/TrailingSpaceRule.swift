/// The white space that ends a piece: `\s+$`.
struct TrailingSpaceRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let end = text.end(ofRunOf: .space, from: start, limit: limit)
        return end == limit ? end : start
    }

    /// From the end backwards: tried from the front, a long run of spaces in the middle would be scanned once
    /// per space.
    func cut(_ text: borrowing ClassifiedText, from start: Int, limit: Int, into ends: inout [Int]) {
        var trailing = limit
        while trailing > start && text.isAny(.space, at: trailing - 1) { trailing -= 1 }
        if trailing > start { ends.append(trailing) }
        if trailing < limit { ends.append(limit) }
    }
}
