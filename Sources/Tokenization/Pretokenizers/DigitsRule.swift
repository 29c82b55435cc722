/// Numbers apart from everything else: `\p{N}{1,maximum}`.
struct DigitsRule: PieceRule {
    var maximum: Int

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        text.end(ofDigitsFrom: start, limit: limit, maximum: maximum)
    }
}

/// Falcon's `[0-9][0-9][0-9]`: ASCII digits in threes; one or two that are left over stay where they are.
struct ThreeDigitsRule: PieceRule {
    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        guard start + 3 <= limit else { return start }
        let digits: ClosedRange<UInt8> = 0x30...0x39
        let isMatch =
            digits.contains(text.bytes[start]) && digits.contains(text.bytes[start + 1])
            && digits.contains(text.bytes[start + 2])
        return isMatch ? start + 3 : start
    }
}
