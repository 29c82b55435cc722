/// GPT-2's pattern.
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// Source: the `ByteLevel` pre-tokenizer of the Hugging Face tokenizers library.
struct GPT2Rule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let contraction = text.end(ofContractionFrom: start, limit: limit, anyCase: false)
        if contraction > start { return contraction }
        let first = text.bytes[start] == 0x20 && start + 1 < limit ? start + 1 : start
        if text.isAny(.letter, at: first) { return text.end(ofRunOf: .letter, from: first, limit: limit) }
        if text.isAny(.number, at: first) { return text.end(ofRunOf: .number, from: first, limit: limit) }
        if !text.isAny(.space, at: first) {
            return text.end(ofRunWithout: [.space, .letter, .number], from: first, limit: limit)
        }
        return text.end(ofSpacesFrom: start, limit: limit)
    }
}
