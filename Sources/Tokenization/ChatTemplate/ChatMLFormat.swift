/// ChatML, the format of Qwen and many others.
///
///     <|im_start|>user
///     Hello<|im_end|>
///     <|im_start|>assistant
///
/// Source: the model cards of Qwen 2 and Qwen 3; ChatML as OpenAI published it in 2023.
struct ChatMLFormat: ChatFormat {
    /// What the template says where a conversation has no system message.
    var defaultSystem: String?

    var name: String { "chatml" }
    var stopTexts: [String] { ["<|im_end|>"] }

    static func recognised(in template: String) -> ChatMLFormat? {
        guard template.contains("<|im_start|>") else { return nil }
        return ChatMLFormat(defaultSystem: defaultSystem(in: template))
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        if let defaultSystem, messages.first?.role != .system {
            prompt.appendMarkup("<|im_start|>system\n\(defaultSystem)<|im_end|>\n")
        }
        for message in messages {
            prompt.appendMarkup("<|im_start|>\(message.role.rawValue)\n")
            prompt.appendContent(message.content)
            prompt.appendMarkup("<|im_end|>\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|im_start|>assistant\n")
    }

    /// The literal between `<|im_start|>system\n` and `<|im_end|>`, where a template has one: anything with
    /// quotes or braces is an expression.
    private static func defaultSystem(in template: String) -> String? {
        for newline in ["\\n", "\n"] {
            var rest = template[...]
            while let start = rest.firstRange(of: "<|im_start|>system" + newline) {
                rest = rest[start.upperBound...]
                guard let end = rest.firstRange(of: "<|im_end|>") else { break }
                let literal = rest[..<end.lowerBound]
                if !literal.isEmpty, !literal.contains(where: { "'\"{}\\".contains($0) }) {
                    return String(literal)
                }
            }
        }
        return nil
    }
}
