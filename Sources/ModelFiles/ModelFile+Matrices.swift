public import Kernels

/// Views of tensors. The bytes are the file's own, mapped or copied: GGUF aligns them as the file says,
/// safetensors not necessarily to the element's size.
///
/// In a store the experts of a tensor that holds several lie apart, each in its record, and only a slice of
/// one is a view.
extension ModelFile {
    /// The tensor as a matrix [product of all dimensions but the last, last dimension]; a vector is one row.
    ///
    /// Allocates: none.
    /// - Throws: `scatteredBytes` where the tensor does not lie together.
    /// - Precondition: `record` is one of this file's.
    public func matrix(_ record: TensorRecord) throws(ModelFileError) -> WeightMatrix {
        try matrix(record, rows: 0..<record.matrixRows)
    }

    /// The rows `range` of `matrix(record)`.
    ///
    /// Allocates: none.
    /// - Throws: `scatteredBytes` where they do not lie together.
    /// - Precondition: `record` is one of this file's and has these rows.
    public func matrix(
        _ record: TensorRecord, rows range: Range<Int>
    ) throws(ModelFileError) -> WeightMatrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= record.matrixRows,
            "rows \(range) of \(record.matrixRows)")
        let rowBytes = record.byteCount / max(record.matrixRows, 1)
        let start = range.lowerBound * rowBytes
        let base: UnsafeRawPointer
        if let copy = unsafe copies?.address(of: record.name) {
            unsafe base = copy + start
        } else {
            let bytes = record.offset + start..<record.offset + start + range.count * rowBytes
            try check(bytes, of: record.name, part: record.part)
            unsafe base = self.bytes(of: record.part).address(of: bytes)
        }
        return unsafe WeightMatrix(
            base: base, format: record.format, rows: range.count, columns: record.shape.last ?? 1)
    }

    /// The rows from `row` on that lie together, at most `limit` of them.
    ///
    /// - Throws: `scatteredBytes` where not even one does.
    /// - Precondition: `record` is one of this file's and has this row; `limit` is positive.
    public func rows(
        of record: TensorRecord, from row: Int, limit: Int
    ) throws(ModelFileError) -> WeightMatrix {
        let rowBytes = record.byteCount / max(record.matrixRows, 1)
        let start = record.offset + row * rowBytes
        let together = (bytes(of: record.part).endOfRun(at: start) - start) / max(rowBytes, 1)
        return try matrix(record, rows: row..<row + min(max(together, 1), limit, record.matrixRows - row))
    }

    /// - Throws: `scatteredBytes` where the bytes do not lie together.
    func check(_ range: Range<Int>, of tensor: String, part: Int) throws(ModelFileError) {
        guard !bytes(of: part).areTogether(range) else { return }
        throw ModelFileError(
            .scatteredBytes(count: range.count), path: parts[part], offset: range.lowerBound, tensor: tensor)
    }
}

extension TensorRecord {
    /// Rows of the tensor as a matrix.
    fileprivate var matrixRows: Int { elementCount / (shape.last ?? 1) }
}
