public import Kernels
public import ModelFiles

/// A text to continue and how.
public struct GenerationRequest: Sendable {
    /// The whole text so far, as tokens. What it has in common with the request before is not computed again.
    public var prompt: [TokenID]
    /// How tokens are chosen.
    public var sampling: SamplingOptions
    /// Tokens to generate at most; nil goes on until the context is full.
    public var maximumTokens: Int?
    /// Strings that end the text and are no part of it.
    public var stops: [String] = []
    /// Goes on after tokens that end a text.
    public var ignoresEndOfGeneration = false
    /// Tokens that end the text besides those of the vocabulary.
    public var endTokens: Set<TokenID> = []
    /// Whether the answer is a text of its own: the space that some vocabularies put in front of a text is
    /// then left out.
    public var startsText = false
    /// Starts from an empty state even where the request before left a common beginning.
    public var forgetsHistory = false
    /// Called on the engine thread with the logits [1, vocabularySize] that each token is chosen from.
    public var logitSink: (@Sendable (FloatMatrix) throws -> Void)?
    /// Stops the request before its next token, or in the prompt before its next half layer.
    public var cancellation = CancellationFlag()

    /// Continues `prompt`.
    public init(prompt: [TokenID], sampling: SamplingOptions = SamplingOptions(), maximumTokens: Int? = nil) {
        self.prompt = prompt
        self.sampling = sampling
        self.maximumTokens = maximumTokens
    }
}
