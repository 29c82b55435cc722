import CKernels

extension Compute {
    /// output[t, r] = dot(weights[r], input[t]) + bias[r].
    ///
    /// Quantized weights meet the input in 8 bits, a scale per block of the format, BF16 weights meet it in
    /// BF16, and F32 and F16 weights as it is. The order of a sum depends on the number of columns alone, so
    /// one token gives the same bits as many.
    /// Shape: weights [rows, columns], input [tokens, columns], output [tokens, rows], bias [1, rows] or nil.
    /// - Precondition: the shapes agree; output overlaps no input.
    public func multiply(
        _ weights: WeightMatrix, _ input: FloatMatrix, into output: FloatMatrix, bias: FloatMatrix? = nil
    ) {
        multiply(input, Product(weights, bias: bias, into: output))
    }

    /// Products that share their input, as one job: each the same as by itself.
    ///
    /// Shape: input [tokens, columns].
    /// - Precondition: the shapes agree; no output overlaps the input or another.
    public func multiply(
        _ input: FloatMatrix, _ first: Product, _ second: Product? = nil, _ third: Product? = nil
    ) {
        check(first, input)
        if let second { check(second, input) }
        if let third { check(third, input) }
        let fitting = quantizedScratch.rowsThatFit(input.rows, columns: input.columns)
        for start in stride(from: 0, to: input.rows, by: max(fitting, 1)) {
            let part = start..<min(start + fitting, input.rows)
            let rows = input.slice(rows: part)
            quantize(rows, blockElements: 1, for: first, second, third)
            quantize(rows, blockElements: 32, for: first, second, third)
            quantize(rows, blockElements: 256, for: first, second, third)
            append(first.slice(tokens: part), rows)
            if let second { append(second.slice(tokens: part), rows) }
            if let third { append(third.slice(tokens: part), rows) }
            dispatch(calls)
        }
    }

    private func check(_ product: Product, _ input: FloatMatrix) {
        precondition(
            input.columns == product.weights.columns && product.output.rows == input.rows,
            "product of \(product.weights.rows) x \(product.weights.columns) with \(input.shape)")
    }

    /// Puts `rows` into the scratch in blocks of `blockElements`, if one of the products reads it so.
    private func quantize(
        _ rows: FloatMatrix, blockElements: Int, for first: Product, _ second: Product?, _ third: Product?
    ) {
        guard
            first.takes(blockElements) || second?.takes(blockElements) == true
                || third?.takes(blockElements) == true
        else { return }
        unsafe quantize(
            rows,
            into: quantizedScratch.rows(rows.rows, columns: rows.columns, blockElements: blockElements))
    }

    /// Lists `product`, whose input lies in the scratch unless it stays Float32.
    private func append(_ product: Product, _ input: FloatMatrix) {
        guard let block = product.weights.format.inputBlockElements else {
            return append(product, .floats(input), to: calls)
        }
        let rows = unsafe quantizedScratch.rows(input.rows, columns: input.columns, blockElements: block)
        unsafe append(product, .quantized(rows), to: calls)
    }

    /// output[t, c] = sum over r of input[t, r] * weights[r, c] + bias[c]: the product with the
    /// matrix transposed, for files that store [inputs, outputs] and for absorbed attention
    /// projections. Rows are added in ascending order to the bias.
    ///
    /// Shape: weights [rows, columns], input [tokens, rows], output
    /// [tokens, columns], bias [1, columns] or nil.
    /// - Precondition: the shapes agree; output overlaps no input.
    public func multiplyTransposed(
        _ weights: WeightMatrix, _ input: FloatMatrix, into output: FloatMatrix, bias: FloatMatrix? = nil
    ) {
        precondition(
            input.columns == weights.rows && output.columns == weights.columns && input.rows == output.rows,
            "transposed \(weights.rows) x \(weights.columns) with \(input.shape) into \(output.shape)"
        )
        precondition(
            bias.map { $0.columns == weights.columns && $0.rows == 1 } ?? true, "bias of another width")
        let unitColumns = SLUICE_TRANSPOSED_COLUMNS
        let format = unsafe weights.format.kernels
        let arguments = unsafe sluice_transposed_product(
            format: format, decode: sluice_decoder(format, instructionSet.identifier), weights: weights.base,
            row_stride_bytes: Int64(weights.rowStrideBytes), rows: Int64(weights.rows),
            columns: Int64(weights.columns),
            input: input.forKernels, output: output.forKernels, bias: bias?.base)
        unsafe dispatch(
            operations.pointee.transposed_product, arguments,
            units: (weights.columns + unitColumns - 1) / unitColumns,
            elementsPerUnit: max(weights.rows * input.rows, 1) * unitColumns)
    }

    /// Decodes row `row` of `weights` to Float32 into row `outputRow` of `output`: the embedding look-up.
    public func decodeRow(_ weights: WeightMatrix, row: Int, into output: FloatMatrix, outputRow: Int) {
        precondition(row >= 0 && row < weights.rows, "row \(row) of \(weights.rows)")
        precondition(outputRow >= 0 && outputRow < output.rows, "row \(outputRow) of \(output.rows)")
        precondition(output.columns == weights.columns, "\(weights.columns) values into \(output.shape)")
        let format = unsafe weights.format.kernels
        unsafe sluice_decoder(format, instructionSet.identifier)(
            weights.base + row * weights.rowStrideBytes, output.base + outputRow * output.stride,
            Int64(weights.columns / weights.format.blockElements))
    }
}
