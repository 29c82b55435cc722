import Kernels

/// Multi-head latent attention: keys and values are projections of one small latent per position, and the
/// latent is the cache.
///
/// A cache row holds the normed latent and the rotated part of the key that all heads share. The key
/// projection of a head is applied to its query instead, and the value projection to what it read, so that
/// all heads attend to the same rows.
/// Source: DeepSeek-V2, arXiv 2405.04434, section 2.1 and appendix C.
public struct LatentAttention: Sendable {
    /// The sizes of a layer.
    public struct Shape: Sendable, Equatable {
        /// Query heads.
        public let heads: Int
        /// Columns of a head's query and key that have no position.
        public let plainWidth: Int
        /// Columns behind them that turn with the position.
        public let rotaryWidth: Int
        /// Columns of a head's value.
        public let valueWidth: Int
        /// Columns of a position's latent.
        public let latentWidth: Int

        public init(heads: Int, plainWidth: Int, rotaryWidth: Int, valueWidth: Int, latentWidth: Int) {
            self.heads = heads
            self.plainWidth = plainWidth
            self.rotaryWidth = rotaryWidth
            self.valueWidth = valueWidth
            self.latentWidth = latentWidth
        }

        /// Columns of a head's query: first the plain ones.
        public var queryWidth: Int { plainWidth + rotaryWidth }
        /// Columns of a cache row: first the latent.
        public var rowWidth: Int { latentWidth + rotaryWidth }
    }

    /// How queries come from the layer's input.
    public enum Query: Sendable {
        case direct(Linear)
        /// Through a latent of their own.
        case compressed(down: Linear, norm: Norm, up: Linear)
    }

    /// The sizes of the heads and of the latent.
    public let shape: Shape
    /// What gives the queries of all heads.
    public let query: Query
    /// rowWidth outputs: the latent before its norm and the shared key before its rotation.
    public let compress: Linear
    /// Over the latent.
    public let latentNorm: Norm
    /// Per head: plainWidth inputs, latentWidth outputs; turns a query into one that meets the latent itself.
    public let absorbKey: [Linear]
    /// Per head: latentWidth inputs, valueWidth outputs.
    public let expandValue: [Linear]
    /// hiddenSize outputs, heads * valueWidth inputs.
    public let output: Linear
    /// Turns rotaryWidth columns of queries and of the shared key.
    public let rotary: RotaryTable
    /// Factor on the scores.
    public let scale: Float

    public init(
        shape: Shape, query: Query, compress: Linear, latentNorm: Norm, absorbKey: [Linear],
        expandValue: [Linear],
        output: Linear, rotary: RotaryTable, scale: Float
    ) {
        precondition(
            absorbKey.count == shape.heads && expandValue.count == shape.heads, "\(shape.heads) heads")
        self.shape = shape
        self.query = query
        self.compress = compress
        self.latentNorm = latentNorm
        self.absorbKey = absorbKey
        self.expandValue = expandValue
        self.output = output
        self.rotary = rotary
        self.scale = scale
    }

    /// A row per position, the latent and the shared key; values are the latents.
    public var stateShape: LayerStateShape {
        .keyValue(heads: 1, keyWidth: shape.rowWidth, valueWidth: 0)
    }
}
