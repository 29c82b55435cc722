public import Kernels

/// One tensor of a model file: where it lies and what it is.
public struct TensorRecord: Sendable, Equatable {
    /// As the file spells it.
    public let name: String
    /// How the elements are stored.
    public let format: WeightFormat
    /// Dimensions, outermost first (GGUF lists them the other way round).
    public let shape: [Int]
    /// Index into `ModelFile.parts`: a split or sharded model has several.
    public let part: Int
    /// Byte offset in that part.
    public let offset: Int
    /// Size in bytes, equal to what shape and format give.
    public let byteCount: Int

    /// Describes a tensor; the readers of the containers check it against the file.
    public init(name: String, format: WeightFormat, shape: [Int], part: Int, offset: Int, byteCount: Int) {
        self.name = name
        self.format = format
        self.shape = shape
        self.part = part
        self.offset = offset
        self.byteCount = byteCount
    }

    /// Elements of all dimensions together.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Where the bytes lie in their part.
    public var byteRange: Range<Int> { offset..<offset + byteCount }

    /// Bytes of a tensor of this shape.
    ///
    /// - Parameter failure: makes the error, which this function cannot place in a file.
    /// - Throws: `partialBlock` where a row is no whole number of blocks, `sizeOverflow`.
    static func byteCount(
        shape: [Int], format: WeightFormat, failure: (ModelFileError.Code) -> ModelFileError
    ) throws(ModelFileError) -> Int {
        // A tensor without dimensions is one element.
        let columns = shape.last ?? 1
        guard columns % format.blockElements == 0 else {
            throw failure(.partialBlock(columns: columns, blockElements: format.blockElements))
        }
        var bytes = format.rowBytes(columns: columns)
        // The element count must fit as well: formats of less than a byte per element have fewer bytes than
        // elements.
        var elements: Int? = columns
        for dimension in shape.dropLast() {
            bytes = bytes?.multipliedIfItFits(by: dimension)
            elements = elements?.multipliedIfItFits(by: dimension)
        }
        guard let bytes, elements != nil else {
            throw failure(.sizeOverflow(found: "\(shape) \(format.name)"))
        }
        return bytes
    }
}

extension Int {
    /// The product, or nil where it overflows.
    func multipliedIfItFits(by factor: Int) -> Int? {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
