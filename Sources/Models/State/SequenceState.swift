/// What a layer remembers of a sequence.
public enum LayerStateShape: Sendable, Equatable {
    /// Rows of keys and values per position; a value width of 0 means that values are the first columns of the keys
    /// (multi-head latent attention).
    case keyValue(keyWidth: Int, valueWidth: Int)
    /// A state of fixed size, Float32 (linear attention).
    case recurrent(elements: Int)
}
