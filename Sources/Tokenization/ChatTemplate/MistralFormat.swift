/// The formats of Mistral's models, which differ in spaces; a system message stands before the text of a user
/// message.
///
///     v1          [INST] Hello [/INST] Hi</s>      (a space before the opening mark too)
///     v3          [INST] Hello[/INST] Hi</s>
///     v3-tekken   [INST]Hello[/INST]Hi</s>
///     v7          [SYSTEM_PROMPT] Be brief[/SYSTEM_PROMPT][INST] Hello[/INST] Hi</s>
///     plain       [INST] Hello [/INST]Hi</s>      (the first template of Mixtral 8x7B)
///
/// Source: Mistral's documentation of its tokenizers ("Chat templates", mistral-common).
struct MistralFormat: ChatFormat {
    let name: String
    private let beforeOpening: String
    private let afterOpening: String
    private let beforeClosing: String
    private let beforeAnswer: String
    private var hasSystemMarks = false

    static let v1 = MistralFormat(
        name: "mistral-v1", beforeOpening: " ", afterOpening: " ", beforeClosing: " ", beforeAnswer: " ")
    static let v3 = MistralFormat(
        name: "mistral-v3", beforeOpening: "", afterOpening: " ", beforeClosing: "", beforeAnswer: " ")
    static let v3Tekken = MistralFormat(
        name: "mistral-v3-tekken", beforeOpening: "", afterOpening: "", beforeClosing: "", beforeAnswer: "")
    static let v7 = MistralFormat(
        name: "mistral-v7", beforeOpening: "", afterOpening: " ", beforeClosing: "", beforeAnswer: " ",
        hasSystemMarks: true)
    static let plain = MistralFormat(
        name: "mistral", beforeOpening: "", afterOpening: " ", beforeClosing: " ", beforeAnswer: "")

    var stopTexts: [String] { ["</s>"] }

    static func recognised(in template: String) -> MistralFormat? {
        guard template.contains("[INST]") else { return nil }
        if template.contains("[SYSTEM_PROMPT]") { return v7 }
        guard template.contains("[AVAILABLE_TOOLS]") || template.contains("' [INST] ' + system_message")
        else {
            return plain
        }
        if template.contains(" [INST]") { return v1 }
        return template.contains("\"[INST]\"") ? v3Tekken : v3
    }

    func render(_ messages: [ChatMessage], eos: String, into prompt: inout ChatPrompt) {
        let end = eos.isEmpty ? "</s>" : eos
        var isOpen = false
        for message in messages {
            if message.role == .system, hasSystemMarks {
                prompt.appendMarkup("[SYSTEM_PROMPT]\(afterOpening)")
                prompt.appendContent(message.content)
                prompt.appendMarkup("[/SYSTEM_PROMPT]")
                continue
            }
            if message.role != .assistant, !isOpen {
                prompt.appendMarkup("\(beforeOpening)[INST]\(afterOpening)")
                isOpen = true
            }
            if message.role == .assistant { prompt.appendMarkup(beforeAnswer) }
            prompt.appendContent(message.content)
            switch message.role {
            case .system: prompt.appendMarkup("\n\n")
            case .user: prompt.appendMarkup("\(beforeClosing)[/INST]")
            case .assistant: prompt.appendMarkup(end)
            }
            if message.role == .user { isOpen = false }
        }
    }

    /// The closing mark of the question is all that makes the model answer.
    func renderGenerationPrompt(into prompt: inout ChatPrompt) {}
}
