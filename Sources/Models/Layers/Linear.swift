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

    /// Two or three products of one input as one operation, each the same as by itself.
    ///
    /// Shape: as by itself. Allocates: none. Runs on: engine thread.
    static func multiply(
        _ input: FloatMatrix, _ first: (Linear, into: FloatMatrix), _ second: (Linear, into: FloatMatrix),
        _ third: (Linear, into: FloatMatrix)? = nil, on compute: Compute
    ) {
        if first.0.isTransposed || second.0.isTransposed || third?.0.isTransposed == true {
            first.0(input, into: first.into, on: compute)
            second.0(input, into: second.into, on: compute)
            if let third { third.0(input, into: third.into, on: compute) }
            return
        }
        compute.multiply(
            input, first.0.product(into: first.into), second.0.product(into: second.into),
            third.map { $0.0.product(into: $0.into) })
    }

    private func product(into output: FloatMatrix) -> Product {
        Product(weights, bias: bias?.matrix, into: output)
    }
}
