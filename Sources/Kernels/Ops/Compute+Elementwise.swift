import CKernels

extension Compute {
    /// output = input / rms(input) * weight per row; with
    /// `rows` = tokens x heads it norms heads. Works in place.
    ///
    /// Shape: input, output [rows, columns]; weight [1, columns]. Source: RMSNorm, arXiv 1910.07467.
    public func rmsNorm(_ input: FloatMatrix, weight: FloatMatrix, epsilon: Float, into output: FloatMatrix) {
        unsafe norm(
            operations.pointee.rms_norm, input, weight: weight, bias: nil, epsilon: epsilon, into: output)
    }

    /// output = (input - mean) / sqrt(variance + epsilon) * weight + bias per row. Works in place.
    public func layerNorm(
        _ input: FloatMatrix, weight: FloatMatrix, bias: FloatMatrix?, epsilon: Float,
        into output: FloatMatrix
    ) {
        unsafe norm(
            operations.pointee.layer_norm, input, weight: weight, bias: bias, epsilon: epsilon, into: output)
    }

    /// target += scale * addend, element by element.
    public func add(_ addend: FloatMatrix, scale: Float = 1, to target: FloatMatrix) {
        unsafe elementwise(operations.pointee.add_scaled, addend, addend, into: target, alpha: scale)
    }

    /// target *= factor.
    public func scale(_ target: FloatMatrix, by factor: Float) {
        unsafe elementwise(operations.pointee.scale, target, target, into: target, alpha: factor)
    }

    /// output = first * second, element by element. Works in place on either.
    public func multiplyElementwise(_ first: FloatMatrix, _ second: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.multiply, first, second, into: output)
    }

    /// Runs `kernel` on matrices of one shape.
    func elementwise(
        _ kernel: sluice_kernel, _ first: FloatMatrix, _ second: FloatMatrix, into output: FloatMatrix,
        alpha: Float = 0,
        limit: Float = 0
    ) {
        precondition(
            first.rows == output.rows && first.columns == output.columns && second.rows == output.rows
                && second.columns == output.columns, "\(first.shape) and \(second.shape) into \(output.shape)"
        )
        let arguments = unsafe sluice_elementwise(
            first: first.forKernels, second: second.forKernels, output: output.forKernels, alpha: alpha,
            limit: limit,
            interleaved: false)
        unsafe dispatch(kernel, arguments, units: output.rows, elementsPerUnit: output.columns)
    }

    private func norm(
        _ kernel: sluice_kernel, _ input: FloatMatrix, weight: FloatMatrix, bias: FloatMatrix?,
        epsilon: Float,
        into output: FloatMatrix
    ) {
        precondition(
            input.rows == output.rows && input.columns == output.columns && weight.columns == input.columns
                && weight.rows == 1, "norm of \(input.shape) by \(weight.shape) into \(output.shape)")
        precondition(
            bias.map { $0.columns == input.columns && $0.rows == 1 } ?? true, "bias of another width")
        let arguments = unsafe sluice_norm(
            input: input.forKernels, output: output.forKernels, weight: weight.base, bias: bias?.base,
            epsilon: epsilon)
        unsafe dispatch(kernel, arguments, units: input.rows, elementsPerUnit: input.columns)
    }
}
