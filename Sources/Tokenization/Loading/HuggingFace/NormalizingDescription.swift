import ModelFiles

/// The `normalizer` of a `tokenizer.json`: one step, or a `Sequence` of them.
struct NormalizingDescription {
    /// Whether text is put into Normalization Form C.
    private(set) var composes = false
    /// Whether U+2581 is put in front.
    private(set) var prependsSpace = false
    /// Whether spaces become U+2581.
    private(set) var escapesSpaces = false

    /// - Throws: `unsupportedComponent`.
    init(_ json: JSONValue, path: String) throws(TokenizationError) {
        guard json != .null else { return }
        let steps = json["type"]?.string == "Sequence" ? json["normalizers"]?.list ?? [] : [json]
        for step in steps {
            switch step["type"]?.string ?? "" {
            case "NFC":
                composes = true
            case "Prepend" where step["prepend"]?.string == "▁":
                prependsSpace = true
            case "Replace" where step["pattern"]?["String"]?.string == " " && step["content"]?.string == "▁":
                escapesSpaces = true
            case let other:
                throw TokenizationError(
                    .unsupportedComponent(part: "normalizer", found: "'\(other)' with these settings"),
                    path: path)
            }
        }
        if prependsSpace && !escapesSpaces {
            throw TokenizationError(
                .unsupportedComponent(part: "normalizer", found: "'Prepend' without 'Replace'"), path: path)
        }
    }
}
