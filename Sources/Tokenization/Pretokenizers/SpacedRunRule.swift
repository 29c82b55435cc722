/// Characters of one class with the white space in front of them: `\s?\p{L}+`, `\s?\p{P}+`.
struct SpacedRunRule: PieceRule {
    var members: CharacterClass

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let first = text.isAny(.space, at: start) ? text.next(start) : start
        let end = text.end(ofRunOf: members, from: first, limit: limit)
        return end > first ? end : start
    }
}
