import ModelFiles
import TestSupport

extension MalformedModel {
    private static let index = "model.safetensors.index.json"

    private static func sharded(
        _ name: String, index text: String? = nil, without: String? = nil, _ code: ModelFileError.Code,
        offset: Int? = nil, key: String? = nil, tensor: String? = nil
    ) -> MalformedModel {
        var files = SampleModels.shardedSafetensors.files
        if let text { files[index] = Array(text.utf8) }
        if let without { files[without] = nil }
        return MalformedModel(
            name, files: files, entry: "", code: code, blamed: index, offset: offset, key: key,
            tensor: tensor)
    }

    private static func map(_ entries: String) -> String { "{\"weight_map\":{\(entries)}}" }

    private static func leaving(_ name: String, _ shard: String, shown: String? = nil) -> MalformedModel {
        sharded(
            name, index: map("\"w\":\"\(shard)\""), .unsafeShardName(found: shown ?? shard),
            key: "weight_map",
            tensor: "w")
    }

    /// Shard indexes that lie or lead elsewhere.
    static var malformedIndexes: [MalformedModel] {
        let first = SampleModels.shardNames[0]
        let second = SampleModels.shardNames[1]
        let all = SampleModels.placements.map { "\"\($0.name)\":\"\($0.shard)\"" }.joined(separator: ",")
        return [
            sharded(
                "a missing shard", without: second, .missingShard(shard: second), key: "weight_map",
                tensor: SampleModels.placements.filter { $0.shard == second }.map(\.name).min()),
            sharded(
                "an index that names a missing shard", index: map("\(all),\"w\":\"none.safetensors\""),
                .missingShard(shard: "none.safetensors"), key: "weight_map", tensor: "w"),
            leaving("a shard above the folder", "../model.safetensors"),
            leaving("a shard at an absolute path", "/etc/model.safetensors"),
            leaving("a shard in a folder below", "below/model.safetensors"),
            leaving("a shard behind a backslash", "..\\\\model.safetensors", shown: "..\\model.safetensors"),
            leaving("a shard name with a zero byte", "a\\u0000.safetensors", shown: "a\0.safetensors"),
            leaving("a shard that is no safetensors file", "config.json"),
            leaving("a shard without a name", ""),
            leaving("the folder as its own shard", ".."),
            sharded(
                "an index that places a tensor in the wrong shard",
                index: map("\(all),\"w\":\"\(first)\""), .tensorNotInShard(shard: first), key: "weight_map",
                tensor: "w"),
            sharded(
                "an index that places a tensor twice", index: map("\"w\":\"\(first)\",\"w\":\"\(second)\""),
                .duplicateMetadata, offset: 15 + 5 + first.utf8.count + 2, key: "w"),
            sharded(
                "a shard that is a number", index: map("\"w\":1"),
                .wrongMetadata(key: "weight_map", found: "an integer", expected: "a file name"),
                key: "weight_map", tensor: "w"),
            sharded(
                "an index without a map", index: "{}",
                .wrongMetadata(key: "weight_map", found: "nothing", expected: "an object"),
                key: "weight_map"),
            sharded(
                "an index with an empty map", index: map(""),
                .wrongMetadata(key: "weight_map", found: "an empty object", expected: "at least one tensor"),
                key: "weight_map"),
            sharded(
                "a map that is a list", index: "{\"weight_map\":[]}",
                .wrongMetadata(key: "weight_map", found: "a list", expected: "an object"), key: "weight_map"),
            sharded(
                "an index that ends early", index: "{\"weight_map\":{",
                .invalidJSON(found: "the end of the text", expected: "a name"), offset: 15),
        ]
    }

    private static func configured(
        _ name: String, _ text: String, _ code: ModelFileError.Code, offset: Int? = nil, key: String? = nil
    ) -> MalformedModel {
        var files = SampleModels.safetensors.files
        files["config.json"] = Array(text.utf8)
        return MalformedModel(
            name, files: files, entry: "", code: code, blamed: "config.json", offset: offset, key: key)
    }

    /// Folders with a wrong `config.json` or none, or without weights.
    static var malformedConfigurations: [MalformedModel] {
        let config = Array(SampleModels.config.utf8)
        let gguf = SampleModels.ggufVersion3.files["model.gguf"] ?? []
        let deep = String(repeating: "[", count: 100)
        return [
            MalformedModel(
                "weights without a configuration",
                files: ["model.safetensors": SampleModels.safetensorsWriter.file()],
                entry: "", code: .missingFile, blamed: "config.json"),
            MalformedModel(
                "weights named without a configuration",
                files: ["model.safetensors": SampleModels.safetensorsWriter.file()],
                entry: "model.safetensors", code: .missingFile, blamed: "config.json"),
            MalformedModel(
                "a configuration without weights", files: ["config.json": config, "pytorch_model.bin": [1]],
                entry: "", code: .noModel(expected: "model.safetensors or model.safetensors.index.json")),
            MalformedModel(
                "a folder without a model", files: ["README.md": [65]], entry: "",
                code: .noModel(expected: "config.json with safetensors, or a .gguf file")),
            MalformedModel(
                "a folder with two models", files: ["a.gguf": gguf, "b.gguf": gguf], entry: "",
                code: .severalModels(found: ["a.gguf", "b.gguf"])),
            configured("an empty configuration", "", .emptyFile, offset: 0),
            configured(
                "a configuration that is no JSON", "model_type: mixtral",
                .invalidJSON(found: "'m'", expected: "a value"), offset: 0),
            configured(
                "a configuration that is a list", "[1]",
                .invalidJSON(found: "a list", expected: "an object"), offset: 0),
            configured(
                "a configuration nested too deep", "{\"a\":\(deep)",
                .limitExceeded(limit: "the depth of JSON", found: 65, maximum: 64), offset: 5 + 63),
            configured(
                "a configuration with a name twice", "{\"a\":1,\"a\":2}", .duplicateMetadata, offset: 7,
                key: "a"),
            configured(
                "a configuration with two ways to one key", "{\"a.b\":1,\"a\":{\"b\":2}}", .duplicateMetadata,
                key: "a.b"),
            configured(
                "a number beyond every float", "{\"a\":1e999}",
                .invalidJSON(found: "'1'", expected: "a number within the range of a 64-bit float"), offset: 5
            ),
            configured(
                "a number with a leading zero", "{\"a\":01}",
                .invalidJSON(found: "'0'", expected: "a number without leading zeros"), offset: 5),
            configured(
                "a comma too many", "{\"a\":1,}", .invalidJSON(found: "'}'", expected: "a name"), offset: 7),
            configured(
                "half a surrogate pair", "{\"a\":\"\\ud800\"}",
                .invalidJSON(found: "'d'", expected: "a pair of surrogates"), offset: 8),
            configured(
                "a line break inside a string", "{\"a\":\"\n\"}",
                .invalidJSON(found: "'\\u{a}'", expected: "an escape instead of a control character"),
                offset: 6),
        ]
    }
}
