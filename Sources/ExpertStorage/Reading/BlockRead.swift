/// One read of consecutive bytes of a file into memory.
///
/// With direct I/O, offset, count and destination are multiples of `ReadFiles.alignmentBytes`.
@safe public struct BlockRead {
    /// Index of the file in the `ReadFiles` of the device.
    public var file: Int
    /// Where the bytes start in the file.
    public var offset: Int
    /// How many are wanted; a file that ends earlier gives fewer.
    public var byteCount: Int
    /// Memory that the device may write until it reports the read as completed.
    public var destination: UnsafeMutableRawPointer
    /// What the completion is known by; of the reads under way each has another.
    public var tag: Int

    @unsafe public init(
        file: Int, offset: Int, byteCount: Int, destination: UnsafeMutableRawPointer, tag: Int
    ) {
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
        unsafe self.destination = destination
        self.tag = tag
    }
}

/// How a read ended.
public struct BlockCompletion: Equatable {
    /// The read's tag.
    public var tag: Int
    /// Bytes that were read, which may be fewer than wanted; or minus the error number.
    public var result: Int

    public init(tag: Int, result: Int) {
        self.tag = tag
        self.result = result
    }
}
