public import ModelFiles

/// Turns tokens into text as they come, and never gives out half a character.
///
/// Whatever is given out, put together, is what `Tokenizer.decode` makes of the same tokens at once.
public struct StreamingDetokenizer: Sendable {
    private let tokenizer: Tokenizer
    private let showsControl: Bool
    /// The start of a character that later tokens may complete: at most three bytes between calls.
    private var pending: [UInt8] = []
    private var stripsSpace: Bool

    /// - Parameter atStart: whether the first token starts a text. False for tokens that continue a prompt: a
    ///   space in front of the
    ///   first word is then part of the text.
    public init(_ tokenizer: Tokenizer, showingControl: Bool = false, atStart: Bool = true) {
        self.tokenizer = tokenizer
        showsControl = showingControl
        stripsSpace = atStart && tokenizer.stripsLeadingSpace
    }

    /// The text that this token completes; empty while a character is unfinished.
    ///
    /// Cost: O(bytes of the token); allocates: per call.
    public mutating func append(_ token: TokenID) -> String {
        let bytes = tokenizer.bytes(of: token, showingControl: showsControl)
        guard !bytes.isEmpty else { return "" }
        pending.append(contentsOf: bytes)
        if stripsSpace {
            stripsSpace = false
            if pending.first == 0x20 { pending.removeFirst() }
        }
        let open = UTF8Sequence.unfinishedSuffix(of: pending)
        let text = String(decoding: pending.dropLast(open), as: UTF8.self)
        pending.removeFirst(pending.count - open)
        return text
    }

    /// What is left at the end: U+FFFD for a character that was never finished.
    public mutating func finish() -> String {
        let text = String(decoding: pending, as: UTF8.self)
        pending.removeAll()
        return text
    }
}
