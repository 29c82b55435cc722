import ModelFiles
import TestSupport

extension MalformedModel {
    private static let weights = "model.safetensors"

    private static func weights(
        _ name: String, _ bytes: [UInt8], _ code: ModelFileError.Code, offset: Int? = 8, key: String? = nil,
        tensor: String? = nil
    ) -> MalformedModel {
        MalformedModel(
            name, files: ["config.json": Array(SampleModels.config.utf8), weights: bytes], entry: "",
            code: code,
            blamed: weights, offset: offset, key: key, tensor: tensor)
    }

    /// A file with any header and 32 bytes of data.
    private static func file(_ header: String, dataBytes: Int = 32) -> [UInt8] {
        SafetensorsWriter.file(header: header, data: SampleModels.counted(dataBytes))
    }

    /// The description of one tensor.
    private static func tensor(
        _ name: String = "w", type: String = "\"F32\"", shape: String = "[2,4]", range: String = "[0,32]"
    ) -> String {
        "\"\(name)\":{\"dtype\":\(type),\"shape\":\(shape),\"data_offsets\":\(range)}"
    }

    /// Headers that cannot be read.
    static var malformedSafetensorsHeaders: [MalformedModel] {
        let good = file("{\(tensor())}")
        let size = good.count
        func resized(_ claimed: UInt64) -> [UInt8] { LittleEndian.bytes(claimed) + good.dropFirst(8) }
        return [
            weights("empty weights", [], .emptyFile, offset: 0),
            weights(
                "weights of seven bytes", Array(good.prefix(7)),
                .truncated(reading: "the size of the header", needed: 8, available: 7), offset: 0),
            weights(
                "a header longer than the file", resized(UInt64(size)),
                .truncated(reading: "the header", needed: UInt64(size), available: UInt64(size - 8)),
                offset: 0),
            weights(
                "a header of 2^64 - 1 bytes", resized(.max),
                .limitExceeded(limit: "the header", found: .max, maximum: 100_000_000), offset: 0),
            weights(
                "a header of no bytes", resized(0),
                .invalidJSON(found: "the end of the text", expected: "a value")),
            weights(
                "a header that ends early", resized(20),
                .invalidJSON(found: "the end of the text", expected: "a name"), offset: 8 + 20),
            weights(
                "a header that is no JSON", file("not JSON"),
                .invalidJSON(found: "'o'", expected: "'null'"), offset: 9),
            weights(
                "a header that is a list", file("[]"), .invalidJSON(found: "a list", expected: "an object")),
            weights(
                "text behind the header's object", file("{} x", dataBytes: 0),
                .invalidJSON(found: "'x'", expected: "the end of the text"), offset: 11),
            weights(
                "a header that is not UTF-8",
                SafetensorsWriter.file(header: "{\"w", data: [0xFF, 0x22, 0x7D]),
                .invalidJSON(found: "the end of the text", expected: "'\"'"), offset: 11),
            weights(
                "metadata that is no object", file("{\"__metadata__\":[],\(tensor())}"),
                .wrongMetadata(key: "__metadata__", found: "a list", expected: "an object of strings"),
                key: "__metadata__"),
            weights(
                "metadata that holds a number", file("{\"__metadata__\":{\"a\":1},\(tensor())}"),
                .wrongMetadata(key: "__metadata__", found: "an object", expected: "an object of strings"),
                key: "__metadata__"),
            weights(
                "a tensor that occurs twice",
                file("{\(tensor()),\(tensor(range: "[32,64]"))}", dataBytes: 64),
                .duplicateTensor(otherPath: weights), offset: 8 + 1 + tensor().utf8.count + 1, tensor: "w"),
        ]
    }

    /// Tensors that are described wrongly or lie wrongly.
    static var malformedSafetensorsTensors: [MalformedModel] {
        malformedFields + malformedSizes + malformedRanges
    }

    private static func described(
        _ name: String, _ description: String, _ code: ModelFileError.Code, key: String? = nil,
        offset: Int = 8,
        tensor: String = "w"
    ) -> MalformedModel {
        weights(name, file("{\(description)}"), code, offset: offset, key: key, tensor: tensor)
    }

    private static var malformedFields: [MalformedModel] {
        [
            described(
                "a tensor that is a number", "\"w\":1",
                .wrongMetadata(key: "dtype", found: "an integer", expected: "a string"), key: "dtype"),
            described(
                "a tensor without a type", "\"w\":{\"shape\":[8],\"data_offsets\":[0,32]}",
                .wrongMetadata(key: "dtype", found: "nothing", expected: "a string"), key: "dtype"),
            described(
                "a type that is a number", tensor(type: "32"),
                .wrongMetadata(key: "dtype", found: "an integer", expected: "a string"), key: "dtype"),
            described(
                "a type that nobody knows", tensor(type: "\"F128\""),
                .unsupportedTensorType(found: "'F128'")),
            described(
                "a shape that is a number", tensor(shape: "8"),
                .wrongMetadata(key: "shape", found: "an integer", expected: "a list of integers"),
                key: "shape"),
            described(
                "a range that is text", tensor(range: "\"0-32\""),
                .wrongMetadata(key: "data_offsets", found: "a string", expected: "two integers"),
                key: "data_offsets"),
            described("a tensor without a name", tensor(""), .emptyName, tensor: ""),
        ]
    }

    private static var malformedSizes: [MalformedModel] {
        let expected = "dimensions of at least 1"
        let data = 8 + tensor().utf8.count + 2
        return [
            described(
                "a dimension of 0", tensor(shape: "[0,4]", range: "[0,0]"),
                .invalidShape(found: "[0, 4]", expected: expected)),
            described(
                "a negative dimension", tensor(shape: "[2,-4]"),
                .invalidShape(found: "[2, -4]", expected: expected)),
            described(
                "a dimension that is no integer", tensor(shape: "[2,4.5]"),
                .invalidShape(found: "[2, a number]", expected: expected)),
            described(
                "nine dimensions", tensor(shape: "[1,1,1,1,1,1,1,1,8]"),
                .limitExceeded(limit: "the dimensions", found: 9, maximum: 8)),
            described(
                "dimensions whose product overflows", tensor(shape: "[4294967296,4294967296]"),
                .sizeOverflow(found: "[4294967296, 4294967296] F32")),
            described(
                "a shape larger than the range", tensor(shape: "[2,5]"),
                .wrongTensorSize(found: 32, expected: 40), offset: data),
            described(
                "a type smaller than the range", tensor(type: "\"F16\""),
                .wrongTensorSize(found: 32, expected: 16), offset: data + 0),
            described(
                "half a byte", tensor(type: "\"F4\"", shape: "[63]"),
                .invalidShape(found: "[63]", expected: "a whole number of bytes of F4")),
        ]
    }

    private static var malformedRanges: [MalformedModel] {
        let (one, two) = (
            tensor("a", shape: "[4]", range: "[0,16]"), tensor("b", shape: "[4]", range: "[16,32]")
        )
        let data = 8 + one.utf8.count + two.utf8.count + 3
        let size = UInt64(8 + tensor().utf8.count + 2 + 32)
        return [
            described("a range of one offset", tensor(range: "[32]"), .invalidRange(found: "[32]")),
            described("a range that falls", tensor(range: "[32,0]"), .invalidRange(found: "[32, 0]")),
            described("a negative range", tensor(range: "[-4,28]"), .invalidRange(found: "[-4, 28]")),
            described(
                "a range of reals", tensor(range: "[0,3.2e1]"), .invalidRange(found: "[0, a number]")),
            described(
                "a range behind the end", tensor(range: "[4,36]"),
                .tensorOutsideFile(end: size + 4, limit: size)),
            described(
                "a range that overflows", tensor(range: "[0,9223372036854775807]"),
                .tensorOutsideFile(
                    end: UInt64(Int64.max)
                        + UInt64(8 + 2 + tensor(range: "[0,9223372036854775807]").utf8.count),
                    limit: size + 17)),
            described(
                "two tensors at one place",
                "\(tensor("a")),\(tensor("b"))", .overlappingTensors(other: "a"),
                offset: 8 + 2 * tensor().utf8.count + 3, tensor: "b"),
            described(
                "a tensor that reaches into the next",
                "\(tensor("a", shape: "[5]", range: "[0,20]")),\(two)", .overlappingTensors(other: "a"),
                offset: data + 16, tensor: "b"),
            described(
                "a hole before the first tensor", two, .unclaimedBytes(count: 16),
                offset: 8 + two.utf8.count + 2,
                tensor: "b"),
            described(
                "a hole between tensors",
                "\(tensor("a", shape: "[2]", range: "[0, 8]")),\(two)", .unclaimedBytes(count: 8),
                offset: data + 8, tensor: "b"),
            weights(
                "bytes behind the last tensor", file("{\(tensor())}", dataBytes: 33),
                .unclaimedBytes(count: 1), offset: Int(size)),
        ]
    }
}
