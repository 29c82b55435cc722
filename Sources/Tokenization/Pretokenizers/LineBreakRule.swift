/// Every line break a piece of its own: `[\r\n]`.
struct LineBreakRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        text.isNewline(at: start) ? start + 1 : start
    }
}
