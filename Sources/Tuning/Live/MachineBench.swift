public import Generation
import Kernels
import Models
public import Residency
import Tokenization

/// This machine with a model: replays a recorded trace for what to expect, and runs the model for what is.
public final class MachineBench: TuningBench {
    private let model: TuningModel
    private let replay: TuningReplay
    private let run: TuningRun
    private let cancellation: CancellationFlag
    private let deadline: ContinuousClock.Instant
    private let progress: @Sendable (TuningStage) -> Void
    private var runs = 0

    /// - Parameters:
    ///   - trace: the routing of texts that a run of the model computed.
    ///   - machine: what computing and reading take here.
    ///   - deadline: when the last run is to begin.
    /// - Throws: `TuningBenchError` where the machine file does not know the model's experts.
    public init(
        _ model: TuningModel, trace: RoutingTrace, machine: MachineFile,
        until deadline: ContinuousClock.Instant,
        unless cancellation: CancellationFlag, progress: @escaping @Sendable (TuningStage) -> Void
    ) throws {
        self.model = model
        self.deadline = deadline
        self.cancellation = cancellation
        self.progress = progress
        replay = try TuningReplay(trace, machine: machine, unless: cancellation)
        let prompt = try TuningModel.prompt(model.tokenizer, context: model.options.contextCapacity)
        run = TuningRun(model, prompt: prompt, unless: cancellation)
    }

    /// Whether more may be tried.
    public var hasTime: Bool { ContinuousClock.now < deadline && !cancellation.isCancelled }

    public func predict(_ candidates: [TuningCandidate]) async throws -> [TuningPrediction?] {
        try await replay.predict(candidates.map(model.plan), progress: progress)
    }

    public func measure(_ candidate: TuningCandidate) async throws -> TuningMeasurement {
        runs += 1
        progress(.running(candidate, number: runs))
        guard let plan = model.plan(candidate) else {
            preconditionFailure("\(candidate) was predicted and cannot run")
        }
        return try await run.measure(plan)
    }
}
