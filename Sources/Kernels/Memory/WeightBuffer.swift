/// Owns the bytes of weights that cannot be used where they lie in a file.
///
/// Filled once at load, read afterwards; every view of it must not outlive it. Pages appear as they are
/// written.
/// Allocates: once. Runs on: any thread; writes end before the first view is used.
@safe public final class WeightBuffer: @unchecked Sendable {
    // Unchecked: the pointer never changes; the loading thread writes before anyone reads.
    /// Bytes that fit.
    public let byteCount: Int
    let base: UnsafeMutableRawPointer

    /// Allocates `byteCount` bytes, whose contents are undefined.
    public init(byteCount: Int) {
        precondition(byteCount >= 0, "\(byteCount) bytes")
        self.byteCount = byteCount
        unsafe base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    }

    /// Allocates `byteCount` bytes that are all `byte`.
    public convenience init(byteCount: Int, repeating byte: UInt8) {
        self.init(byteCount: byteCount)
        unsafe base.initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
    }

    deinit { unsafe base.deallocate() }

    /// The bytes from `offsetBytes` as a matrix [rows, columns] without padding.
    ///
    /// - Precondition: the columns are whole blocks of `format`, and the matrix lies inside the buffer.
    public func matrix(offsetBytes: Int, format: WeightFormat, rows: Int, columns: Int) -> WeightMatrix {
        guard offsetBytes >= 0, rows >= 0, let rowBytes = format.rowBytes(columns: columns),
            case (let bytes, let overflow) = rows.multipliedReportingOverflow(by: rowBytes), !overflow,
            bytes <= byteCount - offsetBytes
        else {
            preconditionFailure(
                "\(rows) x \(columns) of \(format.name) at \(offsetBytes) exceed \(byteCount) bytes")
        }
        return unsafe WeightMatrix(base: base + offsetBytes, format: format, rows: rows, columns: columns)
    }
}
