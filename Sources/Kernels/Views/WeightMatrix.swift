/// A read-only matrix of weights [rows, columns] as it lies in a file or a slot: a view that owns nothing.
///
/// Shape: rows = output features, columns = input features, row-major; GGUF lists the same
/// dimensions fastest-first. The owner of the memory (a mapped file, an expert slot) must outlive
/// every view of it; whoever hands out a view says so.
@safe public struct WeightMatrix: @unchecked Sendable {
    // Unchecked: the memory behind a view is never written while a view of it exists.
    /// How the elements are stored.
    public let format: WeightFormat
    public let rows: Int
    public let columns: Int
    /// Distance between the starts of two rows.
    public let rowStrideBytes: Int
    let base: UnsafeRawPointer

    /// Creates a view of `rows` rows at `base`.
    ///
    /// - Precondition: `columns` is a whole number of the format's blocks and a row fits the stride.
    @unsafe public init(
        base: UnsafeRawPointer, format: WeightFormat, rows: Int, columns: Int, rowStrideBytes: Int? = nil
    ) {
        guard let rowBytes = format.rowBytes(columns: columns) else {
            preconditionFailure("\(columns) columns are no whole number of \(format.name) blocks")
        }
        let stride = rowStrideBytes ?? rowBytes
        precondition(
            rows >= 0 && stride >= rowBytes, "row stride \(stride) below the row's \(rowBytes) bytes")
        unsafe self.base = base
        self.format = format
        self.rows = rows
        self.columns = columns
        self.rowStrideBytes = stride
    }

    /// Where it starts in memory.
    @unsafe public var address: UnsafeRawPointer { unsafe base }

    /// The same matrix at another place, to which its bytes were copied.
    ///
    /// - Precondition: no padding between the rows.
    @unsafe public func moved(to base: UnsafeRawPointer) -> WeightMatrix {
        precondition(rowStrideBytes == rowBytes || rows <= 1, "a padded matrix cannot be moved")
        return unsafe WeightMatrix(base: base, format: format, rows: rows, columns: columns)
    }

    /// Bytes of one row without padding.
    public var rowBytes: Int { columns / format.blockElements * format.blockBytes }

    /// Bytes of all rows, the padding between them not counted.
    public var byteCount: Int { rows * rowBytes }

    /// The rows of `range` as a matrix of their own.
    public func slice(rows range: Range<Int>) -> WeightMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return unsafe WeightMatrix(
            base: base + range.lowerBound * rowStrideBytes, format: format, rows: range.count,
            columns: columns,
            rowStrideBytes: rowStrideBytes)
    }

    /// The same elements with rows of `columns`, for tensors whose file shape folds dimensions differently.
    ///
    /// - Precondition: no padding between rows, and the elements divide into whole rows of whole blocks.
    public func reshaped(columns newColumns: Int) -> WeightMatrix {
        if newColumns == columns { return self }
        precondition(rowStrideBytes == rowBytes || rows <= 1, "a padded matrix cannot be reshaped")
        precondition(
            newColumns > 0 && rows * columns % newColumns == 0,
            "\(rows) x \(columns) in rows of \(newColumns)")
        return unsafe WeightMatrix(
            base: base, format: format, rows: rows * columns / newColumns, columns: newColumns)
    }
}
