/// Owns `count` Int32 values: token ids, positions, expert numbers.
///
/// Allocates: once. Runs on: any thread; concurrent writes to one element are the caller's error.
@safe public final class IndexBuffer: @unchecked Sendable {
    // Unchecked: the pointer never changes; the engine thread orders writes before the pool's reads.
    public let count: Int
    let base: UnsafeMutablePointer<Int32>

    public init(count: Int) {
        precondition(count >= 0, "\(count) elements")
        self.count = count
        unsafe base = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { unsafe base.deallocate() }

    /// Element `index`, which must fit 32 bits.
    public subscript(index: Int) -> Int {
        get {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            return unsafe Int(base[index])
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            unsafe base[index] = Int32(newValue)
        }
    }
}
