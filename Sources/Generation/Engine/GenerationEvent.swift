public import ModelFiles

/// What the engine tells about a request while it works on it.
public enum GenerationEvent: Sendable {
    /// So many tokens of the prompt have been computed, out of those that had to be; within a chunk, as many
    /// as layers are done of it.
    case prefill(done: Int, total: Int)
    /// A token has been chosen. `text` is what can be shown since the last event: whole UTF-8 sequences,
    /// possibly none.
    case token(TokenID, text: String)
    /// The last event; `text` is what was held back and now can be shown.
    case finished(GenerationSummary, text: String)
}

/// Why a text ended.
public enum FinishReason: String, Sendable {
    /// The model ended it, or a stop string came.
    case stop
    /// The wanted number of tokens is there, or the context is full.
    case length
    /// The request was cancelled.
    case cancelled
}

/// The figures of one finished request.
public struct GenerationSummary: Sendable {
    /// Why the text ended.
    public var finishReason = FinishReason.length
    /// The stop string that ended the text, where one did.
    public var stop: String?
    /// Tokens of the whole prompt.
    public var promptTokens = 0
    /// Prompt tokens that were computed, those known from the request before left out.
    public var prefilledTokens = 0
    /// Tokens chosen, the one that ended the text included.
    public var generatedTokens = 0
    /// Steps that computed one token; the first token of an answer needs none.
    public var decodeSteps = 0
    /// Time until the first token was chosen.
    public var prefillSeconds = 0.0
    /// Time of the decode steps.
    public var decodeSeconds = 0.0
    /// What streaming did; nil where the model is mapped.
    public var streaming: StreamingSummary?

    /// Nothing done yet.
    public init() {}
}
