import CKernels

/// Which two elements of a head rotary embedding turns together.
public enum RotaryLayout: Sendable {
    /// Element i with element i + size / 2 of the rotated part.
    case halves
    /// Elements 2i and 2i + 1.
    case interleaved
}

extension Compute {
    /// Turns `table.columns` elements of every head of `target`, from element `offset` of
    /// the head, by the angles of each row's position.
    ///
    /// Shape: target [tokens, heads * headSize], in place; table [positions, size], the cosines of size / 2
    /// pairs and then their sines; row t is at `positions[firstRow + t]`.
    /// - Precondition: every position lies in the table. Source: arXiv 2104.09864.
    public func rotate(
        _ target: FloatMatrix, table: FloatMatrix, headSize: Int, offset: Int = 0, layout: RotaryLayout,
        positions: IndexBuffer, firstRow: Int = 0
    ) {
        precondition(
            headSize > 0 && target.columns % headSize == 0, "heads of \(headSize) in \(target.columns)")
        precondition(
            table.columns % 2 == 0 && offset >= 0 && offset + table.columns <= headSize,
            "\(table.columns) elements from \(offset) of \(headSize)")
        precondition(
            firstRow >= 0 && firstRow + target.rows <= positions.count,
            "\(positions.count) positions for \(target.rows) rows from \(firstRow)")
        for row in 0..<target.rows {
            let position = positions[firstRow + row]
            precondition(position >= 0 && position < table.rows, "position \(position) of \(table.rows)")
        }
        let arguments = unsafe sluice_rotation(
            target: target.forKernels, table: table.forKernels, head_size: Int64(headSize),
            offset: Int64(offset),
            positions: positions.base + firstRow, interleaved: layout == .interleaved)
        unsafe dispatch(
            operations.pointee.rotate, arguments, units: target.rows, elementsPerUnit: target.columns)
    }
}
