import Synchronization

/// An atomic value on cache lines of its own, so that a store to it disturbs no reader of its neighbours.
struct PaddedAtomic<Value: AtomicRepresentable & Sendable>: ~Copyable, Sendable {
    let value: Atomic<Value>
    // 120 bytes and the value: two lines of 64 bytes, which some processors fetch together, or one of 128.
    private let padding:
        (
            Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64,
            Int64
        ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    init(_ value: Value) { self.value = Atomic(value) }
}
