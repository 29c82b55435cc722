import ModelFiles
import TestSupport

extension MalformedModel {
    private static let tensor = "some.weight"

    private static func gguf(
        _ name: String, _ bytes: [UInt8], _ code: ModelFileError.Code, offset: Int, key: String? = nil,
        tensor: String? = tensor
    ) -> MalformedModel {
        MalformedModel(
            name, files: ["model.gguf": bytes], entry: "model.gguf", code: code, offset: offset, key: key,
            tensor: tensor)
    }

    /// Two tensors of 4 x 2 Float32.
    private static var good: MarkedBytes { file(alignmentValue: nil) }

    private static func file(alignmentValue: GGUFWriter.Value?) -> MarkedBytes {
        let values = [Float](repeating: 1, count: 8)
        return GGUFWriter(
            metadata: alignmentValue.map { [("general.alignment", $0)] } ?? [],
            tensors: [
                GGUFWriter.Tensor("other.weight", shape: [2, 4], values),
                GGUFWriter.Tensor(tensor, shape: [2, 4], values),
            ]
        ).file()
    }

    private static func changed(_ changes: [(mark: String, number: UInt64)]) -> [UInt8] {
        var file = good
        for change in changes {
            let isShort = change.mark.hasPrefix("rank") || change.mark.hasPrefix("tensorType")
            if isShort {
                file.set(change.mark, to: UInt32(truncatingIfNeeded: change.number))
            } else {
                file.set(change.mark, to: change.number)
            }
        }
        return file.bytes
    }

    /// Wrong descriptions and places of tensors.
    static var malformedGGUFTensors: [MalformedModel] {
        malformedAlignments + malformedNames + malformedShapes + malformedTypes + malformedPlaces
    }

    private static var malformedAlignments: [MalformedModel] {
        let zero = file(alignmentValue: .uint32(0))
        let value = zero.offset("value.0")
        func alignment(_ name: String, _ number: GGUFWriter.Value, found: String) -> MalformedModel {
            gguf(
                name, file(alignmentValue: number).bytes, .invalidAlignment(found: found), offset: value,
                key: "general.alignment", tensor: nil)
        }
        return [
            alignment("an alignment of 0", .uint32(0), found: "0"),
            alignment("an alignment that is no power of two", .uint32(48), found: "48"),
            alignment("an alignment below 8", .uint32(4), found: "4"),
            alignment("a negative alignment", .int32(-32), found: "-32"),
            alignment("an alignment of 2^62", .uint64(1 << 62), found: "\(UInt64(1) << 62)"),
            gguf(
                "an alignment that is text", file(alignmentValue: .string("32")).bytes,
                .wrongMetadata(key: "general.alignment", found: "'32'", expected: "an integer"),
                offset: value,
                key: "general.alignment", tensor: nil),
        ]
    }

    private static var malformedNames: [MalformedModel] {
        let start = good.offset("name.1")
        let values = [Float](repeating: 1, count: 8)
        let twice = GGUFWriter(tensors: [
            GGUFWriter.Tensor(tensor, shape: [8], values), GGUFWriter.Tensor(tensor, shape: [8], values),
        ]).file()
        let unnamed = GGUFWriter(tensors: [GGUFWriter.Tensor("", shape: [8], values)]).file()
        var long = GGUFWriter(tensors: [GGUFWriter.Tensor(tensor, shape: [8], values)]).file()
        long.set("name.0", to: UInt64(5_000))
        return [
            gguf(
                "a tensor that occurs twice", twice.bytes, .duplicateTensor(otherPath: "model.gguf"),
                offset: twice.offset("name.1")),
            gguf(
                "a tensor without a name", unnamed.bytes, .emptyName, offset: unnamed.offset("name.0"),
                tensor: nil),
            gguf(
                "a tensor name of 5,000 bytes", long.bytes,
                .limitExceeded(limit: "the length of a tensor name", found: 5_000, maximum: 4_096),
                offset: long.offset("name.0"), tensor: nil),
            gguf(
                "an end inside a tensor's name", Array(good.bytes.prefix(start + 12)),
                .truncated(reading: "a tensor name", needed: 11, available: 4), offset: start, tensor: nil),
            gguf(
                "an end inside a tensor's description", Array(good.bytes.prefix(good.offset("offset.1") + 3)),
                .truncated(reading: "a tensor offset", needed: 8, available: 3),
                offset: good.offset("offset.1")),
        ]
    }

    private static var malformedShapes: [MalformedModel] {
        let rank = good.offset("rank.1")
        let expected = "dimensions from 1 to \(Int.max)"
        return [
            gguf(
                "five dimensions", changed([("rank.1", 5)]),
                .limitExceeded(limit: "the dimensions", found: 5, maximum: 4), offset: rank),
            gguf(
                "2^32 - 1 dimensions", changed([("rank.1", UInt64(UInt32.max))]),
                .limitExceeded(limit: "the dimensions", found: UInt64(UInt32.max), maximum: 4), offset: rank),
            gguf(
                "a dimension of 0", changed([("dimension.1.0", 0)]),
                .invalidShape(found: "[0, 2]", expected: expected), offset: rank),
            gguf(
                "a negative dimension", changed([("dimension.1.1", UInt64.max)]),
                .invalidShape(found: "[4, \(UInt64.max)]", expected: expected), offset: rank),
            gguf(
                "dimensions whose product overflows",
                changed([("dimension.1.0", 1 << 40), ("dimension.1.1", 1 << 40)]),
                .sizeOverflow(found: "[\(1 << 40), \(1 << 40)] F32"), offset: rank),
            gguf(
                "dimensions whose size in bytes overflows",
                changed([("dimension.1.0", 1 << 31), ("dimension.1.1", 1 << 31)]),
                .sizeOverflow(found: "[\(1 << 31), \(1 << 31)] F32"), offset: rank),
        ]
    }

    private static var malformedTypes: [MalformedModel] {
        let type = good.offset("tensorType.1")
        func unsupported(_ name: String, _ number: UInt64, found: String) -> MalformedModel {
            gguf(
                name, changed([("tensorType.1", number)]), .unsupportedTensorType(found: found), offset: type)
        }
        return [
            unsupported("a type that ggml has and Sluice has not", 16, found: "IQ2_XXS (type 16)"),
            unsupported("a type that ggml has withdrawn", 4, found: "Q4_2 (withdrawn) (type 4)"),
            unsupported("an integer type", 26, found: "I32 (type 26)"),
            unsupported("a type that nobody knows", 12_345, found: "unknown (type 12345)"),
            gguf(
                "a row that is no whole number of blocks", changed([("tensorType.1", 8)]),
                .partialBlock(columns: 4, blockElements: 32), offset: good.offset("rank.1")),
        ]
    }

    private static var malformedPlaces: [MalformedModel] {
        let field = good.offset("offset.1")
        let data = UInt64(good.offset("data"))
        let size = UInt64(good.bytes.count)
        return [
            gguf(
                "an offset off the alignment", changed([("offset.1", 16)]),
                .misalignedTensor(alignment: 32), offset: field),
            gguf(
                "an offset behind the end", changed([("offset.1", 4_096)]),
                .tensorOutsideFile(end: data + 4_096 + 32, limit: size), offset: field),
            gguf(
                "an offset that overflows", changed([("offset.1", UInt64.max - 31)]),
                .tensorOutsideFile(end: .max, limit: size), offset: field),
            gguf(
                "a tensor larger than the file", changed([("dimension.1.1", 1 << 30)]),
                .tensorOutsideFile(end: data + 32 + 1 << 34, limit: size), offset: field),
            gguf(
                "an end inside the tensor data", Array(good.bytes.dropLast()),
                .tensorOutsideFile(end: size, limit: size - 1), offset: field),
            gguf(
                "two tensors at one place", changed([("offset.1", 0)]),
                .overlappingTensors(other: "other.weight"), offset: Int(data)),
            gguf(
                "a tensor that reaches into the next", changed([("dimension.0.1", 3)]),
                .overlappingTensors(other: "other.weight"), offset: Int(data) + 32),
        ]
    }
}
