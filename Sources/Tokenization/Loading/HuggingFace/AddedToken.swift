import ModelFiles

/// An entry of `added_tokens`.
struct AddedToken {
    let id: Int
    let text: String
    let isSpecial: Bool
    let takesSpaceBefore: Bool
    let takesSpaceAfter: Bool
    let isWholeWord: Bool

    /// - Throws: `wrongMetadata`.
    static func all(in json: JSONValue, path: String) throws(TokenizationError) -> [AddedToken] {
        guard json != .null else { return [] }
        guard let list = json.list else {
            throw TokenizationError(
                .wrongMetadata(key: "added_tokens", found: json.kind, expected: "a list"), path: path)
        }
        var tokens: [AddedToken] = []
        for (index, element) in list.enumerated() {
            guard let id = element["id"]?.integer, let text = element["content"]?.string else {
                throw TokenizationError(
                    .wrongMetadata(
                        key: "added_tokens[\(index)]", found: element.kind,
                        expected: "an object with id and content"), path: path)
            }
            tokens.append(
                AddedToken(
                    id: Int(id), text: text, isSpecial: element["special"]?.boolean ?? false,
                    takesSpaceBefore: element["lstrip"]?.boolean ?? false,
                    takesSpaceAfter: element["rstrip"]?.boolean ?? false,
                    isWholeWord: element["single_word"]?.boolean ?? false))
        }
        return tokens
    }

    /// How the token is cut out of a text.
    func pattern(in vocabulary: Vocabulary) -> SpecialTokenMatcher.Pattern {
        let token = TokenID(Int32(truncatingIfNeeded: id))
        return SpecialTokenMatcher.Pattern(
            token: token, text: Array(text.utf8), isControl: isSpecial, takesSpaceBefore: takesSpaceBefore,
            takesSpaceAfter: takesSpaceAfter, isWholeWord: isWholeWord)
    }
}
