/// The format in which a model reads a conversation.
///
/// Files carry it as a Jinja program. It is not run: it is recognised by the markers of its family, and the
/// family's format is written by hand. Tool calls, documents and thinking switches of the original templates
/// are left out.
public struct ChatTemplate: Sendable {
    private let format: any ChatFormat
    private let mentionsBOS: Bool

    /// The names that `named(_:)` accepts.
    public static var names: [String] { ChatTemplateRegistry.names }

    /// The format of this name.
    ///
    /// - Throws: `unknownChatTemplate` with the names there are.
    public static func named(_ name: String) throws(TokenizationError) -> ChatTemplate {
        guard let format = ChatTemplateRegistry.formats.first(where: { $0.name == name }) else {
            throw TokenizationError(.unknownChatTemplate(found: "unknown chat template '\(name)'"))
        }
        return ChatTemplate(format: format, mentionsBOS: false)
    }

    /// The format of a tokenizer's own template.
    ///
    /// - Throws: `unknownChatTemplate` where the file has none or one of no known family.
    public static func of(_ tokenizer: Tokenizer) throws(TokenizationError) -> ChatTemplate {
        guard let template = tokenizer.chatTemplate else {
            throw TokenizationError(
                .unknownChatTemplate(found: "the model has no chat template"), path: tokenizer.path)
        }
        for family in ChatTemplateRegistry.families {
            if let format = family.recognised(in: template) {
                return ChatTemplate(format: format, mentionsBOS: template.contains("bos_token"))
            }
        }
        throw TokenizationError(
            .unknownChatTemplate(found: "the model's chat template is of no known family"),
            path: tokenizer.path)
    }

    /// The format's name.
    public var name: String { format.name }

    /// Texts of the tokens that end the model's turn, besides the vocabulary's end token.
    public var stopTexts: [String] { format.stopTexts }

    /// The conversation as the model reads it.
    ///
    /// - Parameter tokenizer: whose end token some formats write after a turn.
    /// - Parameter addingGenerationPrompt: whether it ends with what makes the model answer.
    public func render(
        _ messages: [ChatMessage], for tokenizer: Tokenizer, addingGenerationPrompt: Bool = true
    ) -> ChatPrompt {
        var prompt = ChatPrompt()
        prompt.startsWithBOS = mentionsBOS
        let eos = tokenizer.eos.flatMap { tokenizer.text(of: $0) } ?? ""
        format.render(messages, eos: eos, into: &prompt)
        if addingGenerationPrompt { format.renderGenerationPrompt(into: &prompt) }
        return prompt
    }
}
