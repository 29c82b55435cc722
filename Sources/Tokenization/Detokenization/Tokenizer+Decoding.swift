public import ModelFiles

extension Tokenizer {
    /// The text of tokens; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter showingControl: whether control tokens appear by their text; otherwise they are left out.
    /// - Parameter atStart: whether the tokens start a text: the space that some vocabularies put in front of
    ///   it is then left out. Ids outside the vocabulary are left out.
    public func decode(_ tokens: [TokenID], showingControl: Bool = false, atStart: Bool = true) -> String {
        var detokenizer = StreamingDetokenizer(self, showingControl: showingControl, atStart: atStart)
        var text = ""
        for token in tokens { text += detokenizer.append(token) }
        return text + detokenizer.finish()
    }

    /// The bytes that one token adds to a text: possibly not UTF-8 by themselves, empty for control tokens
    /// unless shown.
    public func bytes(of token: TokenID, showingControl: Bool = false) -> [UInt8] {
        guard vocabulary.contains(token) else { return [] }
        if vocabulary.kind(of: token).isHidden && !showingControl { return [] }
        return Array(vocabulary.piece(of: token))
    }
}
