import CKernels

extension Compute {
    /// output = input / rms(input) * weight per row; with `rows` = tokens x heads it norms heads. Works in place.
    ///
    /// Shape: input, output [rows, columns]; weight [1, columns]. Source: RMSNorm, arXiv 1910.07467.
    public func rmsNorm(_ input: FloatMatrix, weight: FloatMatrix, epsilon: Float, into output: FloatMatrix) {
        unsafe norm(operations.pointee.rms_norm, input, weight: weight, bias: nil, epsilon: epsilon, into: output)
    }

    /// output = (input - mean) / sqrt(variance + epsilon) * weight + bias per row. Works in place.
    public func layerNorm(
        _ input: FloatMatrix, weight: FloatMatrix, bias: FloatMatrix?, epsilon: Float, into output: FloatMatrix
    ) {
        unsafe norm(operations.pointee.layer_norm, input, weight: weight, bias: bias, epsilon: epsilon, into: output)
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

    /// output = input * sigmoid(input). Works in place.
    public func silu(_ input: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.silu, input, input, into: output)
    }

    /// output = 1 / (1 + exp(-input)). Works in place.
    public func sigmoid(_ input: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.sigmoid, input, input, into: output)
    }

    /// output = silu(gate) * up. Works in place on either.
    public func swiGLU(gate: FloatMatrix, up: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.swiglu, gate, up, into: output)
    }

    /// output = (u + 1) * g * sigmoid(alpha * g), where g is gate cut off above `limit` and u is up cut off beyond
    /// -`limit` ... `limit`. Works in place on either. Source: the expert activation of gpt-oss.
    public func clampedSwiGLU(
        gate: FloatMatrix, up: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix
    ) {
        unsafe elementwise(operations.pointee.clamped_swiglu, gate, up, into: output, alpha: alpha, limit: limit)
    }

    /// The same with gate and up in turn: `gateAndUp` [rows, 2 * columns], even columns gate, odd ones up. Not in place.
    public func clampedSwiGLU(gateAndUp: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix) {
        precondition(
            gateAndUp.rows == output.rows && gateAndUp.columns == 2 * output.columns,
            "interleaved \(gateAndUp.shape) into \(output.shape)")
        let arguments = unsafe sluice_elementwise(
            first: gateAndUp.forKernels, second: gateAndUp.forKernels, output: output.forKernels, alpha: alpha, limit: limit,
            interleaved: true)
        unsafe dispatch(
            operations.pointee.clamped_swiglu, arguments, units: output.rows, elementsPerUnit: output.columns)
    }

    /// output = softmax of each row. Works in place.
    public func softmax(_ input: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.softmax, input, input, into: output)
    }

    // MARK: -

    private func elementwise(
        _ kernel: sluice_kernel, _ first: FloatMatrix, _ second: FloatMatrix, into output: FloatMatrix, alpha: Float = 0,
        limit: Float = 0
    ) {
        precondition(
            first.rows == output.rows && first.columns == output.columns && second.rows == output.rows
                && second.columns == output.columns, "\(first.shape) and \(second.shape) into \(output.shape)")
        let arguments = unsafe sluice_elementwise(
            first: first.forKernels, second: second.forKernels, output: output.forKernels, alpha: alpha, limit: limit,
            interleaved: false)
        unsafe dispatch(kernel, arguments, units: output.rows, elementsPerUnit: output.columns)
    }

    private func norm(
        _ kernel: sluice_kernel, _ input: FloatMatrix, weight: FloatMatrix, bias: FloatMatrix?, epsilon: Float,
        into output: FloatMatrix
    ) {
        precondition(
            input.rows == output.rows && input.columns == output.columns && weight.columns == input.columns
                && weight.rows == 1, "norm of \(input.shape) by \(weight.shape) into \(output.shape)")
        precondition(bias.map { $0.columns == input.columns && $0.rows == 1 } ?? true, "bias of another width")
        let arguments = unsafe sluice_norm(
            input: input.forKernels, output: output.forKernels, weight: weight.base, bias: bias?.base, epsilon: epsilon)
        unsafe dispatch(kernel, arguments, units: input.rows, elementsPerUnit: input.columns)
    }
}
