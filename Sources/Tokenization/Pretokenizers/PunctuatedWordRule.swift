/// The last pattern of DeepSeek V3 and its relatives, where an ASCII punctuation mark takes the ASCII word
/// that follows it.
///
///     [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
/// ?[\p{P}\p{S}]+[\r\n]*
///     |\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Digits and control characters match none of it: they stay between the matches.
/// Source: the `tokenizer.json` of DeepSeek V3.
struct PunctuatedWordRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let next = text.next(start)
        if text.bytes[start] < 0x80, text.isAny([.punctuation, .symbol], at: start) {
            var end = next
            while end < limit && text.bytes[end] < 0x80 && text.isAny(.letter, at: end) { end += 1 }
            if end > next { return end }
        }
        if text.isAny([.letter, .mark], at: start) {
            return text.end(ofRunOf: [.letter, .mark], from: start, limit: limit)
        }
        let canLead = !text.isAny([.punctuation, .symbol], at: start) && !text.isNewline(at: start)
        if canLead, next < limit, text.isAny([.letter, .mark], at: next) {
            return text.end(ofRunOf: [.letter, .mark], from: next, limit: limit)
        }
        let first = text.bytes[start] == 0x20 && next < limit ? next : start
        if text.isAny([.punctuation, .symbol], at: first) {
            let end = text.end(ofRunOf: [.punctuation, .symbol], from: first, limit: limit)
            return text.end(ofNewlinesFrom: end, limit: limit)
        }
        return text.end(ofWhiteSpaceFrom: start, limit: limit)
    }
}
