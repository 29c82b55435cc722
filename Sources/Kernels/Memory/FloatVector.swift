/// A constant Float32 vector of a model (norm weights, biases, sinks) that keeps its memory alive.
///
/// Nothing writes to it after its creation. Allocates: once.
public struct FloatVector: Sendable {
    private let buffer: FloatBuffer

    /// Takes `buffer`, which must not be written any more.
    public init(_ buffer: FloatBuffer) { self.buffer = buffer }

    public init(_ values: [Float]) { buffer = FloatBuffer(values) }

    /// Number of elements.
    public var count: Int { buffer.count }

    /// The vector as one row [1, count].
    public var matrix: FloatMatrix { buffer.matrix(rows: 1, columns: buffer.count) }

    /// Element `index`.
    public subscript(index: Int) -> Float { matrix[0, index] }
}
