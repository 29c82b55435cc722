import CKernels

extension Compute {
    /// output[i] = source[indices[first + i]].
    ///
    /// - Precondition: every index is a row of `source`; the two matrices do not overlap.
    public func gatherRows(
        from source: FloatMatrix, rows indices: IndexBuffer, first: Int = 0, into output: FloatMatrix
    ) {
        for row in 0..<output.rows { output.copyRow(from: source, row: indices[first + row], to: row) }
    }

    /// target[indices[first + i]] = source[i].
    ///
    /// - Precondition: every index is a row of `target`; the two matrices do not overlap.
    public func scatterRows(
        _ source: FloatMatrix, to target: FloatMatrix, rows indices: IndexBuffer, first: Int = 0
    ) {
        for row in 0..<source.rows { target.copyRow(from: source, row: row, to: indices[first + row]) }
    }

    /// The index of the largest value of row `row`, the lowest where several are equal; 0 where all are NaN.
    public func argmax(_ input: FloatMatrix, row: Int) -> Int {
        precondition(row >= 0 && row < input.rows && input.columns > 0, "row \(row) of \(input.shape)")
        return unsafe Int(operations.pointee.argmax(input.base + row * input.stride, Int64(input.columns)))
    }

    /// The largest magnitude of row `row`; NaNs do not count.
    public func maxAbs(_ input: FloatMatrix, row: Int) -> Float {
        precondition(row >= 0 && row < input.rows, "row \(row) of \(input.shape)")
        return unsafe operations.pointee.max_abs(input.base + row * input.stride, Int64(input.columns))
    }

    /// log(sum(exp(value))) of row `row`, summed in Float64;
    /// subtract it from a logit for the log probability.
    public func logSumExp(_ input: FloatMatrix, row: Int) -> Double {
        precondition(row >= 0 && row < input.rows && input.columns > 0, "row \(row) of \(input.shape)")
        return unsafe operations.pointee.log_sum_exp(input.base + row * input.stride, Int64(input.columns))
    }
}
