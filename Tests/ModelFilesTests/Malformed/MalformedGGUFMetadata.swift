import ModelFiles
import TestSupport

extension MalformedModel {
    private static func gguf(
        _ name: String, _ bytes: [UInt8], _ code: ModelFileError.Code, offset: Int, key: String? = nil
    ) -> MalformedModel {
        MalformedModel(
            name, files: ["model.gguf": bytes], entry: "model.gguf", code: code, offset: offset, key: key)
    }

    /// A file with one entry `some.key` and no tensors.
    private static func file(_ value: GGUFWriter.Value) -> MarkedBytes {
        GGUFWriter(metadata: [("some.key", value)]).file()
    }

    private static func changed(_ file: MarkedBytes, _ mark: String, _ number: some FixedWidthInteger)
        -> [UInt8]
    {
        var file = file
        file.set(mark, to: number)
        return file.bytes
    }

    private static func nested(_ depth: Int) -> GGUFWriter.Value {
        depth == 0 ? .array(type: 4, []) : .array(type: 9, [nested(depth - 1)])
    }

    /// Wrong keys and values.
    static var malformedGGUFMetadata: [MalformedModel] { malformedKeys + malformedValues + malformedArrays }

    private static var malformedKeys: [MalformedModel] {
        let number = file(.uint32(7))
        let remaining = UInt64(number.bytes.count - 32)
        var notText = number
        notText.bytes[32] = 0xFF
        let twice = GGUFWriter(metadata: [("some.key", .uint32(7)), ("some.key", .uint32(7))]).file()
        let unnamed = GGUFWriter(metadata: [("", .uint32(7)), ("other", .uint32(7))]).file()
        return [
            gguf(
                "a key longer than the file", changed(number, "key.0", UInt64(17)),
                .truncated(reading: "a metadata key", needed: 17, available: remaining), offset: 24),
            gguf(
                "a key length of 2^64 - 1", changed(number, "key.0", UInt64.max),
                .limitExceeded(limit: "the length of a metadata key", found: .max, maximum: 65_535),
                offset: 24),
            gguf(
                "a key that is not UTF-8", notText.bytes,
                .invalidText(found: "'\u{FFFD}ome.key'"), offset: 32),
            gguf("an empty key", unnamed.bytes, .emptyName, offset: 24),
            gguf(
                "a key that occurs twice", twice.bytes, .duplicateMetadata, offset: twice.offset("key.1"),
                key: "some.key"),
        ]
    }

    private static var malformedValues: [MalformedModel] {
        let number = file(.uint32(7))
        let flag = file(.boolean(true))
        let text = file(.string("text"))
        let value = text.offset("value.0")
        var notText = text
        notText.bytes[value + 8] = 0xC3
        let double = file(.float64(1))
        return [
            gguf(
                "metadata type 13", changed(number, "type.0", UInt32(13)),
                .unknownMetadataType(found: 13), offset: number.offset("type.0"), key: "some.key"),
            gguf(
                "metadata type 2^32 - 1", changed(number, "type.0", UInt32.max),
                .unknownMetadataType(found: .max), offset: number.offset("type.0"), key: "some.key"),
            gguf(
                "an end inside a value", Array(double.bytes.dropLast(3)),
                .truncated(reading: "a value", needed: 8, available: 5), offset: double.offset("value.0"),
                key: "some.key"),
            gguf(
                "a boolean of value 2", changed(flag, "value.0", UInt8(2)),
                .invalidBoolean(found: 2), offset: flag.offset("value.0"), key: "some.key"),
            gguf(
                "a string one byte longer than the file", changed(text, "value.0", UInt64(5)),
                .truncated(reading: "a string", needed: 5, available: 4), offset: value, key: "some.key"),
            gguf(
                "a string of 2^63 bytes", changed(text, "value.0", UInt64(1) << 63),
                .limitExceeded(limit: "the length of a string", found: 1 << 63, maximum: 16 << 20),
                offset: value, key: "some.key"),
            gguf(
                "a string that is not UTF-8", notText.bytes, .invalidText(found: "'\u{FFFD}ext'"),
                offset: value + 8, key: "some.key"),
        ]
    }

    private static var malformedArrays: [MalformedModel] {
        let numbers = file(.array(type: 4, [.uint32(1), .uint32(2)]))
        let strings = file(.array(type: 8, [.string("a"), .string("b")]))
        let count = numbers.offset("count.0")
        let deep = file(nested(8))
        // The header of the entry, then per level an element type and a count.
        let deepest = deep.offset("value.0") + 8 * 12
        return [
            gguf(
                "an array of unknown elements", changed(numbers, "elementType.0", UInt32(99)),
                .unknownMetadataType(found: 99), offset: numbers.offset("elementType.0"), key: "some.key"),
            gguf(
                "an array one element longer than the file", changed(numbers, "count.0", UInt64(3)),
                .truncated(reading: "the elements of an array", needed: 12, available: 8), offset: count,
                key: "some.key"),
            gguf(
                "an array whose size overflows", changed(numbers, "count.0", UInt64(1) << 62),
                .limitExceeded(limit: "the elements of an array", found: 1 << 62, maximum: 16 << 20),
                offset: count, key: "some.key"),
            gguf(
                "an array of strings longer than the file", changed(strings, "count.0", UInt64(1_000)),
                .truncated(reading: "the elements of an array", needed: 8_000, available: 18),
                offset: strings.offset("count.0"), key: "some.key"),
            gguf(
                "a string inside an array that is longer than the file",
                changed(strings, "elements.0", UInt64(50)),
                .truncated(reading: "a string", needed: 50, available: 10),
                offset: strings.offset("elements.0"),
                key: "some.key"),
            gguf(
                "arrays nested too deep", deep.bytes,
                .limitExceeded(limit: "the depth of nested arrays", found: 9, maximum: 8), offset: deepest,
                key: "some.key"),
        ]
    }
}
