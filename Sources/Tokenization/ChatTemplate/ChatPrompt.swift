/// A rendered conversation that remembers which parts are markup: only there do control tokens count, so that
/// a message which holds the text `<|im_end|>` cannot end its turn.
public struct ChatPrompt: Sendable, Equatable {
    /// Everything the model reads, as UTF-8.
    public private(set) var bytes: [UInt8] = []
    /// The parts of `bytes` that came from messages, ascending.
    public private(set) var contents: [Range<Int>] = []
    /// Whether the format starts with BOS even where the vocabulary's rules do not.
    public internal(set) var startsWithBOS = false

    /// The prompt as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Appends text of the format.
    mutating func appendMarkup(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends text of a message.
    mutating func appendContent(_ text: some StringProtocol) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if bytes.count > start { contents.append(start..<bytes.count) }
    }
}
