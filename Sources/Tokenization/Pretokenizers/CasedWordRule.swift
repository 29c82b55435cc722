/// The pattern of GPT-4o, gpt-oss and Llama 4, which cuts before a capital inside a word.
///
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
///     |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Below, "head" is the first bracket of letters and "tail" the second; a letter without case, and a mark, is
/// both.
/// Source: o200k_base of the tiktoken library; the `tokenizer.json` of each model.
struct CasedWordRule: PieceRule {
    var digits = 3
    /// Whether a contraction stays with its word: the `(?i:...)?`; otherwise there is none in the pattern
    /// (Mistral's Tekken).
    var keepsContractions = true

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let word = wordEnd(in: text, from: start, limit: limit)
        if word > start {
            return keepsContractions ? text.end(ofContractionFrom: word, limit: limit, anyCase: true) : word
        }
        if text.isAny(.number, at: start) {
            return text.end(ofDigitsFrom: start, limit: limit, maximum: digits)
        }
        let next = text.next(start)
        let first = text.bytes[start] == 0x20 && next < limit ? next : start
        if !text.isAny([.space, .letter, .number], at: first) {
            var end = text.end(ofRunWithout: [.space, .letter, .number], from: first, limit: limit)
            while end < limit && (text.isNewline(at: end) || text.bytes[end] == UInt8(ascii: "/")) {
                end += 1
            }
            return end
        }
        return text.end(ofWhiteSpaceFrom: start, limit: limit)
    }

    /// Where the word ends, its leading character included; `start` where no word starts.
    private func wordEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let isWordCharacter = text.isAny([.letter, .mark], at: start)
        let canLead = !text.isAny([.letter, .number], at: start) && !text.isNewline(at: start)
        let afterLead = canLead ? text.next(start) : start
        let hasLedWord = canLead && afterLead < limit && text.isAny([.letter, .mark], at: afterLead)
        guard isWordCharacter || hasLedWord else { return start }
        // The first alternative, with the optional character and then without.
        if hasLedWord, let end = lowerEnd(in: text, from: afterLead, limit: limit) { return end }
        if isWordCharacter, let end = lowerEnd(in: text, from: start, limit: limit) { return end }
        // The second alternative: capitals only.
        return headEnd(in: text, from: hasLedWord ? afterLead : start, limit: limit)
    }

    /// Head* tail+ as a backtracking matcher finds it: nil where it does not match.
    private func lowerEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int? {
        let head = headEnd(in: text, from: start, limit: limit)
        if head < limit, text.isAny(.lower, at: head) { return tailEnd(in: text, from: head, limit: limit) }
        // Give back characters until one of them is in the tail too.
        var end = head
        while end > start && text.isAny(.upper, at: end - 1) { end -= 1 }
        return end > start ? end : nil
    }

    private func headEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit && text.isAny([.letter, .mark], at: end) && !text.isAny(.lower, at: end) {
            end += 1
        }
        return end
    }

    private func tailEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit && text.isAny([.letter, .mark], at: end) && !text.isAny(.upper, at: end) {
            end += 1
        }
        return end
    }
}
