import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Models
import TraceFiles

/// `sluice eval`: how well a model predicts a given text.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure perplexity on a text.",
        discussion: """
            The text is cut into windows of -c tokens without overlap; each is computed from an empty \
            state, and every \
            token after its first is scored. Tokens behind the last whole window are left out; a text \
            shorter than one \
            window is a window by itself.

            Examples:
              sluice eval -m model.gguf -f text.txt -c 512
              sluice eval -m model.gguf -f text.txt -c 512 --second-half --chunks 60
              sluice eval -m model.gguf --tokens-file ids.json --argmax --json
            """)

    @OptionGroup var text: GivenTextArguments

    @Flag(
        help:
            "Score only the second half of each window, as llama-perplexity does: of 512 the last 255 tokens."
    )
    var secondHalf = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Only the first n windows.", valueName: "n"))
    var chunks: Int?

    @Flag(help: "Report the most likely next token of every position.")
    var argmax = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write all positions' logits to this file: float32, little-endian.", valueName: "file"))
    var logits: String?

    @Flag(help: "Print one JSON object: tokens_scored, nll, perplexity, argmax, receipt.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelArguments
    @OptionGroup(title: StreamingArguments.title) var streaming: StreamingArguments

    func run() async throws {
        // The window decides what is measured.
        var resolver = try SettingResolver(
            environment: ProcessInfo.processInfo.environment, profile: model.shared.profile,
            ignoring: ["ctx-size"])
        var settings = try ModelSettings(model, streaming, &resolver)
        let scoresSecondHalf = try resolver.isOn("second-half", flag: secondHalf)
        let chunkLimit = try resolver.optional(["chunks"], flag: chunks, expected: "an integer") { Int($0) }
        guard (chunkLimit ?? 1) >= 1 else {
            throw CommandFailure.usage("--chunks is \(chunkLimit ?? 0); expected 1 or more")
        }
        let json = try resolver.isOn("json", flag: json)
        let wantsArgmax = try resolver.isOn("argmax", flag: argmax)
        let logits = try resolver.text(["logits"], flag: logits)
        let text = try text.resolved(&resolver)
        settings.inputs.append(text.name)
        let session = try ModelSession(
            settings, &resolver, needsTokenizer: text.needsTokenizer,
            wantedContext: EvaluationWindows.defaultSize)
        if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: json) }
        var windows = EvaluationWindows(
            try text.tokens(session), size: session.options.contextCapacity, limit: chunkLimit)
        if scoresSecondHalf, text.needsTokenizer { windows.startEach(with: session.tokenizer) }
        try windows.check(scoresSecondHalf: scoresSecondHalf)
        var request = EvaluationRequest(windows: windows.windows)
        request.scoresSecondHalf = scoresSecondHalf
        request.wantsArgmax = wantsArgmax
        let logitFile = try logits.map { try LogitFile($0, besides: session.filesInUse) }
        if let logitFile { request.logitSink = { try logitFile.append($0) } }
        let engine = try await session.start(
            noting: [TraceNote("command", "eval"), TraceNote("prompt", text.name)])
        let summary = try await session.recording(on: engine) {
            let summary = try await score(request, on: engine, session: session)
            try logitFile?.finish()
            let receipt = session.receipt(summary)
            let report = EvaluationReport(summary, windows: windows)
            try StandardOutput.write(json ? report.json(receipt).text + "\n" : report.text)
            try session.deliver(receipt)
            return summary
        }
        if summary.wasCancelled { throw CommandFailure.interrupted }
    }

    private func score(
        _ request: EvaluationRequest, on engine: Engine, session: ModelSession
    ) async throws -> EvaluationSummary {
        var progress = ProgressLine("window", isShown: !session.settings.isQuiet)
        Interrupts.shared.watch(request.cancellation)
        defer { Interrupts.shared.watch(nil) }
        var result = EvaluationSummary()
        for try await event in engine.evaluate(request) {
            switch event {
            case .step: continue
            case .window(let done, let total, let summary):
                let perplexity = ReceiptText.decimal(summary.perplexity ?? 0, 4)
                progress.show(done: done, total: total, detail: "perplexity \(perplexity)")
            case .finished(let summary): result = summary
            }
        }
        progress.clear()
        return result
    }
}
