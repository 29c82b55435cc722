public import Kernels

/// The second half of a layer: a dense network or a mixture of experts.
public enum FeedForward: Sendable {
    case dense(DenseFeedForward)
    case experts(MixtureOfExperts)
}

/// A gated feed-forward network that every token uses: a leading dense layer or a shared expert.
public struct DenseFeedForward: Sendable {
    /// The three projections.
    public let weights: ExpertWeights
    /// Width between up and down.
    public let innerSize: Int
    /// What lies between them.
    public let activation: ExpertActivation

    public init(weights: ExpertWeights, innerSize: Int, activation: ExpertActivation = .swiGLU) {
        self.weights = weights
        self.innerSize = innerSize
        self.activation = activation
    }

    /// output = network(input). Shape: [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    public func forward(_ input: FloatMatrix, into output: FloatMatrix, context: StepContext) {
        weights.forward(
            input, into: output, expertHiddenSize: innerSize, activation: activation, context: context)
    }

    /// Arena elements that `forward` takes.
    public func scratchElements(rows: Int, hiddenSize: Int) -> Int {
        weights.scratchElements(rows: rows, hiddenSize: hiddenSize, expertHiddenSize: innerSize)
    }
}
