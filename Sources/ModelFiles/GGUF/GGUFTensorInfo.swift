import Kernels

/// One tensor's description in a GGUF header, its range not yet checked.
struct GGUFTensorInfo {
    let name: String
    let format: WeightFormat
    /// Dimensions, outermost first.
    let shape: [Int]
    /// Bytes, as shape and format give.
    let byteCount: Int
    /// Offset from the start of the tensor data.
    let dataOffset: UInt64
    /// Where name and offset stand in the file, for errors about them.
    let nameOffset: Int
    let fieldOffset: Int

    /// Reads one description.
    ///
    /// - Throws: `truncated`, `invalidShape`, `unsupportedTensorType`, `partialBlock`, `sizeOverflow`.
    init(_ cursor: inout ByteCursor) throws(ModelFileError) {
        nameOffset = cursor.offset
        cursor.tensor = nil
        name = try cursor.readString(limit: FileLimits.tensorNameBytes, "a tensor name")
        guard !name.isEmpty else { throw cursor.error(.emptyName, at: nameOffset) }
        cursor.tensor = name
        let shapeStart = cursor.offset
        shape = try Self.readShape(&cursor)
        let typeStart = cursor.offset
        let number = try cursor.read(UInt32.self, "a tensor type")
        guard let format = WeightFormat(rawValue: number) else {
            throw cursor.error(.unsupportedTensorType(found: GGMLTypeName.of(number)), at: typeStart)
        }
        self.format = format
        let reader = cursor
        byteCount = try TensorRecord.byteCount(shape: shape, format: format) {
            reader.error($0, at: shapeStart)
        }
        fieldOffset = cursor.offset
        dataOffset = try cursor.read(UInt64.self, "a tensor offset")
        cursor.tensor = nil
    }

    private static func readShape(_ cursor: inout ByteCursor) throws(ModelFileError) -> [Int] {
        let start = cursor.offset
        let rank = try cursor.read(UInt32.self, "the dimension count")
        guard rank <= UInt32(FileLimits.ggufDimensions) else {
            throw cursor.error(
                .limitExceeded(
                    limit: "the dimensions", found: UInt64(rank), maximum: UInt64(FileLimits.ggufDimensions)),
                at: start)
        }
        var dimensions: [UInt64] = []
        for _ in 0..<rank { dimensions.append(try cursor.read(UInt64.self, "a dimension")) }
        var shape: [Int] = []
        for dimension in dimensions.reversed() {
            guard let size = Int(exactly: dimension), size > 0 else {
                let expected = "dimensions from 1 to \(Int.max)"
                throw cursor.error(.invalidShape(found: "\(dimensions)", expected: expected), at: start)
            }
            shape.append(size)
        }
        return shape
    }
}
