/// The format of Phi-3 and Phi-3.5-MoE.
///
///     <|user|>
///     Hello<|end|>
///     <|assistant|>
///
/// Source: the model card of Phi-3.5-MoE-instruct.
struct Phi3Format: ChatFormat {
    var name: String { "phi-3" }
    var stopTexts: [String] { ["<|end|>"] }

    static func recognised(in template: String) -> Phi3Format? {
        template.contains("<|assistant|>") && template.contains("<|end|>") ? Phi3Format() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            prompt.appendMarkup("<|\(message.role.rawValue)|>\n")
            prompt.appendContent(message.content)
            prompt.appendMarkup("<|end|>\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|assistant|>\n")
    }
}
