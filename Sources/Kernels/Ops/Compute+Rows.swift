import CKernels

extension Compute {
    /// output[i] = source[indices[i]].
    ///
    /// - Precondition: as many indices as output rows, each a row of `source`; the two do not overlap.
    public func gatherRows(from source: FloatMatrix, rows indices: Span<Int32>, into output: FloatMatrix) {
        precondition(
            indices.count == output.rows && source.columns == output.columns,
            "\(indices.count) rows of \(source.shape) into \(output.shape)")
        for i in 0..<indices.count {
            let row = Int(indices[i])
            precondition(row >= 0 && row < source.rows, "row \(row) of \(source.rows)")
            unsafe (output.base + i * output.stride).update(from: source.base + row * source.stride, count: source.columns)
        }
    }

    /// target[indices[i]] = source[i].
    ///
    /// - Precondition: as many indices as source rows, each a row of `target`; the two do not overlap.
    public func scatterRows(_ source: FloatMatrix, to target: FloatMatrix, rows indices: Span<Int32>) {
        precondition(
            indices.count == source.rows && source.columns == target.columns,
            "\(indices.count) rows of \(target.shape) from \(source.shape)")
        for i in 0..<indices.count {
            let row = Int(indices[i])
            precondition(row >= 0 && row < target.rows, "row \(row) of \(target.rows)")
            unsafe (target.base + row * target.stride).update(from: source.base + i * source.stride, count: source.columns)
        }
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

    /// log(sum(exp(value))) of row `row`, summed in Float64; subtract it from a logit for the log probability.
    public func logSumExp(_ input: FloatMatrix, row: Int) -> Double {
        precondition(row >= 0 && row < input.rows && input.columns > 0, "row \(row) of \(input.shape)")
        return unsafe operations.pointee.log_sum_exp(input.base + row * input.stride, Int64(input.columns))
    }
}
