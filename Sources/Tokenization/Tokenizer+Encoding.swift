public import ModelFiles

extension Tokenizer {
    /// The tokens of a text.
    ///
    /// - Parameter addSpecial: whether BOS and EOS are added where the model wants them.
    /// - Parameter parseSpecial: whether the text of a control token (`<|im_start|>`) becomes that token;
    ///   where false it is spelled
    ///   like any other text. User-defined tokens are recognised either way.
    /// - Throws: `byteWithoutToken`, `textTooLong`. Cost: O(n log n) in the longest piece that the
    ///   pre-tokenizer leaves, linear in the text; allocates: once per call.
    public func encode(
        _ text: String, addSpecial: Bool = true, parseSpecial: Bool = false
    ) throws(TokenizationError) -> [TokenID] {
        try encode(Array(text.utf8), addSpecial: addSpecial, parseSpecial: parseSpecial)
    }

    /// The tokens of UTF-8 bytes, as `encode(_:addSpecial:parseSpecial:)`.
    ///
    /// - Throws: also `invalidUTF8` with the offset of the first bad sequence.
    public func encode(
        _ bytes: [UInt8], addSpecial: Bool = true, parseSpecial: Bool = false
    ) throws(TokenizationError) -> [TokenID] {
        try encode(
            bytes, addsBOS: addSpecial && rules.addsBOS, addsEOS: addSpecial && rules.addsEOS,
            control: parseSpecial ? .everywhere : .nowhere)
    }

    /// The tokens of a conversation: BOS where the vocabulary's rules or the format want it, control tokens
    /// in markup only.
    ///
    /// - Throws: `byteWithoutToken`, `textTooLong`.
    public func encode(_ prompt: ChatPrompt) throws(TokenizationError) -> [TokenID] {
        try encode(
            prompt.bytes, addsBOS: rules.addsBOS || prompt.startsWithBOS, addsEOS: false,
            control: .outside(prompt.contents))
    }

    private func encode(
        _ bytes: [UInt8], addsBOS: Bool, addsEOS: Bool, control: SpecialTokenMatcher.ControlScope
    ) throws(TokenizationError) -> [TokenID] {
        guard bytes.count <= TokenizationLimits.textBytes else {
            throw TokenizationError(.textTooLong(bytes: bytes.count, limit: TokenizationLimits.textBytes))
        }
        let fragments = specialTokens.fragments(of: bytes, parsingControl: control)
        var session = EncodingSession(textBytes: bytes.count)
        if addsBOS, let bos { session.tokens.append(bos.rawValue) }
        switch algorithm {
        case .byteLevel(let encoder): try encode(bytes, fragments, by: encoder, &session)
        case .characters(let encoder): try encode(bytes, fragments, by: encoder, &session)
        }
        if addsEOS, let eos { session.tokens.append(eos.rawValue) }
        return session.tokens.map { TokenID($0) }
    }

    private func encode(
        _ bytes: [UInt8], _ fragments: [SpecialTokenMatcher.Fragment], by encoder: ByteLevelEncoder,
        _ session: inout EncodingSession
    ) throws(TokenizationError) {
        let text = try ClassifiedText(bytes)
        for fragment in fragments {
            switch fragment {
            case .token(let token): session.tokens.append(token.rawValue)
            case .text(let range):
                if normalizesToNFC, let composed = Composition.unicode.composed(bytes, range) {
                    let text = try ClassifiedText(composed)
                    try encoder.encode(text, 0..<text.count, session: &session)
                } else {
                    try encoder.encode(text, range, session: &session)
                }
            }
        }
    }

    private func encode(
        _ bytes: [UInt8], _ fragments: [SpecialTokenMatcher.Fragment], by encoder: CharacterEncoder,
        _ session: inout EncodingSession
    ) throws(TokenizationError) {
        if let offset = UTF8Sequence.firstError(in: bytes) {
            throw TokenizationError(.invalidUTF8, offset: offset)
        }
        for (index, fragment) in fragments.enumerated() {
            switch fragment {
            case .token(let token): session.tokens.append(token.rawValue)
            case .text(let range):
                if normalizesToNFC, let composed = Composition.unicode.composed(bytes, range) {
                    try encoder.encode(composed, 0..<composed.count, isFirst: index == 0, session: &session)
                } else {
                    try encoder.encode(bytes, range, isFirst: index == 0, session: &session)
                }
            }
        }
    }
}
