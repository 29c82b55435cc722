/// Who attends to what: the heads of an attention layer and how scores are formed.
public struct AttentionRule: Sendable {
    /// Query heads; query head h reads key-value head h / (heads / keyValueHeads).
    public let heads: Int
    /// Heads of keys and values, each shared by as many query heads.
    public let keyValueHeads: Int
    /// Width of a value; with a cache of latents the values are this many first columns of each key.
    public let valueWidth: Int
    /// Factor on every dot product, usually 1 / sqrt(width of a key).
    public let scale: Float
    /// Positions that a token sees, itself included; 0 for all.
    public let window: Int
    /// One logit per query head that joins the softmax's denominator and nothing else, [1, heads].
    public let sinks: FloatMatrix?

    public init(
        heads: Int, keyValueHeads: Int, valueWidth: Int, scale: Float, window: Int = 0,
        sinks: FloatMatrix? = nil
    ) {
        precondition(
            keyValueHeads > 0 && heads > 0 && heads % keyValueHeads == 0 && valueWidth > 0 && window >= 0,
            "\(heads) heads over \(keyValueHeads) of \(valueWidth), window \(window)")
        precondition(
            sinks.map { $0.columns == heads && $0.rows == 1 } ?? true, "sinks for other than \(heads) heads")
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.valueWidth = valueWidth
        self.scale = scale
        self.window = window
        self.sinks = sinks
    }
}
