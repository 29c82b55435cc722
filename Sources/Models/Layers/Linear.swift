public import Kernels

/// A matrix product with an optional bias: output = weights x input + bias.
public struct Linear: Sendable {
    public let weights: WeightMatrix
    /// [1, outputs], Float32.
    public let bias: FloatVector?
    /// True where the file stores [inputs, outputs] instead of [outputs, inputs].
    public let isTransposed: Bool

    public init(weights: WeightMatrix, bias: FloatVector? = nil, isTransposed: Bool = false) {
        self.weights = weights
        self.bias = bias
        self.isTransposed = isTransposed
    }

    /// Elements of an input row.
    public var inputs: Int { isTransposed ? weights.rows : weights.columns }
    /// Elements of an output row.
    public var outputs: Int { isTransposed ? weights.columns : weights.rows }

    /// Shape: input [tokens, inputs], output [tokens, outputs]. Allocates: none. Runs on: engine thread.
    public func callAsFunction(_ input: FloatMatrix, into output: FloatMatrix, on compute: Compute) {
        if isTransposed {
            compute.multiplyTransposed(weights, input, into: output, bias: bias?.matrix)
        } else {
            compute.multiply(weights, input, into: output, bias: bias?.matrix)
        }
    }
}
