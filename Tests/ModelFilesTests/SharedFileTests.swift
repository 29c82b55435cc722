import Kernels
import ModelFiles
import TestSupport
import Testing

@Suite("Files that other tools wrote", .needsSharedFixtures)
struct SharedFileTests {
    @Test(
        "opens every shared GGUF model",
        arguments: SharedFixtures.names(in: "fixtures/gguf").filter { $0.hasSuffix(".gguf") })
    func opensGGUF(name: String) throws {
        let model = try ModelFile.open(SharedFixtures.path("fixtures/gguf/\(name)"))
        #expect(model.container == .gguf)
        #expect(try model.metadata.string("general.architecture") != nil)
        #expect(model.tensors["token_embd.weight"] != nil)
    }

    @Test("opens every shared checkpoint", arguments: SharedFixtures.names(in: "fixtures/architectures"))
    func opensCheckpoint(name: String) throws {
        let model = try ModelFile.open(SharedFixtures.path("fixtures/architectures/\(name)"))
        #expect(model.container == .safetensors)
        #expect(try model.metadata.string("model_type") != nil)
        #expect(model.tensors["model.embed_tokens.weight"] != nil)
    }

    @Test(
        "opens files that hold only a vocabulary",
        arguments: SharedFixtures.names(in: "fixtures/tokenizers").filter { $0.hasSuffix(".gguf") })
    func opensVocabulary(name: String) throws {
        let model = try ModelFile.open(SharedFixtures.path("fixtures/tokenizers/\(name)"))
        #expect(model.tensors.isEmpty)
        #expect(try (model.metadata.strings("tokenizer.ggml.tokens") ?? []).count >= 32_000)
    }

    @Test("opens the demo model")
    func opensDemo() throws {
        let model = try ModelFile.open(SharedFixtures.path("demo-model/demo-q8_0.gguf"))
        #expect(try model.metadata.count("qwen3moe.expert_count") == 32)
        let matrix = try model.matrix(try #require(model.tensors["token_embd.weight"]))
        #expect(matrix.columns == (try model.metadata.count("qwen3moe.embedding_length")))
    }
}
