/// How one family of models writes a conversation. One file each, one line in `ChatTemplateRegistry`.
protocol ChatFormat: Sendable {
    /// The name for `--chat-template`.
    var name: String { get }
    /// Texts of the tokens that end the model's turn.
    var stopTexts: [String] { get }

    /// The format of a template in Jinja; nil where its text lacks the family's markers.
    static func recognised(in template: String) -> Self?

    /// Writes the messages.
    ///
    /// - Parameter eos: the text of the vocabulary's end token, which some formats write after a turn.
    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt)

    /// Writes what makes the model answer.
    func renderGenerationPrompt(into prompt: inout ChatPrompt)
}
