import CKernels

extension Compute {
    /// The longest convolution, in positions.
    public static let maximumConvolutionTaps = Int(SLUICE_CONVOLUTION_TAPS)

    /// The gated delta rule, token after token: S *= exp(decay); S += key
    /// (beta (value - key^T S))^T; output = query^T S.
    ///
    /// Strictly sequential in the tokens, so cutting a prompt into chunks changes no bit.
    /// Shape: state [valueHeads * keyWidth, valueWidth], updated in
    /// place; output [tokens, valueHeads * valueWidth].
    /// Source: Gated Delta Networks, arXiv 2412.06464.
    public func deltaRule(_ input: DeltaRuleInput, state: FloatMatrix, into output: FloatMatrix) {
        let tokens = input.query.rows
        let valueHeads = input.decay.columns
        precondition(
            valueHeads > 0 && state.rows % valueHeads == 0, "state \(state.shape) for \(valueHeads) heads")
        let keyWidth = state.rows / valueHeads
        let keyHeads = input.query.columns / max(keyWidth, 1)
        precondition(
            keyHeads > 0 && valueHeads % keyHeads == 0, "\(keyHeads) key heads, \(valueHeads) value heads")
        require(input.query, rows: tokens, columns: keyHeads * keyWidth, "query")
        require(input.key, rows: tokens, columns: keyHeads * keyWidth, "key")
        require(input.value, rows: tokens, columns: valueHeads * state.columns, "value")
        require(input.decay, rows: tokens, columns: valueHeads, "decay")
        require(input.beta, rows: tokens, columns: valueHeads, "beta")
        require(output, rows: tokens, columns: valueHeads * state.columns, "output")
        let arguments = unsafe sluice_delta_rule(
            query: input.query.forKernels, key: input.key.forKernels, value: input.value.forKernels,
            decay: input.decay.forKernels, beta: input.beta.forKernels, state: state.forKernels,
            output: output.forKernels, key_heads: Int64(keyHeads), value_heads: Int64(valueHeads),
            key_width: Int64(keyWidth), value_width: Int64(state.columns))
        unsafe dispatch(
            operations.pointee.delta_rule, arguments, units: valueHeads,
            elementsPerUnit: tokens * keyWidth * state.columns)
    }

    /// silu of the causal convolution of every channel with its own taps. Works in place.
    ///
    /// Shape: input, output [tokens, channels]; weight [channels, taps], oldest first;
    /// history [taps - 1, channels], the inputs before the first token, oldest first (zeros
    /// at the start of a sequence), brought up to date.
    public func convolve(
        _ input: FloatMatrix, weight: FloatMatrix, history: FloatMatrix, into output: FloatMatrix
    ) {
        let channels = input.columns
        let unitChannels = SLUICE_CONVOLUTION_CHANNELS
        precondition(
            weight.columns >= 1 && weight.columns <= SLUICE_CONVOLUTION_TAPS, "\(weight.columns) taps")
        require(weight, rows: channels, columns: weight.columns, "weight")
        require(history, rows: weight.columns - 1, columns: channels, "history")
        require(output, rows: input.rows, columns: channels, "output")
        let arguments = unsafe sluice_convolution(
            input: input.forKernels, output: output.forKernels, weight: weight.forKernels,
            history: history.forKernels)
        unsafe dispatch(
            operations.pointee.convolution, arguments, units: (channels + unitChannels - 1) / unitChannels,
            elementsPerUnit: input.rows * unitChannels * weight.columns)
    }

    private func require(_ matrix: FloatMatrix, rows: Int, columns: Int, _ name: StaticString) {
        precondition(
            matrix.rows == rows && matrix.columns == columns,
            "\(name) is \(matrix.shape), not \(rows) x \(columns)")
    }
}
