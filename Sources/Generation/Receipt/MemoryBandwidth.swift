/// How fast memory was read.
public struct MemoryBandwidth: Sendable, Equatable {
    /// All threads together.
    public let bytesPerSecond: Double
    /// Memory that was read over and over: how much of it caches held decides what was measured.
    public let bufferBytes: Int

    /// Both are positive.
    public init(bytesPerSecond: Double, bufferBytes: Int) {
        self.bytesPerSecond = bytesPerSecond
        self.bufferBytes = bufferBytes
    }
}
