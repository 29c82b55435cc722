/// Lines and the breaks between them: `[^\n]+|[\n]+`.
struct LinesRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        let isBreak = text.bytes[start] == 0x0A
        var end = start
        while end < limit && (text.bytes[end] == 0x0A) == isBreak { end += 1 }
        return end
    }
}
