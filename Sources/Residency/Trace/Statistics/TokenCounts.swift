/// How many tokens a trace has, and of what.
public struct TokenCounts: Hashable, Sendable {
    /// All of them.
    public var tokens = 0
    /// Those of prompts.
    public var prefill = 0
    /// Those that were computed alone, after the one before was chosen.
    public var decode = 0
    /// Tokens of each text, in the order in which the texts first appear.
    public var sequences: [Sequence] = []
    /// Forward steps.
    public var steps = 0
    /// The most tokens of a step.
    public var widestStep = 0
    /// Choices of experts.
    public var choices = 0

    /// The tokens of a text.
    public struct Sequence: Hashable, Sendable {
        /// The trace's number of it.
        public let number: UInt32
        /// Its tokens.
        public var tokens: Int
    }

    /// The requests of experts that layers made together: steps by layers.
    public func events(_ shape: TraceShape) -> Int { steps * shape.numbering.layerCount }
}
