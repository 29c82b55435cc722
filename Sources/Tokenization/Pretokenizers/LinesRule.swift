/// Lines and the breaks between them: `[^\n]+|[\n]+`.
struct LinesRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let isBreak = text.bytes[start] == 0x0A
        var end = start
        while end < limit && (text.bytes[end] == 0x0A) == isBreak { end += 1 }
        return end
    }
}

/// Every line break a piece of its own: `[\r\n]`.
struct LineBreakRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        text.isNewline(at: start) ? start + 1 : start
    }
}
