/// Owns `count` zeroed Float32 values, aligned to 64 bytes (a cache line and an AVX-512 register).
///
/// Allocates: once. Runs on: any thread; the views it hands out must not outlive it.
@safe public final class FloatBuffer: @unchecked Sendable {
    // Unchecked: only the pointer is stored, and it never changes; access
    // to the elements is ordered by the views' users.
    public let count: Int
    let base: UnsafeMutablePointer<Float>

    public init(count: Int) {
        precondition(count >= 0, "\(count) elements")
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
        unsafe base = raw.bindMemory(to: Float.self, capacity: max(count, 1))
        unsafe base.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { unsafe base.deallocate() }

    /// Creates a buffer that holds a copy of `values`.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { unsafe base[index] = value }
    }

    /// The elements from `offset` as a matrix.
    public func matrix(offset: Int = 0, rows: Int, columns: Int) -> FloatMatrix {
        precondition(
            offset >= 0 && rows >= 0 && columns >= 0 && offset + rows * columns <= count,
            "view exceeds \(count) elements")
        return unsafe FloatMatrix(base: base + offset, rows: rows, columns: columns)
    }

    /// Sets every element to zero.
    public func clear() { unsafe base.update(repeating: 0, count: count) }
}
