import Generation
import Kernels
import ModelFiles
import Models
import Tokenization

/// The bundled model on an engine, as tests of generation use it.
struct DemoModel {
    let engine: Engine
    let tokenizer: Tokenizer

    init(threads: Int = 1, rows: Int = 64, context: Int = 256) async throws {
        let file = try ModelFile.open(BundledModel.path())
        tokenizer = try Tokenizer.load(from: file)
        engine = try await Engine.start(
            file: file, tokenizer: tokenizer,
            options: LanguageModel.Options(
                threadCount: threads, maximumRows: rows, contextCapacity: context, cacheElement: .float16))
    }

    /// What a request gave, all events taken together.
    struct Result {
        var tokens: [TokenID] = []
        var pieces: [String] = []
        var summary = GenerationSummary()

        var text: String { pieces.joined() }
    }

    func run(_ request: GenerationRequest) async throws -> Result {
        var result = Result()
        for try await event in engine.generate(request) {
            switch event {
            case .prefill: continue
            case .token(let token, let text):
                result.tokens.append(token)
                result.pieces.append(text)
            case .finished(let summary, let text):
                result.pieces.append(text)
                result.summary = summary
            }
        }
        return result
    }

    func request(_ prompt: String, tokens: Int?, _ change: (inout SamplingOptions) -> Void = { _ in }) throws
        -> GenerationRequest
    {
        var sampling = SamplingOptions()
        sampling.seed = 42
        change(&sampling)
        return GenerationRequest(
            prompt: try tokenizer.encode(prompt), sampling: sampling, maximumTokens: tokens)
    }
}
