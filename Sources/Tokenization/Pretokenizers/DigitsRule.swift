/// Numbers apart from everything else: `\p{N}{1,maximum}`.
struct DigitsRule: PieceRule {
    var maximum: Int

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        text.end(ofDigitsFrom: start, limit: limit, maximum: maximum)
    }
}
