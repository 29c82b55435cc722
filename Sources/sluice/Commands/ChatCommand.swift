import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Tokenization
import TraceFiles

/// `sluice chat`: talks in the terminal.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk with a model in the terminal.",
        discussion: """
            The model's own chat template is used. What was said stays computed: a turn costs only its own \
            tokens. A line \
            that ends in a backslash goes on in the next. /help, /reset and /quit are commands; Ctrl-C \
            stops an answer, a \
            second one or Ctrl-D leaves. With a pipe on standard input every line is a turn, and only \
            answers are printed.

            Examples:
              sluice chat -m model.gguf
              sluice chat -m model.gguf --system "Answer in one sentence." --temp 0
              echo "What is a sluice?" | sluice chat -m model.gguf
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Instructions for the whole conversation.", valueName: "text"))
    var system: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Use this chat template, whatever the file says: \(ChatTemplate.names.joined(separator: ", ")).",
            valueName: "name"))
    var chatTemplate: String?

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens of an answer at most; -1, the default, goes on until the context is full.",
            valueName: "tokens"))
    var predict: Int?

    @OptionGroup(title: "Sampling") var sampling: SamplingArguments
    @OptionGroup(title: "Model") var model: ModelArguments
    @OptionGroup(title: StreamingArguments.title) var streaming: StreamingArguments

    func run() async throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let settings = try ModelSettings(model, streaming, &resolver)
        let sampling = try sampling.resolved(&resolver)
        let maximum = try GeneratedLength.resolved(predict, &resolver)
        let forced = try resolver.text(["chat-template"], flag: chatTemplate)
        let system = try resolver.text(["system"], flag: system)
        let session = try ModelSession(settings, &resolver, needsTokenizer: true)
        if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: false) }
        guard let tokenizer = session.tokenizer else {
            throw CommandFailure.failure("the model has no tokenizer")
        }
        let template = try ChatCommand.template(forced, of: tokenizer)
        var request = GenerationRequest(prompt: [], sampling: sampling, maximumTokens: maximum)
        request.startsText = true
        var conversation = Conversation(
            template: template, tokenizer: tokenizer, system: system, request: request)
        let engine = try await session.start(noting: [TraceNote("command", "chat")])
        try await session.recording(on: engine) {
            try await ChatLoop(session: session, engine: engine).run(&conversation)
            try session.deliver(session.receipt(conversation.total))
        }
    }

    private static func template(_ forced: String?, of tokenizer: Tokenizer) throws -> ChatTemplate {
        do {
            if let forced { return try ChatTemplate.named(forced) }
            return try ChatTemplate.of(tokenizer)
        } catch {
            if forced != nil { throw CommandFailure.usage("--chat-template: \(error)") }
            throw CommandFailure.failure("\(error); a model that only continues text goes with `sluice run`")
        }
    }
}
