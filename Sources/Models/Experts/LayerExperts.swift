public import Kernels

/// The experts of one layer, as views into the file.
public struct LayerExperts: Sendable {
    public let experts: [ExpertWeights]
    /// Inner width of each of them.
    public let expertHiddenSize: Int
    /// What lies between up and down.
    public let activation: ExpertActivation

    public init(experts: [ExpertWeights], expertHiddenSize: Int, activation: ExpertActivation) {
        self.experts = experts
        self.expertHiddenSize = expertHiddenSize
        self.activation = activation
    }
}
