public import Kernels

/// One tensor of a model file: where it lies and what it is.
public struct TensorRecord: Sendable {
    public let name: String
    public let format: WeightFormat
    /// Dimensions, outermost first (GGUF lists them the other way round).
    public let shape: [Int]
    /// Index into `ModelFile.parts`: a split or sharded model has several.
    public let part: Int
    /// Byte offset in that part.
    public let offset: Int
    /// Size in bytes, equal to what shape and format give.
    public let byteCount: Int

    public init(name: String, format: WeightFormat, shape: [Int], part: Int, offset: Int, byteCount: Int) {
        self.name = name
        self.format = format
        self.shape = shape
        self.part = part
        self.offset = offset
        self.byteCount = byteCount
    }
}
