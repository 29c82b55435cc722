/// The format of OLMoE and other models tuned on Tulu.
///
///     <|user|>
///     Hello
///     <|assistant|>
///     Hi<|endoftext|>
///
/// Source: the model card of OLMoE-1B-7B-0924-Instruct; the Tulu 2 paper, arXiv 2311.10702.
struct OLMoEFormat: ChatFormat {
    var name: String { "olmoe" }
    var stopTexts: [String] { ["<|endoftext|>"] }

    static func recognised(in template: String) -> OLMoEFormat? {
        template.contains("<|user|>") && template.contains("<|assistant|>") ? OLMoEFormat() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            prompt.appendMarkup("<|\(message.role.rawValue)|>\n")
            prompt.appendContent(message.content)
            prompt.appendMarkup(message.role == .assistant ? "\(eos)\n" : "\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|assistant|>\n")
    }
}
