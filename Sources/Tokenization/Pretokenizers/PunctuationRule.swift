/// Punctuation apart from everything else.
///
///     [\p{P}\$\+<=>\^~\|`]+     Falcon
///     [\p{P}\$\+<=>\^~\|]+      the default of llama.cpp: without the backquote
struct PunctuationRule: PieceRule {
    var includesBackquote: Bool

    func matchEnd(in text: borrowing ClassifiedText, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit && isMember(text, end) { end += 1 }
        return end
    }

    private func isMember(_ text: borrowing ClassifiedText, _ position: Int) -> Bool {
        if text.isAny(.punctuation, at: position) { return true }
        let byte = text.bytes[position]
        // The symbols of ASCII are $ + < = > ^ ` | ~.
        return byte < 0x80 && text.isAny(.symbol, at: position)
            && (includesBackquote || byte != UInt8(ascii: "`"))
    }
}
