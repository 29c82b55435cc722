extension Compute {
    /// output[t, r] = dot(weights[r], input[t]) + bias[r].
    ///
    /// Shape: weights [rows, columns], input [tokens, columns], output [tokens, rows], bias [1, rows] or nil.
    public func multiply(_ weights: WeightMatrix, _ input: FloatMatrix, into output: FloatMatrix, bias: FloatMatrix? = nil) {
        precondition(input.columns == weights.columns && output.columns == weights.rows && input.rows == output.rows)
        precondition(weights.format == .float32)
        for token in 0..<input.rows {
            for row in 0..<weights.rows {
                var sum: Float = bias.map { $0[0, row] } ?? 0
                let values = unsafe (weights.base + row * weights.rowStrideBytes).assumingMemoryBound(to: Float.self)
                for column in 0..<weights.columns { sum += unsafe values[column] * input[token, column] }
                output[token, row] = sum
            }
        }
    }

    /// output[t, c] = sum over r of input[t, r] * weights[r, c] + bias[c]: the product with the matrix transposed, for files that
    /// store [inputs, outputs] and for absorbed attention projections. Rows are added in ascending order.
    ///
    /// Shape: weights [rows, columns], input [tokens, rows], output [tokens, columns], bias [1, columns] or nil.
    public func multiplyTransposed(_ weights: WeightMatrix, _ input: FloatMatrix, into output: FloatMatrix, bias: FloatMatrix? = nil) {
        precondition(input.columns == weights.rows && output.columns == weights.columns && input.rows == output.rows)
        precondition(weights.format == .float32)
        for token in 0..<input.rows {
            for column in 0..<weights.columns { output[token, column] = bias.map { $0[0, column] } ?? 0 }
            for row in 0..<weights.rows {
                let values = unsafe (weights.base + row * weights.rowStrideBytes).assumingMemoryBound(to: Float.self)
                for column in 0..<weights.columns { output[token, column] += unsafe values[column] * input[token, row] }
            }
        }
    }

    /// Decodes row `row` of `weights` to Float32 into row `outputRow` of `output`: the embedding look-up.
    public func decodeRow(_ weights: WeightMatrix, row: Int, into output: FloatMatrix, outputRow: Int) {
        precondition(row >= 0 && row < weights.rows && output.columns == weights.columns)
        precondition(weights.format == .float32)
        let values = unsafe (weights.base + row * weights.rowStrideBytes).assumingMemoryBound(to: Float.self)
        for column in 0..<weights.columns { unsafe output[outputRow, column] = values[column] }
    }
}
