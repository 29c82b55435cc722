public import Kernels

/// Linear attention with a gated delta rule: a state of fixed size per head that every token decays, corrects
/// and reads.
///
/// The state is updated token after token, so that no chunking of a prompt changes a bit. Source: Yang et
/// al., "Gated Delta Networks", arXiv 2412.06464, in the form of Qwen3-Next: a causal convolution in front, a
/// gated norm behind.
public struct GatedDeltaNet: Sendable {
    /// The sizes of a layer: `valueHeads` is a multiple of `keyHeads`, and neighbouring value heads share a
    /// key head.
    public struct Shape: Sendable, Equatable {
        public let keyHeads: Int
        public let valueHeads: Int
        /// Columns of a query head and of a key head.
        public let keyWidth: Int
        /// Columns of a value head.
        public let valueWidth: Int
        /// Positions that the convolution sees, its own included.
        public let taps: Int

        public init(keyHeads: Int, valueHeads: Int, keyWidth: Int, valueWidth: Int, taps: Int) {
            precondition(
                keyHeads > 0 && valueHeads % keyHeads == 0,
                "\(valueHeads) value heads on \(keyHeads) key heads")
            self.keyHeads = keyHeads
            self.valueHeads = valueHeads
            self.keyWidth = keyWidth
            self.valueWidth = valueWidth
            self.taps = taps
        }

        /// Columns of all keys; as many for the queries.
        public var keyColumns: Int { keyHeads * keyWidth }
        /// Columns of all values.
        public var valueColumns: Int { valueHeads * valueWidth }
        /// Columns that the convolution runs over: queries, keys, values.
        public var channels: Int { 2 * keyColumns + valueColumns }
        /// Value heads on one key head.
        public var share: Int { valueHeads / keyHeads }
    }

    /// The projections of a layer's input, as files have them.
    public enum Projections: Sendable {
        /// One matrix; its outputs are, for one key head after the other, query, key, its values and their
        /// gates.
        case grouped(Linear)
        /// Queries, keys and values of all heads [channels], and the gates [valueColumns].
        case split(mixed: Linear, gate: Linear)
    }

    /// Everything a layer has besides its sizes and projections.
    public struct Weights: Sendable {
        /// 2 * valueHeads outputs: for one key head after the other, the write strengths and the time steps
        /// of its values.
        public let strengthAndStep: Linear
        /// [channels * taps], oldest tap first.
        public let convolution: FloatVector
        /// One per value head, negative: the decay's rate.
        public let decayRate: FloatVector
        /// One per value head, added to the time step.
        public let stepBias: FloatVector
        /// Over each value head.
        public let norm: Norm
        /// hiddenSize outputs, valueColumns inputs.
        public let output: Linear

        public init(
            strengthAndStep: Linear, convolution: FloatVector, decayRate: FloatVector, stepBias: FloatVector,
            norm: Norm,
            output: Linear
        ) {
            self.strengthAndStep = strengthAndStep
            self.convolution = convolution
            self.decayRate = decayRate
            self.stepBias = stepBias
            self.norm = norm
            self.output = output
        }
    }

    /// The sizes of the heads.
    public let shape: Shape
    /// What gives queries, keys, values and gates.
    public let projections: Projections
    /// The rest of the layer.
    public let weights: Weights
    /// Makes a root-mean-square norm of a query or key head a Euclidean one.
    let unitNorm: Norm

    /// Added to the squared length of a head before the root, as in Qwen3-Next's published code.
    static let lengthEpsilon: Float = 1e-6

    public init(shape: Shape, projections: Projections, weights: Weights) {
        self.shape = shape
        self.projections = projections
        self.weights = weights
        // x / sqrt(sum(x^2) + e) = x / sqrt(mean(x^2) + e / n) / sqrt(n).
        let width = Float(shape.keyWidth)
        unitNorm = Norm(
            weight: FloatVector([Float](repeating: 1 / width.squareRoot(), count: shape.keyWidth)),
            epsilon: Self.lengthEpsilon / width)
    }

    /// The convolution's last inputs and the heads' matrices.
    public var stateShape: LayerStateShape {
        .recurrent(elements: historyElements + shape.valueHeads * shape.keyWidth * shape.valueWidth)
    }

    private var historyElements: Int { (shape.taps - 1) * shape.channels }

    /// The last `taps - 1` inputs of the convolution [taps - 1, channels], oldest first.
    func history(in state: FloatBuffer) -> FloatMatrix {
        state.matrix(rows: shape.taps - 1, columns: shape.channels)
    }

    /// The heads' matrices [valueHeads * keyWidth, valueWidth].
    func memory(in state: FloatBuffer) -> FloatMatrix {
        state.matrix(
            offset: historyElements, rows: shape.valueHeads * shape.keyWidth, columns: shape.valueWidth)
    }
}
