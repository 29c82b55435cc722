import Generation
import ModelFiles
import Tokenization

/// What has been said, and how it becomes the next request.
struct Conversation {
    private let template: ChatTemplate
    private let tokenizer: Tokenizer
    private let system: [ChatMessage]
    private let request: GenerationRequest
    private var messages: [ChatMessage] = []
    /// The figures of all turns together.
    private(set) var total = GenerationSummary()

    init(template: ChatTemplate, tokenizer: Tokenizer, system: String?, request: GenerationRequest) {
        self.template = template
        self.tokenizer = tokenizer
        self.system = system.map { [ChatMessage(.system, $0)] } ?? []
        var request = request
        // A turn ends with a token of the format; a vocabulary without that token spells it.
        for text in template.stopTexts {
            if let token = tokenizer.token(forText: text) {
                request.endTokens.insert(token)
            } else {
                request.stops.append(text)
            }
        }
        self.request = request
    }

    /// The request for an answer to `text`. Every turn draws other noise: positions go on.
    func next(_ text: String) throws -> GenerationRequest {
        var request = request
        request.prompt = try tokenizer.encode(
            template.render(system + messages + [ChatMessage(.user, text)], for: tokenizer))
        request.cancellation = CancellationFlag()
        return request
    }

    /// Takes a turn into the conversation.
    mutating func append(_ text: String, answer: Transcript) {
        messages += [ChatMessage(.user, text), ChatMessage(.assistant, answer.text)]
        total.promptTokens += answer.summary.promptTokens
        total.prefilledTokens += answer.summary.prefilledTokens
        total.generatedTokens += answer.summary.generatedTokens
        total.decodeSteps += answer.summary.decodeSteps
        total.prefillSeconds += answer.summary.prefillSeconds
        total.decodeSeconds += answer.summary.decodeSeconds
    }

    /// Forgets what was said.
    mutating func reset() { messages = [] }
}
