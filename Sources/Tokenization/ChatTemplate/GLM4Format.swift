/// The format of GLM-4 and GLM-4.5.
///
///     [gMASK]<sop><|user|>
///     Hello<|assistant|>
///     Hi
///
/// Source: the model cards of GLM-4-9B-Chat and GLM-4.5.
struct GLM4Format: ChatFormat {
    /// Whether past answers stand behind an empty thought (GLM-4.5).
    var hasThoughts = false

    var name: String { "glm-4" }
    var stopTexts: [String] { ["<|user|>", "<|observation|>", "<|endoftext|>"] }

    static func recognised(in template: String) -> GLM4Format? {
        template.contains("[gMASK]") ? GLM4Format(hasThoughts: template.contains("<think>")) : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        prompt.appendMarkup("[gMASK]<sop>")
        for message in messages {
            prompt.appendMarkup("<|\(message.role.rawValue)|>\n")
            if hasThoughts && message.role == .assistant { prompt.appendMarkup("<think></think>\n") }
            prompt.appendContent(message.content)
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|assistant|>")
    }
}
