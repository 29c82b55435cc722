public import ModelFiles
public import Models
public import Tokenization

/// A loaded model that takes requests: the only actor between a request and the model.
///
/// Everything of the model lives on the actor's own thread. A request is worked on without a suspension from
/// its first chunk to its last token; what it tells goes out by a stream.
public actor Engine {
    private let thread = EngineThread(name: "sluice-engine")
    private var core: EngineCore?

    /// The engine thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private init() {}

    deinit { thread.stop() }

    /// Loads the model in `file` on a new engine thread.
    ///
    /// - Parameter tokenizer: turns tokens into text; without one requests give tokens only.
    /// - Parameter trace: where the routing of all requests is recorded to; nil for nowhere.
    /// - Throws: `ModelFileError` for a model that cannot be run; `TraceFilesError` for a trace that cannot
    ///   be written.
    public static func start(
        file: ModelFile, tokenizer: Tokenizer?, options: LanguageModel.Options, trace: TraceTarget? = nil
    ) async throws -> Engine {
        let engine = Engine()
        try await engine.load(file: file, tokenizer: tokenizer, options: options, trace: trace)
        return engine
    }

    private func load(
        file: ModelFile, tokenizer: Tokenizer?, options: LanguageModel.Options, trace: TraceTarget?
    ) throws {
        core = try EngineCore(file: file, tokenizer: tokenizer, options: options, trace: trace)
    }

    /// Ends the recording, behind the last request.
    ///
    /// - Returns: what was recorded; nil where nothing was to be.
    /// - Throws: `TraceFilesError` where the file could not be written as a whole: the disk was full, say.
    public func finishTrace() throws -> TraceSummary? { try core?.finishTrace() }

    /// Gives the model's memory back; later requests throw `engineStopped`.
    public func shutDown() { core = nil }

    /// Continues a text. Requests are worked on in the order in which they come.
    ///
    /// - Returns: events up to and with `finished`; dropping the stream cancels the request.
    public nonisolated func generate(_ request: GenerationRequest) -> AsyncThrowingStream<
        GenerationEvent, any Error
    > {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        let cancellation = request.cancellation
        continuation.onTermination = { if case .cancelled = $0 { cancellation.cancel() } }
        Task { await run(request, continuation) }
        return stream
    }

    private func run(
        _ request: GenerationRequest,
        _ continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) {
        do {
            guard let core else { throw GenerationError(.engineStopped) }
            defer { core.flushTrace() }
            var run = try GenerationRun(request, on: core)
            while true {
                let event = try run.advance { continuation.yield($0) }
                continuation.yield(event)
                if case .finished = event { break }
            }
            continuation.finish()
        } catch {
            continuation.finish(throwing: error)
        }
    }

    /// Scores texts that are given, instead of continuing them.
    ///
    /// - Returns: an event per window and `finished`; dropping the stream cancels the request.
    public nonisolated func evaluate(_ request: EvaluationRequest) -> AsyncThrowingStream<
        EvaluationEvent, any Error
    > {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: EvaluationEvent.self)
        let cancellation = request.cancellation
        continuation.onTermination = { if case .cancelled = $0 { cancellation.cancel() } }
        Task { await run(request, continuation) }
        return stream
    }

    private func run(
        _ request: EvaluationRequest,
        _ continuation: AsyncThrowingStream<EvaluationEvent, any Error>.Continuation
    ) {
        do {
            guard let core else { throw GenerationError(.engineStopped) }
            defer { core.flushTrace() }
            var run = try EvaluationRun(request, on: core)
            while let event = try run.advance() {
                continuation.yield(event)
                if case .finished = event { break }
            }
            continuation.finish()
        } catch {
            continuation.finish(throwing: error)
        }
    }
}
