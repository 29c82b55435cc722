import Generation
import ModelFiles
import Models
import TraceFiles

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
        let engine = try await session.start(noting: [TraceNote("command", "bench")])
        // Until now there is nothing to report and Ctrl-C ends the program at once.
        Interrupts.shared.watch(interrupt)
        let results = try await session.recording(on: engine) {
            var results: [BenchResult] = []
            for test in sizes.tests where !interrupt.isCancelled {
                guard let result = try await measure(engine, test) else { break }
                results.append(result)
                if !session.settings.isQuiet {
                    StandardError.write(
                        "\(result.title): \(ReceiptText.decimal(result.median, 2)) tokens/s\n")
                }
            }
            return results
        }
        await engine.shutDown()
        return results
    }

    /// One warm-up and the repetitions of one test; nil where none was finished before the interrupt.
    private func measure(_ engine: Engine, _ test: BenchSizes.Test) async throws -> BenchResult? {
        var progress = ProgressLine(test.name, isShown: !session.settings.isQuiet)
        defer { progress.clear() }
        var speeds: [Double] = []
        var last: Receipt?
        for repetition in 0...sizes.repetitions {
            guard let summary = try await once(engine, test, seed: repetition) else { break }
            progress.show(done: repetition + 1, total: sizes.repetitions + 1)
            guard repetition > 0 else { continue }
            var receipt = session.receipt(summary)
            // The first token came from the prompt, which is not what is measured.
            receipt.generatedTokens = receipt.decodeSteps
            speeds.append(
                test.generated > 0 ? receipt.decodeTokensPerSecond : receipt.prefillTokensPerSecond)
            last = receipt
        }
        return last.map {
            BenchResult(
                test: test, threads: session.options.threadCount, speeds: speeds.sorted(), receipt: $0)
        }
    }

    /// Runs a test once; nil where it was interrupted.
    private func once(_ engine: Engine, _ test: BenchSizes.Test, seed: Int) async throws
        -> GenerationSummary?
    {
        // What is in the context is the same in every repetition: the warm-up computes it, and the others
        // find it in the history.
        let tokens = randomTokens(test.depth, seed: -1) + randomTokens(test.prompt, seed: seed)
        // The first token comes from the prompt; `generated` steps give as many more.
        var request = GenerationRequest(
            prompt: tokens, maximumTokens: test.generated > 0 ? test.generated + 1 : 0)
        request.sampling.temperature = 0
        request.ignoresEndOfGeneration = true
        request.forgetsHistory = test.depth == 0
        request.cancellation = interrupt
        var summary = GenerationSummary()
        for try await event in engine.generate(request) {
            if case .finished(let finished, _) = event { summary = finished }
        }
        return summary.finishReason == .cancelled ? nil : summary
    }

    /// Random tokens, the same in every run: text that no cache could have seen before.
    private func randomTokens(_ count: Int, seed: Int) -> [TokenID] {
        let noise = CounterGenerator(seed: UInt64(bitPattern: Int64(seed)))
        let vocabularySize = Double(session.needs.shape.vocabularySize)
        return (0..<count).map { TokenID(Int32(noise.uniform(position: $0, token: 0) * vocabularySize)) }
    }
}
