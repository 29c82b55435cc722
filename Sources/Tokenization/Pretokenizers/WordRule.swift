/// The pattern of Llama 3, Qwen 2 and their relatives.
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Source: the `tokenizer.json` of each model; llama.cpp's table of the same for GGUF names.
struct WordRule: PieceRule {
    /// What a word is made of: `\p{L}`, or `[\p{L}\p{M}]` (Qwen 3.5).
    var letters: CharacterClass = .letter
    /// The largest number of digits in one piece.
    var digits = 3
    /// Whether the English contractions are cut off.
    var cutsContractions = true
    /// Whether punctuation takes the line breaks that follow it: the `[\r\n]*`.
    var takesNewlines = true

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        if cutsContractions {
            let contraction = text.end(ofContractionFrom: start, limit: limit, anyCase: true)
            if contraction > start { return contraction }
        }
        if text.isAny(letters, at: start) { return text.end(ofRunOf: letters, from: start, limit: limit) }
        if text.isAny(.number, at: start) {
            return text.end(ofDigitsFrom: start, limit: limit, maximum: digits)
        }
        let next = text.next(start)
        if next < limit, text.isAny(letters, at: next), !text.isNewline(at: start) {
            return text.end(ofRunOf: letters, from: next, limit: limit)
        }
        let first = text.bytes[start] == 0x20 && next < limit ? next : start
        let other: CharacterClass = [.space, .number, letters]
        if !text.isAny(other, at: first) {
            let end = text.end(ofRunWithout: other, from: first, limit: limit)
            return takesNewlines ? text.end(ofNewlinesFrom: end, limit: limit) : end
        }
        return text.end(ofWhiteSpaceFrom: start, limit: limit)
    }
}
