import Kernels
import ModelFiles
import Models
import Tokenization

/// One request on its way through the engine: prefill chunks first, then one decode step per token.
///
/// `advance` is one step and returns to the caller, so that requests can take turns. Runs on: engine thread.
struct GenerationRun: ~Copyable {
    private let request: GenerationRequest
    private let core: EngineCore
    private var sampler: Sampler
    private var text: TextAssembler
    private var summary = GenerationSummary()
    /// Prompt tokens computed or known.
    private var promptPosition: Int
    /// The token chosen last, which the next decode step computes.
    private var last: TokenID?
    /// Set by a token after which nothing follows.
    private var ending: FinishReason?
    /// What streaming had done when it was last looked at.
    private var counters: StreamingCounters?
    private let clock = ContinuousClock()

    /// Checks the request and goes back to the common beginning.
    init(_ request: GenerationRequest, on core: EngineCore) throws {
        if let problem = request.sampling.problem {
            throw GenerationError(
                .optionOutOfRange(name: problem.name, found: problem.found, expected: problem.expected))
        }
        guard !request.prompt.isEmpty else { throw GenerationError(.emptyPrompt) }
        let room = request.maximumTokens == 0 ? 0 : 1
        guard request.prompt.count + room <= core.contextCapacity else {
            throw GenerationError(
                .promptTooLong(tokens: request.prompt.count, contextCapacity: core.contextCapacity))
        }
        try core.validate(request.prompt)
        self.request = request
        self.core = core
        sampler = Sampler(
            options: request.sampling, vocabularySize: core.vocabularySize,
            contextCapacity: core.contextCapacity)
        text = TextAssembler(
            tokenizer: core.tokenizer, stops: request.stops, atStart: request.startsText)
        for token in request.prompt { sampler.accept(token) }
        promptPosition = core.rewind(to: request.prompt, forgetting: request.forgetsHistory)
        summary.streaming = StreamingSummary(core.model)
        counters = core.model.streamingCounters
        summary.promptTokens = request.prompt.count
        summary.prefilledTokens = request.prompt.count - promptPosition
    }

    /// One step: a chunk of the prompt or one token.
    ///
    /// - Parameter progress: gets an event after each layer of a chunk of the prompt: chunks take long.
    mutating func advance(telling progress: (GenerationEvent) -> Void = { _ in }) throws -> GenerationEvent {
        if let ending { return finish(ending) }
        if request.cancellation.isCancelled { return finish(.cancelled) }
        core.watchMemory()
        let start = clock.now
        if promptPosition < request.prompt.count {
            let end = min(promptPosition + core.maximumRows, request.prompt.count)
            let known = request.prompt.count - summary.prefilledTokens
            let (first, total) = (promptPosition - known, summary.prefilledTokens)
            let (rows, layerCount) = (end - promptPosition, core.model.shape.layerCount)
            let isDone = try core.forward(
                request.prompt[promptPosition..<end], unless: request.cancellation
            ) { layer in
                guard layer + 1 < layerCount else { return }
                progress(.prefill(done: first + rows * (layer + 1) / layerCount, total: total))
            }
            summary.prefillSeconds += (clock.now - start).inSeconds
            if let streamed = streamedSince() { summary.streaming?.prefill += streamed }
            guard isDone else { return finish(.cancelled) }
            promptPosition = end
            return .prefill(done: end - known, total: total)
        }
        if summary.generatedTokens >= request.maximumTokens ?? .max { return finish(.length) }
        if request.prompt.count + summary.generatedTokens >= core.contextCapacity { return finish(.length) }
        let isDecode = last != nil
        if let last, try !core.forward(last, unless: request.cancellation) {
            // The step that was stopped gave no token: neither its time nor what it read counts.
            _ = streamedSince()
            return finish(.cancelled)
        }
        let token = try chooseToken(rows: isDecode ? 1 : nil)
        let seconds = (clock.now - start).inSeconds
        if isDecode {
            summary.decodeSeconds += seconds
            summary.decodeSteps += 1
            if let streamed = streamedSince() { summary.streaming?.decode += streamed }
        } else {
            summary.prefillSeconds += seconds
        }
        return accept(token)
    }

    /// What streaming did since this was asked last.
    private mutating func streamedSince() -> StreamingCounters? {
        guard let now = core.model.streamingCounters, let before = counters else { return nil }
        counters = now
        return now - before
    }

    /// The token after the last computed row.
    private mutating func chooseToken(rows: Int?) throws -> TokenID {
        let row = (rows ?? lastPromptRows) - 1
        let logits = core.model.logits(rows: row..<row + 1)
        try request.logitSink?(logits)
        let damaged = logits.firstDamagedLogit(row: 0)
        guard damaged == nil, let token = sampler.choose(from: logits, position: core.length) else {
            throw GenerationError(.damagedLogits(position: core.length, token: damaged ?? 0))
        }
        return token
    }

    /// Rows of the prompt's last chunk.
    private var lastPromptRows: Int { (summary.prefilledTokens - 1) % core.maximumRows + 1 }

    private mutating func accept(_ token: TokenID) -> GenerationEvent {
        summary.generatedTokens += 1
        sampler.accept(token)
        last = token
        let endsText = core.tokenizer?.isEndOfGeneration(token) ?? false
        if endsText || request.endTokens.contains(token), !request.ignoresEndOfGeneration {
            ending = .stop
            return .token(token, text: "")
        }
        let outcome = text.append(token)
        if let stop = outcome.stop {
            summary.stop = stop
            ending = .stop
        }
        return .token(token, text: outcome.text)
    }

    private mutating func finish(_ reason: FinishReason) -> GenerationEvent {
        summary.finishReason = reason
        // A cancelled prefill leaves tokens that were not computed.
        summary.prefilledTokens -= request.prompt.count - promptPosition
        summary.streaming?.prefetch = core.model.prefetchReport
        return .finished(summary, text: text.finish())
    }
}
