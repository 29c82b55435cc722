/// The format of DeepSeek V3 and R1: everything in one line, the system message in front.
///
///     Be brief<｜User｜>Hello<｜Assistant｜>Hi<｜end▁of▁sentence｜>
///
/// Source: the model cards of DeepSeek-V3 and DeepSeek-R1.
struct DeepSeek3Format: ChatFormat {
    /// Whether the model is made to think: R1's template opens the thought itself.
    var opensThought = false

    var name: String { "deepseek-3" }
    var stopTexts: [String] { ["<｜end▁of▁sentence｜>"] }

    static func recognised(in template: String) -> DeepSeek3Format? {
        guard template.contains("<｜Assistant｜>") else { return nil }
        return DeepSeek3Format(opensThought: template.contains("<｜Assistant｜><think>\\n'"))
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            switch message.role {
            case .system: break
            case .user: prompt.appendMarkup("<｜User｜>")
            case .assistant: prompt.appendMarkup("<｜Assistant｜>")
            }
            prompt.appendContent(message.content)
            if message.role == .assistant { prompt.appendMarkup("<｜end▁of▁sentence｜>") }
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup(opensThought ? "<｜Assistant｜><think>\n" : "<｜Assistant｜>")
    }
}
