import Foundation
public import Generation
import Kernels
import ModelFiles
import Models
public import Residency
import Tokenization
import TraceFiles

/// Records the routing of a short run: a few texts, each given and then continued.
public struct TuningRecording {
    private let model: TuningModel
    private let cancellation: CancellationFlag

    /// Tokens that are generated behind each text.
    private static let answerTokens = 160
    /// A slow model records fewer.
    private static let longest = Duration.seconds(60)
    /// Tokens of a text at most: where a context is short, less.
    private static let promptTokens = 192

    public init(_ model: TuningModel, unless cancellation: CancellationFlag) {
        self.model = model
        self.cancellation = cancellation
    }

    /// Records with the memory of `candidate`.
    ///
    /// - Parameter progress: is told how many tokens there are.
    /// - Throws: what running meets; `CancellationError`.
    public func run(
        _ candidate: TuningCandidate, progress: (TuningStage) -> Void
    ) async throws -> RoutingTrace {
        guard let plan = model.plan(candidate), let shape = model.needs.traceShape else {
            throw TuningBenchError.notStreamable(path: model.file.path)
        }
        // The recorder writes files; this one is nobody's but ours.
        let path = FileManager.default.temporaryDirectory
            .appending(path: "sluice-tune-\(ProcessInfo.processInfo.globallyUniqueString).sltrace").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = plan.options
        options.recordsSteps = true
        let header = TraceHeader(
            fingerprint: model.file.fingerprint, modelName: "", shape: shape,
            columns: options.traceColumns(of: shape), notes: [])
        let engine = try await Engine.start(
            file: model.file, tokenizer: nil, options: options,
            trace: TraceTarget(path: path, header: header, options: options))
        do {
            try await feed(engine, progress)
            _ = try await engine.finishTrace()
            await engine.shutDown()
        } catch {
            _ = try? await engine.finishTrace()
            await engine.shutDown()
            throw error
        }
        guard case .routing(let trace) = try TraceFile.read(path).contents else {
            preconditionFailure("a recorder wrote no routing")
        }
        return trace
    }

    private func feed(_ engine: Engine, _ progress: (TuningStage) -> Void) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let room = max(model.options.contextCapacity - Self.answerTokens - 1, 1)
        let total = TuningTexts.recorded.count * Self.answerTokens
        var done = 0
        for (index, text) in TuningTexts.recorded.enumerated() where clock.now - start < Self.longest {
            let prompt = try model.tokenizer.encode(Array(text.utf8), parseSpecial: false)
            var request = GenerationRequest(
                prompt: Array(prompt.prefix(min(Self.promptTokens, room))), maximumTokens: Self.answerTokens)
            request.sampling.seed = UInt64(index + 1)
            request.ignoresEndOfGeneration = true
            request.forgetsHistory = true
            request.cancellation = cancellation
            for try await event in engine.generate(request) {
                switch event {
                case .prefill(_, _): continue
                case .token(_, _):
                    done += 1
                    progress(.recording(done: done, total: total))
                case .finished(let summary, _):
                    if summary.finishReason == .cancelled { throw CancellationError() }
                }
            }
        }
    }
}
