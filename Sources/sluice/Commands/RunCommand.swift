import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Models
import Tokenization
import TraceFiles

/// `sluice run`: continues a text.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Continue a text; it streams to standard output.",
        discussion: """
            The text goes to the model as it is, without a chat template.

            Examples:
              sluice run -p "Once upon a time" -n 100
              sluice run -m model.gguf -f prompt.txt --temp 0
              sluice run -m model.gguf --tokens 1,2,3 -n 16 --temp 0 --json
              cat prompt.txt | sluice run -f - --stop "The end" --receipt receipt.json
            """)

    @OptionGroup var prompt: PromptArguments

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens to generate; -1, the default, goes on until the context is full.", valueName: "tokens"))
    var predict: Int?

    @Option(
        help: ArgumentHelp(
            "Ends the text and is no part of it; may be given several times.", valueName: "text"))
    var stop: [String] = []

    @Flag(help: "Go on past tokens that end a text.")
    var ignoreEos = false

    @Flag(
        help:
            "Print one JSON object instead of the text: prompt_tokens, tokens, text, finish_reason, receipt.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write each generated step's logits to this file: float32, little-endian.", valueName: "file"))
    var logits: String?

    @OptionGroup(title: "Sampling") var sampling: SamplingArguments
    @OptionGroup(title: "Model") var model: ModelArguments
    @OptionGroup(title: StreamingArguments.title) var streaming: StreamingArguments

    func run() async throws {
        var resolver = try SettingResolver(
            environment: ProcessInfo.processInfo.environment, profile: model.shared.profile)
        var settings = try ModelSettings(model, streaming, &resolver)
        let sampling = try sampling.resolved(&resolver)
        let maximum = try GeneratedLength.resolved(predict, &resolver)
        let ignoresEnd = try resolver.isOn("ignore-eos", flag: ignoreEos)
        let json = try resolver.isOn("json", flag: json)
        let logits = try resolver.text(["logits"], flag: logits)
        let stops = stop.isEmpty ? try resolver.text(["stop"], flag: nil).map { [$0] } ?? [] : stop
        // A plan needs no prompt, but one that is there is planned for.
        let prompt =
            settings.isPlanOnly && !prompt.isGiven ? nil : try prompt.resolved(&resolver)
        let promptPaths = [prompt?.path].compactMap(\.self)
        settings.inputs += promptPaths
        let opened = try OpenedModel(
            settings, profile: resolver.profile, needsTokenizer: prompt?.needsTokenizer ?? false)
        let tokens = try prompt?.tokens(
            opened.tokenizer, vocabularySize: opened.needs.shape.vocabularySize)
        let session = try ModelSession(opened, &resolver, promptTokens: tokens?.count)
        if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: json) }
        if session.tokenizer == nil, !stops.isEmpty {
            throw CommandFailure.usage(
                "--stop compares text, but the model has no tokenizer; leave it out, and end with -n")
        }
        var request = GenerationRequest(
            prompt: tokens ?? [], sampling: sampling, maximumTokens: maximum)
        request.stops = stops
        request.ignoresEndOfGeneration = ignoresEnd
        try session.check(request)
        let logitFile = try logits.map { try LogitFile($0, besides: session.filesInUse) }
        if let logitFile { request.logitSink = { try logitFile.append($0) } }
        let engine = try await session.start(
            noting: [TraceNote("command", "run")] + promptPaths.map { TraceNote("prompt", $0) })
        // A reader wants the story from its start; a script wants what is new.
        if !json, StandardOutput.isTerminal, let tokenizer = session.tokenizer {
            try StandardOutput.write(tokenizer.decode(request.prompt))
        }
        let reason = try await session.recording(on: engine) {
            let transcript = try await Transcript.collect(
                request, on: engine, session: session, streams: !json)
            try logitFile?.finish()
            try finish(transcript, session: session, request: request, asJSON: json)
            return transcript.summary.finishReason
        }
        if reason == .cancelled { throw CommandFailure.interrupted }
    }

    private func finish(
        _ transcript: Transcript, session: ModelSession, request: GenerationRequest, asJSON: Bool
    ) throws {
        let receipt = session.receipt(transcript.summary)
        if asJSON {
            let result = JSONValue.members([
                "prompt_tokens": .tokens(request.prompt),
                "tokens": .tokens(transcript.tokens),
                "text": session.tokenizer == nil ? .null : .string(transcript.text),
                "finish_reason": .string(transcript.summary.finishReason.rawValue),
                "seed": .integer(Int64(bitPattern: request.sampling.seed)),
                "receipt": receipt.json,
            ])
            try StandardOutput.write(result.text + "\n")
        } else {
            try StandardOutput.write("\n")
        }
        try session.deliver(receipt)
    }
}
