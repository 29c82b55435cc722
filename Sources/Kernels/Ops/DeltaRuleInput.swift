/// The inputs of a gated delta-rule layer, one row per token of one sequence.
public struct DeltaRuleInput: Sendable {
    /// Normalised and scaled queries and keys, [tokens, keyHeads * keyWidth]. Value head h uses key head
    /// h / (valueHeads / keyHeads).
    public let query: FloatMatrix
    /// Shaped like `query`.
    public let key: FloatMatrix
    /// [tokens, valueHeads * valueWidth].
    public let value: FloatMatrix
    /// Logarithm of the factor on the old state, [tokens, valueHeads].
    public let decay: FloatMatrix
    /// Strength of the correction, [tokens, valueHeads].
    public let beta: FloatMatrix

    public init(
        query: FloatMatrix, key: FloatMatrix, value: FloatMatrix, decay: FloatMatrix, beta: FloatMatrix
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.decay = decay
        self.beta = beta
    }
}
