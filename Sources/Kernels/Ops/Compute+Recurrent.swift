import CKernels

/// The widths of a gated delta-rule layer. Value head h uses key head h / (valueHeads / keyHeads).
public struct DeltaRuleShape: Sendable {
    public let keyHeads: Int
    public let valueHeads: Int
    public let keyWidth: Int
    public let valueWidth: Int

    public init(keyHeads: Int, valueHeads: Int, keyWidth: Int, valueWidth: Int) {
        precondition(
            keyHeads > 0 && valueHeads > 0 && valueHeads % keyHeads == 0 && keyWidth > 0 && valueWidth > 0,
            "\(keyHeads) key heads of \(keyWidth), \(valueHeads) value heads of \(valueWidth)")
        self.keyHeads = keyHeads
        self.valueHeads = valueHeads
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
    }
}

/// The inputs of a gated delta-rule layer, one row per token of one sequence.
public struct DeltaRuleInput: Sendable {
    /// Normalised and scaled queries and keys, [tokens, keyHeads * keyWidth].
    public let query: FloatMatrix
    public let key: FloatMatrix
    /// [tokens, valueHeads * valueWidth].
    public let value: FloatMatrix
    /// Logarithm of the factor on the old state, [tokens, valueHeads].
    public let decay: FloatMatrix
    /// Strength of the correction, [tokens, valueHeads].
    public let beta: FloatMatrix

    public init(query: FloatMatrix, key: FloatMatrix, value: FloatMatrix, decay: FloatMatrix, beta: FloatMatrix) {
        self.query = query
        self.key = key
        self.value = value
        self.decay = decay
        self.beta = beta
    }
}

extension Compute {
    /// The gated delta rule, token after token: S *= exp(decay); S += key (beta (value - key^T S))^T; output = query^T S.
    ///
    /// Strictly sequential in the tokens, so cutting a prompt into chunks changes no bit.
    /// Shape: state [valueHeads * keyWidth, valueWidth], updated in place; output [tokens, valueHeads * valueWidth].
    /// Source: Gated Delta Networks, arXiv 2412.06464.
    public func deltaRule(
        _ input: DeltaRuleInput, shape: DeltaRuleShape, state: FloatMatrix, into output: FloatMatrix
    ) {
        let tokens = input.query.rows
        let keyColumns = shape.keyHeads * shape.keyWidth
        let valueColumns = shape.valueHeads * shape.valueWidth
        require(input.query, rows: tokens, columns: keyColumns, "query")
        require(input.key, rows: tokens, columns: keyColumns, "key")
        require(input.value, rows: tokens, columns: valueColumns, "value")
        require(input.decay, rows: tokens, columns: shape.valueHeads, "decay")
        require(input.beta, rows: tokens, columns: shape.valueHeads, "beta")
        require(state, rows: shape.valueHeads * shape.keyWidth, columns: shape.valueWidth, "state")
        require(output, rows: tokens, columns: valueColumns, "output")
        let arguments = unsafe sluice_delta_rule(
            query: input.query.forKernels, key: input.key.forKernels, value: input.value.forKernels,
            decay: input.decay.forKernels, beta: input.beta.forKernels, state: state.forKernels, output: output.forKernels,
            key_heads: Int64(shape.keyHeads), value_heads: Int64(shape.valueHeads), key_width: Int64(shape.keyWidth),
            value_width: Int64(shape.valueWidth))
        unsafe dispatch(
            operations.pointee.delta_rule, arguments, units: shape.valueHeads,
            elementsPerUnit: tokens * shape.keyWidth * shape.valueWidth)
    }

    /// silu of the causal convolution of every channel with its own taps. Works in place.
    ///
    /// Shape: input, output [tokens, channels]; weight [channels, taps], oldest first; history [taps - 1, channels], the inputs
    /// before the first token, oldest first (zeros at the start of a sequence), brought up to date.
    public func convolution(_ input: FloatMatrix, weight: FloatMatrix, history: FloatMatrix, into output: FloatMatrix) {
        let channels = input.columns
        let unitChannels = SLUICE_CONVOLUTION_CHANNELS
        precondition(
            weight.columns >= 1 && weight.columns <= SLUICE_CONVOLUTION_TAPS, "\(weight.columns) taps")
        require(weight, rows: channels, columns: weight.columns, "weight")
        require(history, rows: weight.columns - 1, columns: channels, "history")
        require(output, rows: input.rows, columns: channels, "output")
        let arguments = unsafe sluice_convolution(
            input: input.forKernels, output: output.forKernels, weight: weight.forKernels, history: history.forKernels)
        unsafe dispatch(
            operations.pointee.convolution, arguments, units: (channels + unitChannels - 1) / unitChannels,
            elementsPerUnit: input.rows * unitChannels * weight.columns)
    }

    private func require(_ matrix: FloatMatrix, rows: Int, columns: Int, _ name: StaticString) {
        precondition(matrix.rows == rows && matrix.columns == columns, "\(name) is \(matrix.shape), not \(rows) x \(columns)")
    }
}
