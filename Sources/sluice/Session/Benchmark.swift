import Generation
import ModelFiles
import Models

/// Runs the tests of `sluice bench` for one number of threads.
struct Benchmark {
    private let session: ModelSession
    private let sizes: BenchSizes
    /// Ends the measurement where it stands.
    private let interrupt: CancellationFlag

    init(_ session: ModelSession, sizes: BenchSizes, interrupt: CancellationFlag) {
        self.session = session
        self.sizes = sizes
        self.interrupt = interrupt
    }

    /// The results of all tests, or of those that were measured before the interrupt.
    func run() async throws -> [BenchResult] {
        let engine = try await session.start()
        // Until now there is nothing to report and Ctrl-C ends the program at once.
        Interrupts.shared.watch(interrupt)
        var results: [BenchResult] = []
        let tests =
            sizes.prompts.map { (prompt: $0, generated: 0) }
            + sizes.generated.map { (prompt: 1, generated: $0) }
        for test in tests where !interrupt.isCancelled {
            guard
                let result = try await measure(engine, prompt: test.prompt, generated: test.generated)
            else { break }
            results.append(result)
            if !session.settings.isQuiet {
                StandardError.write(
                    "\(result.test): \(ReceiptText.decimal(result.median, 2)) tokens/s\n")
            }
        }
        await engine.shutDown()
        return results
    }

    /// One warm-up and the repetitions of one test; nil where none was finished before the interrupt.
    private func measure(_ engine: Engine, prompt: Int, generated: Int) async throws -> BenchResult? {
        let name = generated > 0 ? "tg\(generated)" : "pp\(prompt)"
        var progress = ProgressLine(name, isShown: !session.settings.isQuiet)
        defer { progress.clear() }
        var speeds: [Double] = []
        var last: Receipt?
        for repetition in 0...sizes.repetitions {
            let summary = try await once(engine, prompt: prompt, generated: generated, seed: repetition)
            guard let summary else { break }
            progress.show(done: repetition + 1, total: sizes.repetitions + 1)
            guard repetition > 0 else { continue }
            var receipt = session.receipt(summary)
            // The first token came from the prompt, which is not what is measured.
            receipt.generatedTokens = receipt.decodeSteps
            speeds.append(
                generated > 0 ? receipt.decodeTokensPerSecond : receipt.prefillTokensPerSecond)
            last = receipt
        }
        return last.map {
            BenchResult(
                test: name, threads: session.options.threadCount, speeds: speeds.sorted(), receipt: $0,
                isDecode: generated > 0)
        }
    }

    /// Runs a test once; nil where it was interrupted.
    private func once(_ engine: Engine, prompt: Int, generated: Int, seed: Int) async throws
        -> GenerationSummary?
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
        request.cancellation = interrupt
        var summary = GenerationSummary()
        for try await event in engine.generate(request) {
            if case .finished(let finished, _) = event { summary = finished }
        }
        return summary.finishReason == .cancelled ? nil : summary
    }
}
