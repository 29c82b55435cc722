/// Integers out of bytes, whatever their alignment.
enum LittleEndian {
    /// The integer that starts at `offset`.
    ///
    /// - Precondition: it lies inside the bytes. Allocates: none.
    static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, _ bytes: Span<UInt8>, at offset: Int
    ) -> Value {
        precondition(
            offset >= 0 && offset <= bytes.count - MemoryLayout<Value>.size,
            "byte \(offset) of \(bytes.count)")
        return unsafe Value(
            littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
