import ModelFiles

/// What `tokenizer_config.json`, `generation_config.json` and `config.json` say about special tokens and
/// the chat template.
struct SpecialTokenSettings {
    private(set) var bos: TokenID?
    private(set) var eos: TokenID?
    private(set) var addsBOS: Bool?
    private(set) var addsEOS: Bool?
    private(set) var endOfGeneration: Set<TokenID> = []
    private(set) var chatTemplate: String?
    private let vocabulary: Vocabulary
    private let folder: TokenizerFolder

    /// - Throws: `wrongMetadata`, `idOutOfRange`, and what reading a file can meet.
    init(_ folder: TokenizerFolder, vocabulary: Vocabulary) throws(TokenizationError) {
        self.vocabulary = vocabulary
        self.folder = folder
        let settings = try folder.optional("tokenizer_config.json") ?? .null
        bos = try named(settings["bos_token"], key: "bos_token")
        eos = try named(settings["eos_token"], key: "eos_token")
        addsBOS = settings["add_bos_token"]?.boolean
        addsEOS = settings["add_eos_token"]?.boolean
        chatTemplate = Self.template(settings["chat_template"])
        if chatTemplate == nil { chatTemplate = try folder.text("chat_template.jinja") }
        try readGenerationSettings()
        try readEnds(TokenizerFolder.configName, folder.optional(TokenizerFolder.configName))
        if let eos { endOfGeneration.insert(eos) }
    }

    /// The token of a text that a file names.
    ///
    /// - Throws: `wrongMetadata` where the vocabulary lacks it.
    func token(_ text: String, key: String) throws(TokenizationError) -> TokenID {
        guard let token = vocabulary.token(withText: Array(text.utf8)) else {
            throw TokenizationError(
                .wrongMetadata(key: key, found: "'\(text)'", expected: "a token of the vocabulary"),
                path: folder.path(of: "tokenizer_config.json"))
        }
        return token
    }

    /// A token's text, or an object with it as `content`. A text that is no token is passed over:
    /// configurations name
    /// tokens that their vocabulary never got.
    private func named(_ json: JSONValue?, key: String) throws(TokenizationError) -> TokenID? {
        guard let text = json?.string ?? json?["content"]?.string else { return nil }
        return vocabulary.token(withText: Array(text.utf8))
    }

    private mutating func readGenerationSettings() throws(TokenizationError) {
        let name = "generation_config.json"
        guard let settings = try folder.optional(name) else { return }
        try readEnds(name, settings)
        if bos == nil, let json = settings["bos_token_id"], json != .null {
            bos = try id(json.integer, "bos_token_id", folder.path(of: name))
        }
    }

    private mutating func readEnds(_ name: String, _ settings: JSONValue?) throws(TokenizationError) {
        guard let ids = settings?["eos_token_id"] else { return }
        for json in ids.list ?? [ids] where json != .null {
            endOfGeneration.insert(try id(json.integer, "eos_token_id", folder.path(of: name)))
        }
    }

    private func id(_ value: Int64?, _ key: String, _ path: String) throws(TokenizationError) -> TokenID {
        guard let value, value >= 0, value < vocabulary.count else {
            throw TokenizationError(
                .idOutOfRange(key: key, found: Int(value ?? -1), vocabularySize: vocabulary.count), path: path
            )
        }
        return TokenID(Int32(truncatingIfNeeded: value))
    }

    /// The template itself, or the one named "default" of several.
    private static func template(_ json: JSONValue?) -> String? {
        if let text = json?.string { return text }
        return json?.list?.first { $0["name"]?.string == "default" }?["template"]?.string
    }
}
