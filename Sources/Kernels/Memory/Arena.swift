/// Scratch memory of a forward step: matrices are taken one after the other and given back all at once.
///
/// Sized at load from what every layer declares it needs; taking more traps. Cost of a take: a few
/// instructions, allocates: none. Contents of a fresh matrix are undefined. Runs on: engine thread.
public final class Arena {
    private let buffer: FloatBuffer
    private var used = 0

    /// Matrices start on this boundary, in elements (64 bytes).
    public static let alignmentElements = 16

    public init(capacity: Int) { buffer = FloatBuffer(count: capacity) }

    /// Elements that a matrix of this shape takes from an arena; sum these to size one.
    public static func elements(rows: Int, columns: Int) -> Int {
        (rows * columns + alignmentElements - 1) / alignmentElements * alignmentElements
    }

    /// Takes a matrix, valid until the arena returns to an earlier mark.
    ///
    /// - Precondition: the capacity suffices.
    public func matrix(rows: Int, columns: Int) -> FloatMatrix {
        let view = buffer.matrix(offset: used, rows: rows, columns: columns)
        used += Self.elements(rows: rows, columns: columns)
        return view
    }

    /// A point to return to; everything taken after it is given back by `release(to:)`.
    public func mark() -> Int { used }

    /// Gives back everything that was taken since `mark`.
    public func release(to mark: Int) {
        precondition(mark >= 0 && mark <= used, "mark \(mark) beyond \(used)")
        used = mark
    }
}
