public import Kernels

/// A normalisation of rows: root mean square (most models) or mean and variance (Phi).
public struct Norm: Sendable {
    /// One factor per column.
    public let weight: FloatVector
    /// Present for a layer norm with a bias.
    public let bias: FloatVector?
    /// Added to the mean square, or to the variance, before the root.
    public let epsilon: Float
    /// True for a layer norm, which also subtracts the mean.
    public let centers: Bool

    public init(weight: FloatVector, bias: FloatVector? = nil, epsilon: Float, centers: Bool = false) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
        self.centers = centers
    }

    /// Shape: input and output [rows, width]; may be the same matrix. Allocates: none. Runs on: engine
    /// thread.
    public func callAsFunction(_ input: FloatMatrix, into output: FloatMatrix, on compute: Compute) {
        if centers {
            compute.layerNorm(
                input, weight: weight.matrix, bias: bias?.matrix, epsilon: epsilon, into: output)
        } else {
            compute.rmsNorm(input, weight: weight.matrix, epsilon: epsilon, into: output)
        }
    }
}
