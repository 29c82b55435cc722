import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Models
import TraceFiles

/// `sluice trace record`: feeds a text to a model and records its routing.
struct TraceRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Feed a text to a model and record which experts it chose.",
        discussion: """
            The text is cut into windows of -c tokens, each computed from an empty state. Tokens are fed one \
            at a time, as generating does, so that every event is that of one token: what tuning and replays \
            of decoding need. With --prefill they are fed in chunks of -b, as a prompt is. No token is \
            generated, so a text always gives the same trace. Ctrl-C ends the recording and keeps what there \
            is; killed at any moment, the file can be read up to its last whole block.

            Examples:
              sluice trace record -m model.gguf -f text.txt -o text.sltrace
              sluice trace record -m model.gguf -f text.txt -o text.sltrace -n 4096 --memory 8G
              sluice trace record -m model.gguf --tokens-file ids.json -o ids.sltrace --prefill --json
            """)

    @OptionGroup var text: GivenTextArguments

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp("The trace to write; a file that is there is replaced.", valueName: "file"))
    var output: String?

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: ArgumentHelp("Only the first n tokens of the text.", valueName: "tokens"))
    var predict: Int?

    @Flag(help: "Feed chunks of -b tokens, as of a prompt, and not one token at a time.")
    var prefill = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Record whom later layers' routers would choose already, for so many layers ahead. Default: 0, \
            only what reading ahead predicts anyway.
            """, valueName: "layers"))
    var candidates: Int?

    @Flag(help: "Print one JSON object: trace, tokens, steps, sequences, choices, bytes, receipt.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelArguments
    @OptionGroup(title: StreamingArguments.title) var streaming: StreamingArguments

    /// Whoever looks further ahead knows hardly more than how popular experts are.
    private static let maximumDistances = 16

    func run() async throws {
        // The window decides what is recorded.
        var resolver = try SettingResolver(
            environment: ProcessInfo.processInfo.environment, profile: model.shared.profile,
            ignoring: ["ctx-size"])
        var settings = try ModelSettings(model, streaming, &resolver)
        let limit = try resolver.optional(["predict", "n"], flag: predict, expected: "an integer") { Int($0) }
        guard (limit ?? 1) >= 1 else {
            throw CommandFailure.usage("-n is \(limit ?? 0); expected 1 or more")
        }
        let isPrefill = try resolver.isOn("prefill", flag: prefill)
        let distances = try resolver.integer(["candidates"], flag: candidates, default: 0)
        try ModelSettings.check("--candidates", distances, 0...Self.maximumDistances)
        settings.recordedDistances = distances
        let json = try resolver.isOn("json", flag: json)
        let text = try text.resolved(&resolver)
        settings.inputs.append(text.name)
        let output = try resolver.text(["output", "o"], flag: output)
        guard streaming.trace == nil || output == nil else {
            throw CommandFailure.usage("the trace is given twice; use -o and leave --trace out")
        }
        settings.tracePath = output ?? settings.tracePath
        guard settings.tracePath != nil else {
            throw CommandFailure.usage("there is no file to record to; give one with -o FILE")
        }
        let session = try ModelSession(
            settings, &resolver, needsTokenizer: text.needsTokenizer,
            wantedContext: EvaluationWindows.defaultSize)
        if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: json) }
        let tokens = try text.tokens(session).prefix(limit ?? .max)
        guard !tokens.isEmpty else { throw GenerationError(.emptyPrompt) }
        let size = session.options.contextCapacity
        var request = EvaluationRequest(
            windows: stride(from: 0, to: tokens.count, by: size).map { Array(tokens[$0...].prefix(size)) })
        request.feedsSingly = !isPrefill
        let engine = try await session.start(
            noting: [
                TraceNote("command", "trace record"), TraceNote("prompt", text.name),
                TraceNote("fed", isPrefill ? "chunks" : "tokens"),
            ])
        let evaluation = try await feed(request, to: engine, session)
        guard let summary = try await engine.finishTrace() else {
            throw CommandFailure.failure("nothing was recorded")
        }
        try report(summary, evaluation, session, asJSON: json)
        if evaluation.wasCancelled { throw CommandFailure.interrupted }
    }

    private func feed(
        _ request: EvaluationRequest, to engine: Engine, _ session: ModelSession
    ) async throws -> EvaluationSummary {
        var progress = ProgressLine("token", isShown: !session.settings.isQuiet)
        Interrupts.shared.watch(request.cancellation)
        defer { Interrupts.shared.watch(nil) }
        var result = EvaluationSummary()
        for try await event in engine.evaluate(request) {
            switch event {
            case .step(let done, let total): progress.show(done: done, total: total)
            case .window: continue
            case .finished(let summary): result = summary
            }
        }
        progress.clear()
        return result
    }

    private func report(
        _ summary: TraceSummary, _ evaluation: EvaluationSummary, _ session: ModelSession, asJSON: Bool
    ) throws {
        let receipt = session.receipt(evaluation)
        let text = TraceText(summary)
        if asJSON {
            let object = JSONValue.object(text.members + [JSONMember(name: "receipt", value: receipt.json)])
            try StandardOutput.write(object.text + "\n")
        } else {
            try StandardOutput.write(text.text)
        }
        try session.deliver(receipt)
    }
}
