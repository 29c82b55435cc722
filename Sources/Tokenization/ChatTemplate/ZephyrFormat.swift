/// The format of Zephyr: every message ends with the end token.
///
///     <|user|>
///     Hello</s>
///     <|assistant|>
///
/// Source: the model card of zephyr-7b-beta.
struct ZephyrFormat: ChatFormat {
    var name: String { "zephyr" }
    var stopTexts: [String] { ["</s>", "<|endoftext|>"] }

    static func recognised(in template: String) -> ZephyrFormat? {
        let writesEndAfterUser = ["message['content'] + eos_token", "message['content']  + eos_token"]
            .contains {
                template.contains("<|user|>\\n' + \($0)") || template.contains("<|user|>\n' + \($0)")
            }
        return writesEndAfterUser ? ZephyrFormat() : nil
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        for message in messages {
            prompt.appendMarkup("<|\(message.role.rawValue)|>\n")
            prompt.appendContent(message.content)
            prompt.appendMarkup("\(eos)\n")
        }
    }

    func renderGenerationPrompt(into prompt: inout ChatPrompt) {
        prompt.appendMarkup("<|assistant|>\n")
    }
}
