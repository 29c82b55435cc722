import ModelFiles
import TestSupport

extension MalformedModel {
    /// The sample split with one part rewritten.
    private static func split(
        _ name: String, part: Int, blamed: Int, _ code: ModelFileError.Code, key: String? = nil,
        offset: Int? = nil, tensor: String? = nil, _ change: (inout GGUFWriter) -> Void
    ) -> MalformedModel {
        var files = SampleModels.splitGGUF.files
        var writer = SampleModels.splitParts()[part]
        change(&writer)
        files[SampleModels.partName(part)] = writer.file().bytes
        return MalformedModel(
            name, files: files, entry: SampleModels.partName(0), code: code,
            blamed: SampleModels.partName(blamed),
            offset: offset, key: key, tensor: tensor)
    }

    private static func set(_ writer: inout GGUFWriter, _ key: String, _ value: GGUFWriter.Value?) {
        writer.metadata.removeAll { $0.key == key }
        if let value { writer.metadata.append((key, value)) }
    }

    /// Splits whose parts are missing or do not belong together.
    static var malformedSplits: [MalformedModel] { malformedParts + malformedPartFiles }

    private static var malformedParts: [MalformedModel] {
        let second = SampleModels.splitParts()[1].file()
        return [
            split(
                "a part with another number", part: 2, blamed: 2, .partsDisagree(found: "1", expected: "2"),
                key: "split.no"
            ) { set(&$0, "split.no", .uint16(1)) },
            split(
                "a part without a number", part: 1, blamed: 1,
                .partsDisagree(found: "nothing", expected: "1"),
                key: "split.no"
            ) { set(&$0, "split.no", nil) },
            split(
                "a part of another split", part: 1, blamed: 1, .partsDisagree(found: "4", expected: "3"),
                key: "split.count"
            ) { set(&$0, "split.count", .uint16(4)) },
            split(
                "a part without a count", part: 1, blamed: 1,
                .partsDisagree(found: "nothing", expected: "3"), key: "split.count"
            ) { set(&$0, "split.count", nil) },
            split(
                "a part of another architecture", part: 2, blamed: 2,
                .partsDisagree(found: "'other'", expected: "'sample'"), key: "general.architecture"
            ) { set(&$0, "general.architecture", .string("other")) },
            split(
                "a part that repeats a tensor", part: 1, blamed: 1,
                .duplicateTensor(otherPath: SampleModels.partName(0)),
                offset: second.offset("name.0"), tensor: "layer.0.weight"
            ) { $0.tensors[0].name = "layer.0.weight" },
            split(
                "a part that lacks its tensor", part: 2, blamed: 0,
                .partsDisagree(found: "2 tensors in 3 parts", expected: "3"), key: "split.tensors.count"
            ) { $0.tensors = [] },
            split(
                "a count of parts that is no count", part: 0, blamed: 0,
                .wrongMetadata(key: "split.count", found: "-3", expected: "a non-negative integer"),
                key: "split.count"
            ) { set(&$0, "split.count", .int16(-3)) },
            split(
                "a count of parts beyond the limit", part: 0, blamed: 0,
                .limitExceeded(limit: "the parts", found: 65_535, maximum: 4_096), key: "split.count"
            ) { set(&$0, "split.count", .uint16(65_535)) },
            split(
                "a part of version 9", part: 1, blamed: 1, .unsupportedVersion(found: 9), offset: 4
            ) { $0.version = 9 },
        ]
    }

    private static var malformedPartFiles: [MalformedModel] {
        let good = SampleModels.splitGGUF
        let last = SampleModels.partName(2)
        let bytes = good.files[last] ?? []
        let field = SampleModels.splitParts()[2].file().offset("offset.0")
        var missing = good.files
        missing[last] = nil
        var short = good.files
        // The padding behind the last tensor has 8 bytes.
        short[last] = Array(bytes.dropLast(9))
        var empty = good.files
        empty[last] = []
        var renamed = good.files
        renamed["other.gguf"] = renamed.removeValue(forKey: good.entry)
        let length = UInt64(bytes.count)
        return [
            MalformedModel(
                "a missing part", files: missing, entry: good.entry, code: .missingFile, blamed: last),
            MalformedModel(
                "a part that ends early", files: short, entry: good.entry,
                code: .tensorOutsideFile(end: length - 8, limit: length - 9), blamed: last, offset: field,
                tensor: "layer.2.weight"),
            MalformedModel(
                "an empty part", files: empty, entry: good.entry, code: .emptyFile, blamed: last, offset: 0),
            MalformedModel(
                "a second part opened as a model", files: good.files, entry: SampleModels.partName(1),
                code: .notFirstPart(found: 1, count: 3), key: "split.no"),
            MalformedModel(
                "a first part under another name", files: renamed, entry: "other.gguf",
                code: .wrongPartName(expected: "model-00001-of-00003.gguf"), key: "split.count"),
        ]
    }
}
