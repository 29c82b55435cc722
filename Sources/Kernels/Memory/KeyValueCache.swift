/// How the elements of a KV cache are stored.
public enum CacheElement: String, Sendable, CaseIterable {
    case float16 = "f16"
    case float32 = "f32"

    /// Bytes of one element.
    public var byteCount: Int { self == .float16 ? 2 : 4 }
}

/// Keys and values of one layer of one sequence, per position a row of each head; the owner of their memory.
///
/// A position has keyWidth elements of keys and valueWidth of values, divided among the heads. With a value
/// width of 0 the values are the first columns of the keys (multi-head latent attention).
/// Layout: blocks of 512 positions, in a block the heads in turn, of each head its positions:
///
///     | head 0: position 0, 1, ... 511 | head 1: position 0, 1, ... 511 | ... | head 0: position 512, ...
///
/// Attention so reads runs of up to 512 rows, which memory delivers three times as fast as rows that lie a
/// position apart. Memory is reserved and left untouched, so pages appear as positions are written; a row
/// that was not written holds anything. Allocates: once. Runs on: engine thread; the pool's threads read rows
/// that earlier operations wrote.
@safe public final class KeyValueCache: @unchecked Sendable {
    // Unchecked: the pointers never change; rows are written and
    // read by operations that the engine thread orders.
    /// Positions that it has room for.
    public let capacity: Int
    /// Heads of keys and of values.
    public let heads: Int
    public let keyWidth: Int
    public let valueWidth: Int
    /// How keys and values are stored.
    public let element: CacheElement
    let keys: UnsafeMutableRawPointer
    let values: UnsafeMutableRawPointer

    public init(capacity: Int, heads: Int, keyWidth: Int, valueWidth: Int, element: CacheElement) {
        precondition(
            capacity > 0 && heads > 0 && keyWidth > 0 && valueWidth >= 0 && keyWidth % heads == 0
                && valueWidth % heads == 0,
            "bad cache \(capacity) x \(keyWidth) + \(valueWidth) of \(heads) heads")
        self.capacity = capacity
        self.heads = heads
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
