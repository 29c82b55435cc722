/// What lies between an expert's up and down projections.
public enum ExpertActivation: Sendable, Equatable {
    /// silu(gate) * up.
    case swiGLU
    /// (up + 1) * gate * sigmoid(alpha * gate), gate at most `limit` and up within plus and minus `limit`
    /// (gpt-oss).
    case clampedSwiGLU(alpha: Float, limit: Float)
}

/// An expert, or another gated network of the same form, as views of its weights: down(activation(gate(x),
/// up(x))).
public struct ExpertNetwork {
    /// A matrix and the bias [1, rows] of its outputs.
    public typealias Projection = (weights: WeightMatrix, bias: FloatMatrix?)

    /// Shape: gate, up [innerSize, hiddenSize]; down [hiddenSize, innerSize].
    public let gate: Projection
    public let up: Projection
    public let down: Projection
    public let activation: ExpertActivation

    /// - Returns: nil where gate and up do not read the same form of their input: formats whose blocks differ
    ///   in length, or BF16 and another float format.
    /// - Precondition: the shapes agree.
    public init?(gate: Projection, up: Projection, down: Projection, activation: ExpertActivation) {
        guard gate.weights.format.inputBlockElements == up.weights.format.inputBlockElements else {
            return nil
        }
        precondition(
            gate.weights.rows == up.weights.rows && gate.weights.columns == up.weights.columns
                && down.weights.columns == gate.weights.rows,
            "an expert of \(gate.weights.rows), \(up.weights.rows) and \(down.weights.columns) inner columns")
        self.gate = gate
        self.up = up
        self.down = down
        self.activation = activation
    }

    /// Width between up and down.
    public var innerSize: Int { gate.weights.rows }
}
