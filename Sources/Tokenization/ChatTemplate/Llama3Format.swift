/// The format of Llama 3 and its relatives.
///
///     <|start_header_id|>user<|end_header_id|>
///
///     Hello<|eot_id|><|start_header_id|>assistant<|end_header_id|>
///
/// The dates that Llama 3.1's template writes into the system message are left out.
/// Source: Meta's page "Llama 3: model cards and prompt formats".
struct Llama3Format: ChatFormat {
    var name: String { "llama-3" }
    var stopTexts: [String] { ["<|eot_id|>", "<|eom_id|>"] }

    static func recognised(in template: String) -> Llama3Format? {
        template.contains("<|start_header_id|>") && template.contains("<|end_header_id|>")
            ? Llama3Format() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            prompt.appendMarkup("<|start_header_id|>\(message.role.rawValue)<|end_header_id|>\n\n")
            prompt.appendContent(message.trimmedContent)
            prompt.appendMarkup("<|eot_id|>")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|start_header_id|>assistant<|end_header_id|>\n\n")
    }
}
