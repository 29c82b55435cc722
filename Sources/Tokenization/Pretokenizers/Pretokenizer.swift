/// How a model's text is cut into pieces before bytes are merged into tokens: one or more patterns, each
/// applied to the pieces of the one before.
struct Pretokenizer: Sendable {
    /// The name in GGUF's `tokenizer.ggml.pre`.
    let name: String
    let rules: [any PieceRule]
    /// Whether a piece that is a token as a whole is taken as that token, without merging.
    let ignoresMerges: Bool
    /// Whether a text starts with BOS where the file does not say.
    let addsBOS: Bool

    init(_ name: String, _ rules: [any PieceRule], ignoresMerges: Bool = false, addsBOS: Bool = false) {
        self.name = name
        self.rules = rules
        self.ignoresMerges = ignoresMerges
        self.addsBOS = addsBOS
    }

    /// The ends of the pieces of `start ..< limit`, ascending; the last is `limit`.
    func ends(of text: borrowing ClassifiedText, from start: Int, limit: Int) -> [Int] {
        guard start < limit else { return [] }
        var ends = [limit]
        for rule in rules {
            var finer: [Int] = []
            finer.reserveCapacity(max(ends.count, (limit - start) / 6))
            var position = start
            for end in ends {
                rule.cut(text, from: position, limit: end, into: &finer)
                position = end
            }
            ends = finer
        }
        return ends
    }
}
