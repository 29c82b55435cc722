import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing

/// Tokens and logits of a model whose experts are streamed are those of the mapped one, bit for bit.
@Suite("Streaming changes no bit", .serialized)
struct StreamingExactnessTests {
    private static let variants = ModelVariantTests.committed
    /// Stacked in GGUF; one by one behind a dense layer; in pairs with biases.
    static let committed = [
        DemoModel.path, variants + "/deepseek_v2-groups-yarn", variants + "/gpt_oss-layer-types",
        variants + "/qwen3_next-three-heads",
    ]
    /// GGUF with biases and without; gate and up in one tensor; one by one; a dense layer in front.
    static let shared = [
        "gguf/gpt_oss.gguf", "gguf/granitemoe.gguf", "gguf/glm4_moe.gguf", "architectures/deepseek_v2",
        "architectures/gpt_oss", "architectures/granitemoe", "architectures/mixtral",
    ]

    @Test(
        "whatever the budget, the policy, the pools, the reads, the threads and the steps",
        arguments: committed)
    func sampled(_ path: String) throws { try expectSameBits(path) }

    @Test("and however the file lays its experts out", .needsSharedFixtures, arguments: shared)
    func layouts(_ name: String) throws {
        try expectSameBits(try SharedFixtures.path("fixtures/" + name))
    }

    @Test("and from a store, also where every record is joined from two parts", arguments: [false, true])
    func store(isProgressive: Bool) throws {
        try expectSameBits(DemoModel.path, packedProgressively: isProgressive)
    }

    @Test("in whatever mixture of formats", .needsSharedFixtures)
    func progressiveMixture() throws {
        try expectSameBits(
            try SharedFixtures.path("demo-model/demo-q4_k_m.gguf"), packedProgressively: true)
    }

    private func expectSameBits(_ path: String, packedProgressively isProgressive: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try PackedModelTests.packed(path, isProgressive: isProgressive, in: folder)
        try expectSameBits(path, streamed: try ModelFile.open(store))
    }

    /// In the nightly run every way there is, else a sample in which every two settings meet.
    ///
    /// - Parameter store: where the streamed run reads the same model; nil for its own file.
    private func expectSameBits(_ path: String, streamed store: ModelFile? = nil) throws {
        var generator = SeededGenerator.fromEnvironment(fallback: 4)
        let mapped = try ModelFile.open(path)
        let isLarge = mapped.byteCount > 10 << 20
        let file = store ?? mapped
        let needs = try ModelNeeds(file: file)
        let length = isLarge ? 20 : 70
        let vocabulary = needs.shape.vocabularySize
        let prompt = (0..<length).map { TokenID(Int32(($0 * 2654 + 11) % vocabulary)) }
        let expected = try Outcome(mapped, prompt: prompt, rows: length, threads: 1, streaming: nil)
        let ways = Nightly.isOn ? StreamedWay.all : StreamedWay.pairwise(&generator)
        var misses = 0
        for way in ways {
            let rows = min(way.rows == 0 ? length : way.rows, length)
            let outcome = try Outcome(
                file, prompt: prompt, rows: rows, threads: way.threads, streaming: way.options(needs))
            let differing = zip(expected.logits, outcome.logits).filter { $0 != $1 }.count
            #expect(
                differing == 0 && outcome.logits.count == expected.logits.count
                    && outcome.tokens == expected.tokens,
                "\(differing) positions differ: \(way), seed \(generator.seed)")
            #expect(outcome.heldCount == 0, "\(way)")
            misses += outcome.misses
        }
        #expect(misses > ways.count * needs.expertLayerCount, "experts were read")
    }
}

/// What a model gives on a prompt, and after it.
private struct Outcome {
    /// The bits of every position's logits.
    var logits: [[UInt32]] = []
    /// The likeliest tokens, one after the other.
    var tokens: [Int] = []
    var misses = 0
    var heldCount = 0

    init(
        _ file: ModelFile, prompt: [TokenID], rows: Int, threads: Int, streaming: StreamingOptions?
    ) throws {
        var options = LanguageModel.Options(
            threadCount: threads, maximumRows: rows, contextCapacity: 128, cacheElement: .float16)
        options.streaming = streaming
        let model = try LanguageModel(file: file, options: options)
        let state = model.makeSequence(capacity: 128)
        let batch = Batch(capacity: rows)
        func feed(_ ids: ArraySlice<TokenID>) throws {
            batch.reset()
            batch.append(ids, to: state)
            try model.forward(batch)
            for start in stride(from: 0, to: ids.count, by: LanguageModel.maximumLogitRows) {
                let end = min(start + LanguageModel.maximumLogitRows, ids.count)
                let matrix = model.logits(rows: start..<end)
                for row in 0..<matrix.rows {
                    logits.append((0..<matrix.columns).map { matrix[row, $0].bitPattern })
                }
            }
        }
        for start in stride(from: 0, to: prompt.count, by: rows) {
            try feed(prompt[start..<min(start + rows, prompt.count)])
        }
        for _ in 0..<6 {
            let best = ModelRun.argmax((logits.last ?? []).map { Float(bitPattern: $0) })
            tokens.append(best)
            try feed([TokenID(Int32(best))])
        }
        misses = model.streamingCounters?.cache.misses ?? 0
        heldCount = model.slots?.heldCount ?? 0
    }
}
