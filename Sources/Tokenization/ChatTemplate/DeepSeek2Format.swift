/// The format of DeepSeek V2 and V2.5's predecessors.
///
///     User: Hello
///
///     Assistant: Hi<｜end▁of▁sentence｜>
///
/// Source: the model card of DeepSeek-V2-Chat.
struct DeepSeek2Format: ChatFormat {
    var name: String { "deepseek-2" }
    var stopTexts: [String] { ["<｜end▁of▁sentence｜>"] }

    static func recognised(in template: String) -> DeepSeek2Format? {
        template.contains("User: ") && template.contains("Assistant:") ? DeepSeek2Format() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            switch message.role {
            case .system: break
            case .user: prompt.appendMarkup("User: ")
            case .assistant: prompt.appendMarkup("Assistant: ")
            }
            prompt.appendContent(message.content)
            prompt.appendMarkup(message.role == .assistant ? "<｜end▁of▁sentence｜>" : "\n\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("Assistant:")
    }
}
