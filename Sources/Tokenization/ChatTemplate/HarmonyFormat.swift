/// Harmony, the format of gpt-oss: messages go through channels, and the user's system message is the
/// developer's.
///
///     <|start|>system<|message|>...<|end|><|start|>developer<|message|># Instructions
///
///     Be brief
///
///     <|end|><|start|>user<|message|>Hello<|end|><|start|>assistant<|channel|>final<|message|>Hi<|end|>
///
/// The line with today's date is left out: equal conversations give equal tokens on every day.
/// Source: OpenAI's guide "OpenAI Harmony response format".
struct HarmonyFormat: ChatFormat {
    private static let system = """
        You are ChatGPT, a large language model trained by OpenAI.
        Knowledge cutoff: 2024-06

        Reasoning: medium

        # Valid channels: analysis, commentary, final. Channel must be included for every message.
        """

    var name: String { "gpt-oss" }
    var stopTexts: [String] { ["<|return|>", "<|call|>"] }

    static func recognised(in template: String) -> HarmonyFormat? {
        template.contains("<|start|>") && template.contains("<|channel|>") ? HarmonyFormat() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|start|>system<|message|>\(Self.system)<|end|>")
        for message in messages {
            switch message.role {
            case .system: prompt.appendMarkup("<|start|>developer<|message|># Instructions\n\n")
            case .user: prompt.appendMarkup("<|start|>user<|message|>")
            case .assistant: prompt.appendMarkup("<|start|>assistant<|channel|>final<|message|>")
            }
            prompt.appendContent(message.content)
            prompt.appendMarkup(message.role == .system ? "\n\n<|end|>" : "<|end|>")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|start|>assistant")
    }
}
