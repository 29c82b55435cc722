public import Kernels

/// What a layer gives to its experts.
public struct ExpertInput {
    /// The layer's number in the model.
    public let layer: Int
    /// Which row goes to which experts, and with which weights.
    public let routing: Routing
    /// What the experts compute with, behind the norm [rows, hiddenSize].
    public let rows: FloatMatrix
    /// The residual stream in front of that norm [rows, hiddenSize], from which later layers can be guessed.
    public let hidden: FloatMatrix

    public init(layer: Int, routing: Routing, rows: FloatMatrix, hidden: FloatMatrix) {
        self.layer = layer
        self.routing = routing
        self.rows = rows
        self.hidden = hidden
    }
}
