import ModelFiles

/// The `model` of a `tokenizer.json`.
struct BPEModelDescription {
    /// Every token's text and id, in the order of the file.
    let vocabulary: [JSONMember]
    let merges: [EncoderBuilder.Merge]
    let unknownText: String?
    let hasByteFallback: Bool
    let fusesUnknown: Bool
    let ignoresMerges: Bool

    /// - Throws: `unsupportedModel`, `unsupportedComponent`, `wrongMetadata`, `malformedMerge`.
    init(_ json: JSONValue, path: String) throws(TokenizationError) {
        // Files of before 2020 do not name the type; only BPE has merges.
        let type = json["type"]?.string ?? (json["merges"] == nil ? "without type" : "BPE")
        guard type == "BPE" else { throw TokenizationError(.unsupportedModel(name: type), path: path) }
        for part in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = json[part]?.string, !text.isEmpty {
                throw TokenizationError(
                    .unsupportedComponent(part: "model.\(part)", found: "'\(text)'"), path: path)
            }
        }
        if case .real(let dropout)? = json["dropout"], dropout > 0 {
            throw TokenizationError(
                .unsupportedComponent(part: "model.dropout", found: "\(dropout)"), path: path)
        }
        guard let vocabulary = json["vocab"]?.object else {
            throw TokenizationError(
                .wrongMetadata(
                    key: "model.vocab", found: json["vocab"]?.kind ?? "missing", expected: "an object"),
                path: path)
        }
        guard let list = json["merges"]?.list else {
            throw TokenizationError(
                .wrongMetadata(
                    key: "model.merges", found: json["merges"]?.kind ?? "missing", expected: "a list"),
                path: path)
        }
        var merges: [EncoderBuilder.Merge] = []
        merges.reserveCapacity(list.count)
        for (index, element) in list.enumerated() {
            if let joined = element.string {
                merges.append(.joined(joined))
            } else if let pair = element.list, pair.count == 2, let left = pair[0].string,
                let right = pair[1].string
            {
                merges.append(.pair(left, right))
            } else {
                throw TokenizationError(.malformedMerge(index: index, found: element.kind), path: path)
            }
        }
        self.vocabulary = vocabulary
        self.merges = merges
        unknownText = json["unk_token"]?.string
        hasByteFallback = json["byte_fallback"]?.boolean ?? false
        fusesUnknown = json["fuse_unk"]?.boolean ?? false
        ignoresMerges = json["ignore_merges"]?.boolean ?? false
    }
}
