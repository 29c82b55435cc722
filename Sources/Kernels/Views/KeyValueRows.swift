/// How the rows of a kvCache are stored.
public enum KeyValueElement: Sendable {
    case float16
    case float32

    public var bytes: Int { self == .float16 ? 2 : 4 }
}

/// Cached rows of keys or of values, one per position: a writable view that owns nothing.
///
/// Layout: row p starts at `base + p * rowStrideBytes` and holds `columns` elements, head after head.
@safe public struct KeyValueRows: @unchecked Sendable {
    // Unchecked: within a step the engine thread orders the storing of rows before the reading of them.
    public let element: KeyValueElement
    /// Positions that the memory holds.
    public let rows: Int
    public let columns: Int
    public let rowStrideBytes: Int
    let base: UnsafeMutableRawPointer

    /// Creates a view of `rows` x `columns` elements at `base`.
    ///
    /// - Precondition: base and stride are multiples of the element's size.
    @unsafe public init(
        base: UnsafeMutableRawPointer, element: KeyValueElement, rows: Int, columns: Int, rowStrideBytes: Int? = nil
    ) {
        let stride = rowStrideBytes ?? columns * element.bytes
        precondition(rows >= 0 && columns >= 0 && stride >= columns * element.bytes, "bad view \(rows) x \(columns)")
        precondition(stride % element.bytes == 0 && UInt(bitPattern: base) % UInt(element.bytes) == 0, "misaligned rows")
        unsafe self.base = base
        self.element = element
        self.rows = rows
        self.columns = columns
        self.rowStrideBytes = stride
    }

    /// The columns of `range` of every row, say the part of latent keys that are the values too.
    public func slice(columns range: Range<Int>) -> KeyValueRows {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return unsafe KeyValueRows(
            base: base + range.lowerBound * element.bytes, element: element, rows: rows, columns: range.count,
            rowStrideBytes: rowStrideBytes)
    }
}

/// The cached keys and values of one sequence in one layer.
///
/// Shape: keys.columns = kvHeads * keyWidth, values.columns = kvHeads * valueWidth. Values may be a slice of the keys' columns.
public struct KeyValueView: Sendable {
    public let keys: KeyValueRows
    public let values: KeyValueRows
    public let kvHeads: Int

    public var keyWidth: Int { keys.columns / kvHeads }
    public var valueWidth: Int { values.columns / kvHeads }

    public init(keys: KeyValueRows, values: KeyValueRows, kvHeads: Int) {
        precondition(kvHeads > 0 && keys.columns % kvHeads == 0 && values.columns % kvHeads == 0, "\(kvHeads) heads")
        precondition(keys.element == values.element && keys.rows == values.rows, "keys and values of different kinds")
        self.keys = keys
        self.values = values
        self.kvHeads = kvHeads
    }
}
