/// The format of Granite 3.
///
///     <|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>
///     <|start_of_role|>assistant<|end_of_role|>
///
/// The dated system message that later templates write by themselves is left out.
/// Source: IBM's prompt engineering guide for Granite 3.
struct GraniteFormat: ChatFormat {
    var name: String { "granite" }
    var stopTexts: [String] { ["<|end_of_text|>"] }

    static func recognised(in template: String) -> GraniteFormat? {
        template.contains("<|start_of_role|>") ? GraniteFormat() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            prompt.appendMarkup("<|start_of_role|>\(message.role.rawValue)<|end_of_role|>")
            prompt.appendContent(message.content)
            prompt.appendMarkup("<|end_of_text|>\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|start_of_role|>assistant<|end_of_role|>")
    }
}
