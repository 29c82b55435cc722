/// BLOOM's pattern: everything up to white space or the punctuation of a sentence.
///
///     ` ?[^(\s|.,!?…。，、।۔،)]+`
///
/// The brackets and the bar stand inside the character class and so are excluded too.
struct SentenceWordRule: PieceRule {
    private static let excluded: [UInt32] = "(|.,!?…。，、।۔،)".unicodeScalars.map(\.value)

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let first = text.bytes[start] == 0x20 ? start + 1 : start
        var end = first
        while end < limit && !text.isAny(.space, at: end) && !Self.excluded.contains(text.scalar(at: end)) {
            end = text.next(end)
        }
        return end > first ? end : start
    }
}
