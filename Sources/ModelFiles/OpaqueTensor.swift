/// A tensor whose elements Sluice has no weight format for: it is listed, so that a model's loader can say
/// something useful about it or read its bytes by its own rules, but it is no matrix.
public struct OpaqueTensor: Sendable, Equatable {
    /// As the file spells it.
    public let name: String
    /// The element type as the file spells it, for example `U8`.
    public let elementType: String
    /// Dimensions, outermost first.
    public let shape: [Int]
    /// Index into `ModelFile.parts`.
    public let part: Int
    /// Byte offset in that part.
    public let offset: Int
    /// Size in bytes.
    public let byteCount: Int

    /// Where the bytes lie in their part.
    public var byteRange: Range<Int> { offset..<offset + byteCount }
}
