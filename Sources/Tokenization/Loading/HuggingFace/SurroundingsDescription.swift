import ModelFiles

/// The `post_processor` of a `tokenizer.json`: which special tokens stand around a text.
struct SurroundingsDescription {
    /// The text of the token in front.
    private(set) var before: String?
    /// The text of the token behind.
    private(set) var after: String?

    /// - Throws: `unsupportedComponent`.
    init(_ json: JSONValue, path: String) throws(TokenizationError) {
        guard json != .null else { return }
        let steps = json["type"]?.string == "Sequence" ? json["processors"]?.list ?? [] : [json]
        for step in steps {
            switch step["type"]?.string ?? "" {
            case "ByteLevel":
                // Only trims offsets.
                continue
            case "TemplateProcessing":
                try read(template: step["single"]?.list ?? [], path)
            case let other:
                throw TokenizationError(
                    .unsupportedComponent(part: "post_processor", found: "'\(other)'"), path: path)
            }
        }
    }

    private mutating func read(template: [JSONValue], _ path: String) throws(TokenizationError) {
        var isBehind = false
        for piece in template {
            if piece["Sequence"] != nil {
                isBehind = true
            } else if let text = piece["SpecialToken"]?["id"]?.string, (isBehind ? after : before) == nil {
                if isBehind { after = text } else { before = text }
            } else {
                throw TokenizationError(
                    .unsupportedComponent(part: "post_processor", found: "more than one token on a side"),
                    path: path)
            }
        }
    }
}
