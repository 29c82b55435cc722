import Generation
import ModelFiles
import Models

/// Runs the tests of `sluice bench` for one number of threads.
struct Benchmark {
    private let session: ModelSession
    private let sizes: BenchSizes

    init(_ session: ModelSession, sizes: BenchSizes) {
        self.session = session
        self.sizes = sizes
    }

    func run() async throws -> [BenchResult] {
        let engine = try await session.start()
        var results: [BenchResult] = []
        for count in sizes.prompts { results.append(try await measure(engine, prompt: count, generated: 0)) }
        for count in sizes.generated {
            results.append(try await measure(engine, prompt: 1, generated: count))
        }
        await engine.shutDown()
        return results
    }

    /// One warm-up and the repetitions of one test.
    private func measure(_ engine: Engine, prompt: Int, generated: Int) async throws -> BenchResult {
        let name = generated > 0 ? "tg\(generated)" : "pp\(prompt)"
        var progress = ProgressLine(name, isShown: !session.settings.isQuiet)
        var speeds: [Double] = []
        var last = GenerationSummary()
        for repetition in 0...sizes.repetitions {
            last = try await once(engine, prompt: prompt, generated: generated, seed: repetition)
            progress.show(done: repetition + 1, total: sizes.repetitions + 1)
            let receipt = session.receipt(last)
            let speed = generated > 0 ? receipt.decodeTokensPerSecond : receipt.prefillTokensPerSecond
            if repetition > 0 { speeds.append(speed) }
        }
        progress.clear()
        return BenchResult(
            test: name, threads: session.options.threadCount, speeds: speeds.sorted(),
            receipt: session.receipt(last),
            isDecode: generated > 0)
    }

    private func once(_ engine: Engine, prompt: Int, generated: Int, seed: Int) async throws
        -> GenerationSummary
    {
        // Random tokens, the same in every run: text that no cache could have seen before.
        let noise = CounterGenerator(seed: UInt64(seed))
        let vocabularySize = session.needs.shape.vocabularySize
        let tokens = (0..<prompt).map { position in
            TokenID(Int32(noise.uniform(position: position, token: 0) * Double(vocabularySize)))
        }
        // The first token comes from the prompt; `generated` steps give as many more.
        var request = GenerationRequest(prompt: tokens, maximumTokens: generated > 0 ? generated + 1 : 0)
        request.sampling.temperature = 0
        request.ignoresEndOfGeneration = true
        request.forgetsHistory = true
        Interrupts.shared.watch(request.cancellation)
        defer { Interrupts.shared.watch(nil) }
        var summary = GenerationSummary()
        for try await event in engine.generate(request) {
            if case .finished(let finished, _) = event { summary = finished }
        }
        if summary.finishReason == .cancelled { throw CommandFailure.interrupted }
        return summary
    }
}
