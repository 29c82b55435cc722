import CKernels

extension Compute {
    /// The index of the largest value of row `row`, the lowest where several are equal; 0 where all are NaN.
    public func argmax(_ input: FloatMatrix, row: Int) -> Int {
        precondition(row >= 0 && row < input.rows && input.columns > 0, "row \(row) of \(input.shape)")
        return unsafe Int(operations.pointee.argmax(input.base + row * input.stride, Int64(input.columns)))
    }
}
