/// How the elements of a KV cache are stored.
public enum CacheElement: String, Sendable, CaseIterable {
    case float16 = "f16"
    case float32 = "f32"

    /// Bytes of one element.
    public var byteCount: Int { self == .float16 ? 2 : 4 }
}

/// Keys and values of one layer of one sequence, a row per position; the owner of their memory.
///
/// Shape: keys [capacity, keyWidth], values [capacity, valueWidth], row-major. With a value width of 0 the
/// values are the first columns of the keys (multi-head latent attention). Memory is reserved and left
/// untouched, so pages appear as positions are written; a row that was not written holds anything. Allocates:
/// once. Runs on: engine thread; the pool's threads read rows that earlier operations wrote.
@safe public final class KeyValueCache: @unchecked Sendable {
    // Unchecked: the pointers never change; rows are written and
    // read by operations that the engine thread orders.
    public let capacity: Int
    public let keyWidth: Int
    public let valueWidth: Int
    /// How keys and values are stored.
    public let element: CacheElement
    let keys: UnsafeMutableRawPointer
    let values: UnsafeMutableRawPointer

    public init(capacity: Int, keyWidth: Int, valueWidth: Int, element: CacheElement) {
        precondition(
            capacity > 0 && keyWidth > 0 && valueWidth >= 0,
            "bad cache \(capacity) x \(keyWidth) + \(valueWidth)")
        self.capacity = capacity
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
        self.element = element
        unsafe keys = .allocate(byteCount: capacity * keyWidth * element.byteCount, alignment: 64)
        unsafe values = .allocate(byteCount: max(capacity * valueWidth, 1) * element.byteCount, alignment: 64)
    }

    deinit {
        unsafe keys.deallocate()
        unsafe values.deallocate()
    }

    /// Bytes that a cache of this shape takes.
    public static func byteCount(capacity: Int, keyWidth: Int, valueWidth: Int, element: CacheElement) -> Int
    {
        capacity * (keyWidth + valueWidth) * element.byteCount
    }
}
