public import Kernels
public import ModelFiles

/// Texts to score: how likely the model holds each of their tokens.
public struct EvaluationRequest: Sendable {
    /// Every window starts from an empty state.
    public var windows: [[TokenID]]
    /// Scores only the tokens that the second half of a window predicts: of 512 the last 255, as
    /// llama-perplexity does.
    public var scoresSecondHalf = false
    /// Feeds one token at a time, as generating does, and not whole chunks.
    public var feedsSingly = false
    /// Wants the most likely next token of every position.
    public var wantsArgmax = false
    /// Called on the engine thread with the logits [rows, vocabularySize] of all positions, in their order.
    public var logitSink: (@Sendable (FloatMatrix) throws -> Void)?
    /// Stops the request before its next half layer.
    public var cancellation = CancellationFlag()

    public init(windows: [[TokenID]]) { self.windows = windows }
}

/// What the engine tells about an evaluation.
public enum EvaluationEvent: Sendable {
    /// So many tokens of all windows are computed; the window goes on.
    case step(done: Int, total: Int)
    /// So many windows are done; the figures so far.
    case window(done: Int, total: Int, EvaluationSummary)
    case finished(EvaluationSummary)
}

/// The score of a text.
public struct EvaluationSummary: Sendable {
    /// Tokens whose likelihood was taken.
    public var tokensScored = 0
    /// Windows that are done.
    public var windowsDone = 0
    /// Sum of negative log likelihoods, nats.
    public var totalNats = 0.0
    /// The most likely next token at every position, where wanted.
    public var argmax: [TokenID] = []
    /// Tokens that were fed to the model.
    public var computedTokens = 0
    /// Time of all windows.
    public var seconds = 0.0
    /// What streaming did; nil where the model is mapped.
    public var streaming: StreamingSummary?
    /// Whether it ended before the last window.
    public var wasCancelled = false

    /// Nothing scored yet.
    public init() {}

    /// Mean negative log likelihood, nats per token; nil where nothing was scored.
    public var natsPerToken: Double? { tokensScored > 0 ? totalNats / Double(tokensScored) : nil }
    /// e to the power of the mean negative log likelihood.
    public var perplexity: Double? { natsPerToken.map(exponential) }
}
