import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// What a model that cannot be run is refused with: the key or tensor at fault, what was found, what was
/// expected.
@Suite("Loading errors name what is wrong")
struct LoadingErrorTests {
    /// One change of a configuration and what it is to be refused with.
    struct Case: Sendable, CustomStringConvertible {
        let variant: String
        let key: String
        /// JSON text; nil leaves the key out.
        let value: String?
        let expected: ModelFileError.Code

        var description: String { "\(variant): \(key) = \(value ?? "left out")" }
    }

    static let cases = [
        Case(
            variant: "mixtral-llama3", key: "model_type", value: nil,
            expected: .missingMetadata(key: "model_type")),
        Case(
            variant: "mixtral-llama3", key: "num_attention_heads", value: nil,
            expected: .missingMetadata(key: "num_attention_heads")),
        Case(
            variant: "mixtral-llama3", key: "num_experts_per_tok", value: "5",
            expected: .wrongMetadata(
                key: "num_experts_per_tok", found: "5", expected: "at most the 4 experts of a layer")),
        Case(
            variant: "mixtral-llama3", key: "num_key_value_heads", value: "3",
            expected: .wrongMetadata(key: "num_key_value_heads", found: "3", expected: "a divisor of 4 heads")
        ),
        Case(
            variant: "mixtral-llama3", key: "hidden_size", value: "64",
            expected: .wrongShape(
                tensor: "model.embed_tokens.weight", found: [96, 32], expected: [96, 64])),
        Case(
            variant: "mixtral-llama3", key: "num_hidden_layers", value: "3",
            expected: .missingTensor(name: "model.layers.2.self_attn.o_proj.weight")),
        Case(
            variant: "glm4_moe-groups", key: "n_group", value: "3",
            expected: .wrongMetadata(key: "n_group", found: "3", expected: "at most 64, dividing 8 experts")),
        Case(
            variant: "phimoe-biases", key: "num_experts_per_tok", value: "1",
            expected: .wrongMetadata(key: "num_experts_per_tok", found: "1", expected: "2")),
        Case(
            variant: "qwen3_moe-longrope-crossing", key: "rope_parameters",
            value: #"{"rope_type": "spiral"}"#,
            expected: .wrongMetadata(
                key: "rope_parameters.rope_type", found: "spiral",
                expected: "default, linear, dynamic, yarn, llama3 or longrope")),
    ]

    @Test("a configuration that cannot be", arguments: cases)
    func configuration(_ the: Case) throws {
        let error = try #require(throws: ModelFileError.self) { try self.load(the) }
        #expect(error.code == the.expected)
    }

    @Test("an unknown architecture is named, and so are the known ones")
    func unknownArchitecture() throws {
        let unknown = Case(
            variant: "mixtral-llama3", key: "model_type", value: "\"bert\"", expected: .emptyFile)
        let error = try #require(throws: ModelFileError.self) { try self.load(unknown) }
        guard case .wrongMetadata("model_type", "bert", let expected) = error.code else {
            Issue.record("\(error.code)")
            return
        }
        for architecture in ArchitectureRegistry.all { #expect(expected.contains(architecture.name)) }
    }

    @Test("a dense llama is no Mixtral")
    func denseLlama() throws {
        let folder = try TemporaryFolder()
        let writer = GGUFWriter(
            metadata: [("general.architecture", .string("llama")), ("llama.block_count", .uint32(2))],
            tensors: [.init("token_embd.weight", shape: [1, 1], [0])])
        let path = try folder.write(writer.file().bytes, to: "dense.gguf")
        let error = try #require(throws: ModelFileError.self) {
            try LanguageModel(file: try ModelFile.open(path), options: Self.options)
        }
        #expect(error.key == "llama.expert_count")
    }

    private static let options = LanguageModel.Options(
        threadCount: 1, maximumRows: 4, contextCapacity: 8, cacheElement: .float32)

    private func load(_ the: Case) throws {
        let source = ModelVariantTests.committed + "/" + the.variant
        let data = try Data(contentsOf: URL(fileURLWithPath: source + "/config.json"))
        var config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        config[the.key] = try the.value.map {
            try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
        }
        let folder = try TemporaryFolder()
        let written = try JSONSerialization.data(withJSONObject: config)
        try folder.write(Array(written), to: "config.json")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/model.safetensors", withDestinationPath: source + "/model.safetensors")
        _ = try LanguageModel(file: try ModelFile.open(folder.path), options: Self.options)
    }
}
