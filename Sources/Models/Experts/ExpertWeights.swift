import Kernels

/// The weights of one expert as views, in the layout of the file they come from.
public struct ExpertWeights: Sendable {
    /// How the gate and up projections lie.
    public enum GateUp: Sendable {
        /// Two matrices [expertHiddenSize, hiddenSize].
        case separate(gate: Linear, up: Linear)
        /// One transposed matrix [hiddenSize, 2 * expertHiddenSize] with gate in even and up in odd columns
        /// (gpt-oss safetensors).
        case interleaved(Linear)
    }

    /// From hiddenSize inputs to what the activation takes.
    public let gateUp: GateUp
    /// hiddenSize outputs, expertHiddenSize inputs.
    public let down: Linear

    public init(gateUp: GateUp, down: Linear) {
        self.gateUp = gateUp
        self.down = down
    }
}

/// What lies between an expert's up and down projections.
public enum ExpertActivation: Sendable, Equatable {
    /// silu(gate) * up.
    case swiGLU
    /// (up + 1) * gate * sigmoid(alpha * gate), gate at most `limit` and up within plus and minus `limit`
    /// (gpt-oss).
    case clampedSwiGLU(alpha: Float, limit: Float)
}
