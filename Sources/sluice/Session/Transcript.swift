import Generation
import ModelFiles

/// What one request generated.
struct Transcript {
    var tokens: [TokenID] = []
    var text = ""
    var summary = GenerationSummary()

    /// Runs a request to its end, or to Ctrl-C, and writes the text as it comes.
    ///
    /// - Parameter streams: whether the text goes to standard output.
    static func collect(
        _ request: GenerationRequest, on engine: Engine, session: ModelSession, streams: Bool
    ) async throws -> Transcript {
        var transcript = Transcript()
        var progress = ProgressLine("prompt", isShown: !session.settings.isQuiet)
        Interrupts.shared.watch(request.cancellation)
        defer { Interrupts.shared.watch(nil) }
        for try await event in engine.generate(request) {
            switch event {
            case .prefill(let done, let total):
                progress.show(done: done, total: total) { "\($0)" }
                if done == total { progress.clear() }
            case .token(let token, let text):
                transcript.tokens.append(token)
                let shown = session.tokenizer == nil ? "\(token) " : text
                try transcript.append(shown, streams: streams)
            case .finished(let summary, let text):
                progress.clear()
                transcript.summary = summary
                try transcript.append(text, streams: streams)
            }
        }
        return transcript
    }

    private mutating func append(_ piece: String, streams: Bool) throws {
        guard !piece.isEmpty else { return }
        text += piece
        if streams { try StandardOutput.write(piece) }
    }
}
