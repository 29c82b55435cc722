import Generation
import Kernels
import ModelFiles
import Models
import Residency

/// Runs a candidate for some seconds and times it.
///
/// The prompt brings the experts into the slots that a text of its kind uses, some tokens more settle them,
/// and then pieces of equal length are timed. Every run generates the same tokens, whatever the candidate.
struct TuningRun {
    private let model: TuningModel
    private let prompt: [TokenID]
    private let cancellation: CancellationFlag

    /// Tokens that settle the cache.
    private static let settlingTokens = 12
    private static let pieces = 5
    /// What the pieces take together, as far as their tokens allow.
    private static let seconds = 4.0
    private static let pieceTokens = 4...40

    /// Positions that the longest run takes behind its prompt.
    static let longestAnswer = settlingTokens + pieces * pieceTokens.upperBound + 2

    init(_ model: TuningModel, prompt: [TokenID], unless cancellation: CancellationFlag) {
        self.model = model
        self.prompt = prompt
        self.cancellation = cancellation
    }

    /// - Throws: what loading or reading meets; `CancellationError` where it was cancelled.
    func measure(_ plan: MemoryPlan) async throws -> TuningMeasurement {
        if plan.options.streaming == nil {
            PageCache.fill(model.file.diskPaths) { _, _ in !cancellation.isCancelled }
        }
        let engine = try await Engine.start(file: model.file, tokenizer: nil, options: plan.options)
        do {
            let measurement = try await measure(on: engine)
            await engine.shutDown()
            return measurement
        } catch {
            await engine.shutDown()
            throw error
        }
    }

    private func measure(on engine: Engine) async throws -> TuningMeasurement {
        var text = prompt
        let settling = try await generate(Self.settlingTokens, behind: &text, on: engine)
        let expected = settling.decodeSeconds / Double(max(settling.decodeSteps, 1))
        let wanted = Int(Self.seconds / Double(Self.pieces) / max(expected, 1e-6))
        let tokens = min(max(wanted, Self.pieceTokens.lowerBound), Self.pieceTokens.upperBound)
        var times: [Double] = []
        var (steps, requests, hits) = (0, 0, 0)
        for _ in 0..<Self.pieces {
            // The last token of the text is the next piece's prompt: a step of its own, like the others.
            let piece = try await generate(tokens, behind: &text, on: engine)
            let seconds = piece.prefillSeconds + piece.decodeSeconds
            let pieceSteps = piece.prefilledTokens + piece.decodeSteps
            times.append(seconds / Double(max(pieceSteps, 1)))
            steps += pieceSteps
            requests += piece.streaming?.total.cache.requests ?? 0
            hits += piece.streaming?.total.cache.hits ?? 0
        }
        return TuningMeasurement(
            secondsPerToken: times.sorted()[times.count / 2],
            hitRate: requests > 0 ? Double(hits) / Double(requests) : 1, tokens: steps)
    }

    private func generate(
        _ count: Int, behind text: inout [TokenID], on engine: Engine
    ) async throws -> GenerationSummary {
        var sampling = SamplingOptions()
        // Greedy texts of small models soon go in circles, and so do their experts.
        sampling.seed = 1
        var request = GenerationRequest(prompt: text, sampling: sampling, maximumTokens: count)
        request.ignoresEndOfGeneration = true
        request.cancellation = cancellation
        var summary: GenerationSummary?
        for try await event in engine.generate(request) {
            switch event {
            case .prefill(_, _): continue
            case .token(let token, _): text.append(token)
            case .finished(let found, _): summary = found
            }
        }
        guard let summary, summary.finishReason != .cancelled else { throw CancellationError() }
        return summary
    }
}
