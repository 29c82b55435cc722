import ModelFiles
import TestSupport

extension MalformedModel {
    private static func gguf(
        _ name: String, _ bytes: [UInt8], _ code: ModelFileError.Code, offset: Int? = nil, key: String? = nil
    ) -> MalformedModel {
        MalformedModel(
            name, files: ["model.gguf": bytes], entry: "model.gguf", code: code, offset: offset, key: key)
    }

    /// Wrong from the first bytes: magic, version, counts.
    static var malformedGGUFHeaders: [MalformedModel] {
        let good = SampleModels.gguf.file()
        func changed(_ mark: String, _ number: some FixedWidthInteger) -> [UInt8] {
            var file = good
            file.set(mark, to: number)
            return file.bytes
        }
        let size = UInt64(good.bytes.count)
        return [
            gguf("an empty file", [], .emptyFile, offset: 0),
            gguf(
                "three bytes", Array("GGU".utf8),
                .truncated(reading: "the magic number", needed: 4, available: 3), offset: 0),
            gguf(
                "the magic of an older format", changed("magic", UInt32(0x6767_6A74)),
                .unknownContainer(found: "the bytes 74 6a 67 67"), offset: 0),
            gguf(
                "a text file", Array("Once upon a time".utf8),
                .unknownContainer(found: "the bytes 4f 6e 63 65"), offset: 0),
            gguf("a magic with swapped bytes", changed("magic", UInt32(0x4747_5546)), .bigEndian, offset: 0),
            gguf(
                "big-endian from the version on", changed("version", UInt32(3).byteSwapped), .bigEndian,
                offset: 4),
            gguf("version 0", changed("version", UInt32(0)), .unsupportedVersion(found: 0), offset: 4),
            gguf("version 1", changed("version", UInt32(1)), .unsupportedVersion(found: 1), offset: 4),
            gguf("version 4", changed("version", UInt32(4)), .unsupportedVersion(found: 4), offset: 4),
            gguf(
                "an end inside the version", Array(good.bytes.prefix(6)),
                .truncated(reading: "the version", needed: 4, available: 2), offset: 4),
            gguf(
                "an end inside the counts", Array(good.bytes.prefix(20)),
                .truncated(reading: "the metadata count", needed: 8, available: 4), offset: 16),
            gguf(
                "more metadata than the file has bytes for", changed("entries", UInt64(60_000)),
                .truncated(reading: "the metadata entries", needed: 840_000, available: size - 24), offset: 16
            ),
            gguf(
                "a metadata count of 2^63", changed("entries", UInt64(1) << 63),
                .limitExceeded(limit: "the metadata entries", found: 1 << 63, maximum: 65_536), offset: 16),
            gguf(
                "more tensors than the file has bytes for", changed("tensors", UInt64(900_000)),
                .truncated(reading: "the tensor descriptions", needed: 22_500_000, available: size - 24),
                offset: 8),
            gguf(
                "a tensor count of 2^64 - 1", changed("tensors", UInt64.max),
                .limitExceeded(limit: "the tensor descriptions", found: .max, maximum: 1_000_000), offset: 8),
        ]
    }
}
