/// Small valid models of every kind that the reader knows, as files by name.
public enum SampleModels {
    /// A model in memory and the file of it that a user would name.
    public struct Sample: Sendable {
        /// What the sample shows.
        public let name: String
        /// Contents by file name.
        public var files: [String: [UInt8]]
        /// The name to open; empty for the folder itself.
        public let entry: String
    }

    /// All of them.
    public static var all: [Sample] {
        [ggufVersion3, ggufVersion2, splitGGUF, safetensors, shardedSafetensors]
    }

    /// Every metadata type, nested arrays, and tensors of several formats.
    public static var gguf: GGUFWriter {
        GGUFWriter(
            metadata: [
                ("general.architecture", .string("sample")), ("general.alignment", .uint32(64)),
                ("a.uint8", .uint8(200)), ("a.int8", .int8(-100)), ("a.uint16", .uint16(60_000)),
                ("a.int16", .int16(-30_000)), ("a.uint32", .uint32(4_000_000_000)),
                ("a.int32", .int32(-2_000_000_000)), ("a.uint64", .uint64(UInt64.max)),
                ("a.int64", .int64(Int64.min)), ("a.float32", .float32(0.1)), ("a.float64", .float64(0.1)),
                ("a.boolean", .boolean(true)), ("a.string", .string("größer als ein Wort")),
                ("a.strings", .array(type: 8, [.string("one"), .string(""), .string("three")])),
                ("a.integers", .array(type: 5, [.int32(-1), .int32(2)])),
                ("a.reals", .array(type: 6, [.float32(0.5), .float32(-0.25)])),
                ("a.booleans", .array(type: 7, [.boolean(true), .boolean(false)])),
                ("a.large", .array(type: 10, [.uint64(1), .uint64(UInt64.max)])),
                ("a.empty", .array(type: 4, [])),
                (
                    "a.nested",
                    .array(
                        type: 9,
                        [.array(type: 4, [.uint32(1), .uint32(2)]), .array(type: 8, [.string("x")])])
                ),
            ],
            tensors: [
                GGUFWriter.Tensor("norm.weight", shape: [8], (0..<8).map(Float.init)),
                GGUFWriter.Tensor("embedding.weight", shape: [3, 4], (0..<12).map { Float($0) / 4 }),
                // One row of one Q8_0 block, and three experts of two BF16 rows.
                GGUFWriter.Tensor("quantized.weight", type: 8, dimensions: [32, 1], data: counted(34)),
                GGUFWriter.Tensor("experts.weight", type: 30, dimensions: [4, 2, 3], data: counted(48)),
            ],
            alignment: 64)
    }

    /// The newest version, one file.
    public static var ggufVersion3: Sample {
        Sample(name: "GGUF v3", files: ["model.gguf": gguf.file().bytes], entry: "model.gguf")
    }

    /// The same content as version 2.
    public static var ggufVersion2: Sample {
        var writer = gguf
        writer.version = 2
        return Sample(name: "GGUF v2", files: ["model.gguf": writer.file().bytes], entry: "model.gguf")
    }

    /// The parts of a split: all metadata and one tensor in the first, one tensor in each of the others.
    public static func splitParts(count: Int = 3) -> [GGUFWriter] {
        (0..<count).map { part in
            var metadata: [(key: String, value: GGUFWriter.Value)] = [
                ("split.no", .uint16(UInt16(part))), ("split.count", .uint16(UInt16(count))),
                ("split.tensors.count", .int32(Int32(count))),
            ]
            if part == 0 { metadata.append(("general.architecture", .string("sample"))) }
            let tensor = GGUFWriter.Tensor(
                "layer.\(part).weight", shape: [2, 3], (0..<6).map { Float($0 + 10 * part) })
            return GGUFWriter(metadata: metadata, tensors: [tensor])
        }
    }

    /// The name of a part, counted from 0.
    public static func partName(_ part: Int, of count: Int = 3) -> String {
        "model-0000\(part + 1)-of-0000\(count).gguf"
    }

    /// A split model of three parts.
    public static var splitGGUF: Sample {
        var files: [String: [UInt8]] = [:]
        for (part, writer) in splitParts().enumerated() { files[partName(part)] = writer.file().bytes }
        return Sample(name: "split GGUF", files: files, entry: partName(0))
    }

    /// A small `config.json`.
    public static let config = """
        {"model_type": "sample", "hidden_size": 4, "rope_theta": 1e4, "tie_word_embeddings": false,
         "rope_scaling": {"type": "yarn", "factor": 2.5, "short_factor": [1, 1.5]}, "eos_token_id": [1, 2],
         "torch_dtype": null}
        """

    /// Tensors of the weight types and one opaque one.
    public static var safetensorsWriter: SafetensorsWriter {
        SafetensorsWriter(
            [
                SafetensorsWriter.Tensor("embedding.weight", shape: [3, 4], (0..<12).map { Float($0) / 4 }),
                SafetensorsWriter.Tensor("half.weight", type: "F16", shape: [2, 2], data: counted(8)),
                SafetensorsWriter.Tensor("brain.weight", type: "BF16", shape: [4], data: counted(8)),
                SafetensorsWriter.Tensor("scalar", type: "BF16", shape: [], data: counted(2)),
                SafetensorsWriter.Tensor("experts_blocks", type: "U8", shape: [2, 3], data: counted(6)),
            ], metadata: [("format", "pt")])
    }

    /// A folder with one weight file.
    public static var safetensors: Sample {
        let files = ["config.json": Array(config.utf8), "model.safetensors": safetensorsWriter.file()]
        return Sample(name: "safetensors", files: files, entry: "")
    }

    /// The names of the two shards.
    public static let shardNames = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]

    /// The shards: the first two tensors and the rest.
    public static var shards: [SafetensorsWriter] {
        let tensors = safetensorsWriter.tensors
        return [SafetensorsWriter(Array(tensors.prefix(2))), SafetensorsWriter(Array(tensors.dropFirst(2)))]
    }

    /// A shard index that places `tensors` in files.
    public static func index(_ tensors: [(name: String, shard: String)]) -> [UInt8] {
        let entries = tensors.map { "\"\($0.name)\": \"\($0.shard)\"" }.joined(separator: ", ")
        return Array("{\"metadata\": {\"total_size\": 72}, \"weight_map\": {\(entries)}}".utf8)
    }

    /// The right places of the shards' tensors.
    public static var placements: [(name: String, shard: String)] {
        zip(shards, shardNames).flatMap { shard, name in shard.tensors.map { ($0.name, name) } }
    }

    /// A folder with two shards and an index.
    public static var shardedSafetensors: Sample {
        var files = ["config.json": Array(config.utf8), "model.safetensors.index.json": index(placements)]
        for (shard, name) in zip(shards, shardNames) { files[name] = shard.file() }
        return Sample(name: "sharded safetensors", files: files, entry: "")
    }

    /// The bytes 1, 2, 3 and so on.
    public static func counted(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) }
    }
}
