

extension Compute {
    /// output = input / rms(input) * weight per row; with `rows` = tokens x heads it norms heads. Works in place.
    ///
    /// Shape: input, output [rows, columns]; weight [1, columns]. Source: RMSNorm, arXiv 1910.07467.
    public func rmsNorm(_ input: FloatMatrix, weight: FloatMatrix, epsilon: Float, into output: FloatMatrix) {
        for row in 0..<input.rows {
            var sum: Float = 0
            for column in 0..<input.columns { sum += input[row, column] * input[row, column] }
            let scale = 1 / (sum / Float(input.columns) + epsilon).squareRoot()
            for column in 0..<input.columns { output[row, column] = input[row, column] * scale * weight[0, column] }
        }
    }

    /// output = (input - mean) / sqrt(variance + epsilon) * weight + bias per row. Works in place.
    public func layerNorm(_ input: FloatMatrix, weight: FloatMatrix, bias: FloatMatrix?, epsilon: Float, into output: FloatMatrix) {
        for row in 0..<input.rows {
            var mean: Float = 0
            for column in 0..<input.columns { mean += input[row, column] }
            mean /= Float(input.columns)
            var variance: Float = 0
            for column in 0..<input.columns { variance += (input[row, column] - mean) * (input[row, column] - mean) }
            let scale = 1 / (variance / Float(input.columns) + epsilon).squareRoot()
            for column in 0..<input.columns {
                output[row, column] = (input[row, column] - mean) * scale * weight[0, column] + (bias.map { $0[0, column] } ?? 0)
            }
        }
    }

    /// target += scale * addend, element by element.
    public func add(_ addend: FloatMatrix, scale: Float = 1, to target: FloatMatrix) {
        for row in 0..<target.rows {
            for column in 0..<target.columns { target[row, column] += scale * addend[row, column] }
        }
    }

    /// target *= factor.
    public func scale(_ target: FloatMatrix, by factor: Float) {
        for row in 0..<target.rows {
            for column in 0..<target.columns { target[row, column] *= factor }
        }
    }
}
