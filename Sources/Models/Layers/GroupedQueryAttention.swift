public import Kernels

/// Attention whose query heads share key-value heads in groups: arXiv 2305.13245, with the additions of
/// today's models.
public struct GroupedQueryAttention: Sendable {
    /// What one head norms of queries and keys.
    public enum NormExtent: Sendable {
        /// Each head by itself (Qwen3).
        case head
        /// The whole row of heads at once (OLMoE).
        case row
    }

    /// The heads of a layer.
    public struct Heads: Sendable, Equatable {
        /// Query heads.
        public let count: Int
        /// Key and value heads, a divisor of `count`.
        public let keyValueCount: Int
        /// Width of a head.
        public let size: Int

        public init(count: Int, keyValueCount: Int, size: Int) {
            precondition(
                keyValueCount >= 1 && count % keyValueCount == 0, "\(count) heads over \(keyValueCount)")
            self.count = count
            self.keyValueCount = keyValueCount
            self.size = size
        }

        /// Elements of a row of queries.
        public var queryWidth: Int { count * size }
        /// Elements of a row of keys, and of values.
        public var keyValueWidth: Int { keyValueCount * size }
    }

    /// How many heads there are, and how wide.
    public let heads: Heads
    /// queryWidth outputs; with `hasOutputGate` 2 * queryWidth, of each head first the query, then the gate.
    public let query: Linear
    /// keyValueWidth outputs, hiddenSize inputs.
    public let key: Linear
    /// keyValueWidth outputs, hiddenSize inputs.
    public let value: Linear
    /// hiddenSize outputs, queryWidth inputs.
    public let output: Linear
    /// How queries and keys turn with their position.
    public let rotary: RotaryTable

    /// Norms on queries and keys before they turn.
    public var queryNorm: Norm?
    /// Norm on keys before they turn.
    public var keyNorm: Norm?
    /// What the two norms take as one vector.
    public var normExtent = NormExtent.head
    /// Queries, keys and values are clamped to plus and minus this (OLMoE).
    public var clampLimit: Float?
    /// Factor on scores; 1 / sqrt(head size) unless an architecture says otherwise.
    public var scoreScale: Float
    /// Positions that a token sees, itself included; 0 means all.
    public var slidingWindow = 0
    /// One score per query head that takes part in the softmax but has no value (gpt-oss).
    public var sinks: FloatVector?
    /// Whether the attention's result is multiplied by the sigmoid of a gate that the query projection yields
    /// (Qwen3-Next).
    public var hasOutputGate = false

    public init(heads: Heads, query: Linear, key: Linear, value: Linear, output: Linear, rotary: RotaryTable)
    {
        self.heads = heads
        self.query = query
        self.key = key
        self.value = value
        self.output = output
        self.rotary = rotary
        scoreScale = 1 / Float(heads.size).squareRoot()
    }

    /// Keys and values of all key-value heads per position.
    public var stateShape: LayerStateShape {
        .keyValue(
            heads: heads.keyValueCount, keyWidth: heads.keyValueWidth, valueWidth: heads.keyValueWidth)
    }
}
