import CKernels

extension Compute {
    /// output[t, r] = dot(weights[r], input[t]) + bias[r].
    ///
    /// Quantized weights meet the input in 8 bits, a scale per block of the format; float weights meet it as
    /// it is. The order of a sum depends on the number of columns alone, so one token gives the same bits as
    /// many.
    /// Shape: weights [rows, columns], input [tokens, columns], output [tokens, rows], bias [1, rows] or nil.
    /// - Precondition: the shapes agree; output overlaps no input.
    public func multiply(
        _ weights: WeightMatrix, _ input: FloatMatrix, into output: FloatMatrix, bias: FloatMatrix? = nil
    ) {
        precondition(
            input.columns == weights.columns && output.columns == weights.rows && input.rows == output.rows,
            "product of \(weights.rows) x \(weights.columns) with \(input.shape) into \(output.shape)")
        precondition(bias.map { $0.columns == weights.rows && $0.rows == 1 } ?? true, "bias of another width")
        let format = unsafe weights.format.kernels
        guard let kernel = unsafe sluice_integer_product(format, instructionSet.identifier) else {
            let none = unsafe quantizedScratch.rows(0, columns: 0, blockElements: 1)
            return unsafe multiply(
                operations.pointee.product, weights, input, none, into: output, bias: bias)
        }
        let blockElements = weights.format.blockElements
        let fitting = quantizedScratch.rowsThatFit(
            input.rows, columns: input.columns, blockElements: blockElements)
        for first in stride(from: 0, to: input.rows, by: max(fitting, 1)) {
            let part = first..<min(first + fitting, input.rows)
            let rows = input.slice(rows: part)
            let quantized = unsafe quantizedScratch.rows(
                rows.rows, columns: rows.columns, blockElements: blockElements)
            unsafe dispatch(
                operations.pointee.quantize,
                sluice_quantization(input: rows.forKernels, output: quantized),
                units: rows.rows, elementsPerUnit: rows.columns)
            unsafe multiply(kernel, weights, rows, quantized, into: output.slice(rows: part), bias: bias)
        }
    }

    /// The product by `kernel`, which reads one of the two inputs.
    private func multiply(
        _ kernel: sluice_kernel, _ weights: WeightMatrix, _ input: FloatMatrix, _ quantized: sluice_quantized,
        into output: FloatMatrix, bias: FloatMatrix?
    ) {
        let cut = ProductCut(rows: weights.rows, tokens: input.rows, threads: pool.threadCount)
        let format = unsafe weights.format.kernels
        let arguments = unsafe sluice_product(
            format: format, decode: sluice_decoder(format, instructionSet.identifier), quantized: quantized,
            weights: weights.base,
            row_stride_bytes: Int64(weights.rowStrideBytes), rows: Int64(weights.rows),
            columns: Int64(weights.columns),
            input: input.forKernels, output: output.forKernels, bias: bias?.base,
            rows_per_unit: Int64(cut.rowsPerUnit),
            tokens_per_unit: Int64(cut.tokensPerUnit))
        unsafe dispatch(
            kernel, arguments, units: cut.units,
            elementsPerUnit: cut.rowsPerUnit * cut.tokensPerUnit * max(weights.columns, 1))
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

/// How a product is cut into units for the threads. No cut changes a result.
private struct ProductCut {
    let rowsPerUnit: Int
    let tokensPerUnit: Int
    let units: Int

    /// The kernel decodes rows in groups of this size.
    private static let groupRows = 16

    init(rows: Int, tokens: Int, threads: Int) {
        // Large enough to amortise taking a block, small enough for eight blocks per thread.
        let groups = (rows + Self.groupRows - 1) / Self.groupRows
        let groupsPerUnit = min(max(groups / (threads * 8), 1), 8)
        rowsPerUnit = groupsPerUnit * Self.groupRows
        let rowUnits = (groups + groupsPerUnit - 1) / groupsPerUnit
        // Few rows and many tokens (a router in prefill): the tokens
        // are cut too, each part decoding the rows again.
        let parts = rowUnits >= threads * 4 ? 1 : max(1, min(threads * 4, tokens / 16))
        tokensPerUnit = max((tokens + parts - 1) / parts, 1)
        units = rowUnits * ((tokens + tokensPerUnit - 1) / tokensPerUnit)
    }
}

extension WeightFormat {
    /// The format's row in the table of kernels.
    var kernels: UnsafePointer<sluice_format> {
        guard let row = unsafe sluice_format(rawValue) else { preconditionFailure("no kernels for \(name)") }
        precondition(
            unsafe Int(row.pointee.block_elements) == blockElements
                && Int(row.pointee.block_bytes) == blockBytes,
            "the kernels know other blocks of \(name)")
        return unsafe row
    }
}
