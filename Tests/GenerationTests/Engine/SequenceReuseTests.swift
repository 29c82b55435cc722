import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Testing

/// What is kept from request to request must not show in the tokens: models whose state cannot simply go
/// back.
@Suite("Reuse of a sequence")
struct SequenceReuseTests {
    /// A checkpoint of `ModelsTests` with the reference's tokens.
    private struct Checkpoint {
        let prompt: [TokenID]
        let greedy: [TokenID]
        let path: String

        init(_ name: String) throws {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent()
                .deletingLastPathComponent()
            path = tests.appending(path: "ModelsTests/Fixtures/variants/\(name)").path
            let reference = try JSONValue.read(path + "/reference.json")
            func tokens(_ name: String) -> [TokenID] {
                (reference[name]?.list ?? []).compactMap { $0.integer.map { TokenID(Int32($0)) } }
            }
            prompt = tokens("input_ids")
            greedy = tokens("greedy")
        }

        func engine(rows: Int) async throws -> Engine {
            try await Engine.start(
                file: try ModelFile.open(path), tokenizer: nil,
                options: LanguageModel.Options(
                    threadCount: 1, maximumRows: rows, contextCapacity: 120, cacheElement: .float32))
        }
    }

    static let names = ["qwen3_moe-longrope-crossing", "qwen3_next-three-heads"]

    @Test(
        "a text that outgrows the original context, and one with recurrent layers, go on right",
        arguments: names)
    func reference(name: String) async throws {
        let checkpoint = try Checkpoint(name)
        for rows in [7, 64] {
            let engine = try await checkpoint.engine(rows: rows)
            #expect(try await greedy(checkpoint.prompt, checkpoint.greedy.count, engine) == checkpoint.greedy)
        }
    }

    @Test("a token whose step is stopped was never there", arguments: names)
    func stopped(name: String) throws {
        let checkpoint = try Checkpoint(name)
        let options = LanguageModel.Options(
            threadCount: 1, maximumRows: 64, contextCapacity: 120, cacheElement: .float32)
        func logits(stopping: Bool) throws -> [Float] {
            let core = try EngineCore(
                file: try ModelFile.open(checkpoint.path), tokenizer: nil, options: options)
            let goesOn = CancellationFlag()
            #expect(try core.forward(checkpoint.prompt.prefix(20), unless: goesOn))
            if stopping {
                let stops = CancellationFlag()
                stops.cancel()
                #expect(try !core.forward(checkpoint.greedy[1], unless: stops))
                // A recurrent layer has no way back.
                #expect(core.length == (name.hasPrefix("qwen3_next") ? 0 : 20))
                if core.length == 0 {
                    #expect(try core.forward(checkpoint.prompt.prefix(20), unless: goesOn))
                }
            }
            #expect(try core.forward(checkpoint.greedy[0], unless: goesOn))
            let row = core.model.logits(rows: 0..<1)
            return (0..<row.columns).map { row[0, $0] }
        }
        #expect(try logits(stopping: true) == logits(stopping: false))
    }

    @Test("longer, shorter and other prompts in turn give what each gives alone", arguments: names)
    func turns(name: String) async throws {
        let checkpoint = try Checkpoint(name)
        let engine = try await checkpoint.engine(rows: 64)
        let long = checkpoint.prompt + checkpoint.greedy
        let prompts = [
            checkpoint.prompt, long, Array(long.prefix(30)), Array(checkpoint.prompt.reversed()),
            checkpoint.prompt,
        ]
        for prompt in prompts {
            let alone = try await greedy(prompt, 5, try await checkpoint.engine(rows: 64))
            #expect(try await greedy(prompt, 5, engine) == alone)
        }
    }

    private func greedy(_ prompt: [TokenID], _ count: Int, _ engine: Engine) async throws -> [TokenID] {
        var request = GenerationRequest(prompt: prompt, maximumTokens: count)
        request.sampling.temperature = 0
        var tokens: [TokenID] = []
        for try await event in engine.generate(request) {
            if case .token(let token, _) = event { tokens.append(token) }
        }
        return tokens
    }
}
