/// Characters of a list of ranges, optionally with the white space in front of them: `[a-z...]+` or
/// `\s?[a-z...]+`.
struct ScalarRangeRule: PieceRule {
    /// Inclusive, ascending, not touching.
    private let ranges: [ClosedRange<UInt32>]
    private let takesSpace: Bool

    init(_ ranges: [ClosedRange<UInt32>], takesSpace: Bool = false) {
        self.ranges = ranges
        self.takesSpace = takesSpace
    }

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        if takesSpace, text.isAny(.space, at: start) {
            // The white space itself may be a member (U+3000); a matcher tries it as the space first.
            let next = text.next(start)
            let end = runEnd(in: text, from: next, limit: limit)
            if end > next { return end }
        }
        return runEnd(in: text, from: start, limit: limit)
    }

    private func runEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit, contains(text.scalar(at: end)) { end = text.next(end) }
        return end
    }

    private func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar)
    }
}

/// Characters of one class with the white space in front of them: `\s?\p{L}+`, `\s?\p{P}+`.
struct SpacedRunRule: PieceRule {
    var members: CharacterClass

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let first = text.isAny(.space, at: start) ? text.next(start) : start
        let end = text.end(ofRunOf: members, from: first, limit: limit)
        return end > first ? end : start
    }
}
