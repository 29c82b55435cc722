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

extension ExpertWeights {
    /// The weights as one operation takes them; nil for layouts that only separate operations read.
    func network(activation: ExpertActivation) -> ExpertNetwork? {
        guard case .separate(let gate, let up) = gateUp, !gate.isTransposed, !up.isTransposed,
            !down.isTransposed
        else { return nil }
        return ExpertNetwork(
            gate: (gate.weights, gate.bias?.matrix), up: (up.weights, up.bias?.matrix),
            down: (down.weights, down.bias?.matrix), activation: activation)
    }
}
