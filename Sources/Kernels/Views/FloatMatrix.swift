/// A writable matrix of activations [rows, columns], Float32, row-major:
/// a view into an arena or a buffer, owning nothing.
///
/// Rows are tokens unless a function says otherwise. The owner must outlive the view. Two views that overlap
/// must not be used as input and output of one operation unless the operation says that it works in place.
@safe public struct FloatMatrix: @unchecked Sendable {
    // Unchecked: within a step the engine thread hands disjoint rows or columns to the threads of the pool.
    public let rows: Int
    public let columns: Int
    /// Distance between the starts of two rows, in elements.
    public let stride: Int
    let base: UnsafeMutablePointer<Float>

    /// Creates a view of `rows` x `columns` elements at `base`.
    @unsafe public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        precondition(
            rows >= 0 && columns >= 0 && (stride ?? columns) >= columns, "bad view \(rows) x \(columns)")
        unsafe self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }

    /// Element (row, column).
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(
                row >= 0 && row < rows && column >= 0 && column < columns,
                "(\(row), \(column)) of \(rows) x \(columns)")
            return unsafe base[row * stride + column]
        }
        nonmutating set {
            precondition(
                row >= 0 && row < rows && column >= 0 && column < columns,
                "(\(row), \(column)) of \(rows) x \(columns)")
            unsafe base[row * stride + column] = newValue
        }
    }

    /// The rows of `range`.
    public func slice(rows range: Range<Int>) -> FloatMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return unsafe FloatMatrix(
            base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }

    /// The columns of `range` of every row.
    public func slice(columns range: Range<Int>) -> FloatMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return unsafe FloatMatrix(
            base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// The same elements as [rows * parts, columns / parts], for per-head work.
    ///
    /// - Precondition: the view has no padding between rows and `columns` divides by `parts`.
    public func split(parts: Int) -> FloatMatrix {
        precondition(
            parts > 0 && columns % parts == 0 && (stride == columns || rows <= 1),
            "cannot split \(columns) in \(parts)")
        return unsafe FloatMatrix(base: base, rows: rows * parts, columns: columns / parts)
    }

    /// Calls `body` with row `row` as a buffer.
    public func withRow<Result>(_ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Result) -> Result {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        return unsafe body(UnsafeMutableBufferPointer(start: base + row * stride, count: columns))
    }

    /// Copies row `row` of `source` to row `target` of this matrix.
    public func copyRow(from source: FloatMatrix, row: Int, to target: Int) {
        precondition(
            row >= 0 && row < source.rows && target >= 0 && target < rows && source.columns == columns)
        unsafe (base + target * stride).update(from: source.base + row * source.stride, count: columns)
    }

    /// Adds `scale` times row `row` of `source` to row `target` of this matrix, element by element.
    public func addRow(from source: FloatMatrix, row: Int, scale: Float, to target: Int) {
        precondition(
            row >= 0 && row < source.rows && target >= 0 && target < rows && source.columns == columns)
        let addend = unsafe source.base + row * source.stride
        let sum = unsafe base + target * stride
        for column in 0..<columns { unsafe sum[column] += scale * addend[column] }
    }

    /// Sets every element to zero.
    public func clear() {
        for row in 0..<rows { unsafe (base + row * stride).update(repeating: 0, count: columns) }
    }
}
