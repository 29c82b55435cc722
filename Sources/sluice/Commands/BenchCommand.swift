import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Models

/// `sluice bench`: how fast a model is on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure prefill and decode speed.",
        discussion: """
            pp512 computes a prompt of 512 random tokens, tg128 generates 128 tokens, both from an empty \
            context or behind the -d tokens that are in it already. Every test runs once to warm up and \
            then -r times. Ctrl-C ends the measurement and prints what is there.

            Examples:
              sluice bench -m model.gguf
              sluice bench -m model.gguf -p 512,1024 -n 128 -t 1,2 -r 5 --json
              sluice bench -m model.gguf -p 0 -n 128 -d 0,4096
            """)

    @Option(
        name: [.customShort("p"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Lengths of prompts; 0 for none. Default: 512.", valueName: "list"))
    var nPrompt: String?

    @Option(
        name: [.customShort("n"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of tokens to generate; 0 for none. Default: 128.", valueName: "list"))
    var nGen: String?

    @Option(
        name: [.customShort("d"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Tokens in the context before a test. Default: 0.", valueName: "list"))
    var nDepth: String?

    @Option(
        name: [.customShort("t"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of threads. Default: one, that of run.", valueName: "list"))
    var threads: String?

    @Option(
        name: [.customShort("r"), .long], parsing: .unconditional,
        help: ArgumentHelp("Repetitions. Default: 5.", valueName: "n"))
    var repetitions: Int?

    @Flag(help: "Print an array of JSON objects instead of a table.")
    var json = false

    @OptionGroup(title: "Model") var model: SharedModelArguments
    @OptionGroup(title: StreamingArguments.title) var streaming: StreamingArguments

    func run() async throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let sizes = try BenchSizes(
            prompt: nPrompt, generated: nGen, depths: nDepth, threads: threads, repetitions: repetitions,
            &resolver)
        let json = try resolver.isOn("json", flag: json)
        var results: [BenchResult] = []
        var receiptPath: String?
        let interrupt = CancellationFlag()
        defer { Interrupts.shared.watch(nil) }
        for threadCount in sizes.threads where !interrupt.isCancelled {
            // A resolver of its own per thread count, so that the plan shows one run.
            var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
            let settings = try ModelSettings(model, threads: threadCount, streaming, &resolver)
            let session = try ModelSession(
                settings, &resolver, needsTokenizer: false, neededContext: sizes.neededContext)
            guard settings.tracePath == nil || sizes.threads.count == 1 else {
                throw CommandFailure.usage("--trace records one run; give -t one number of threads")
            }
            if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: json) }
            try sizes.check(contextCapacity: session.options.contextCapacity)
            results += try await Benchmark(session, sizes: sizes, interrupt: interrupt).run()
            receiptPath = settings.receiptPath
        }
        try StandardOutput.write(
            json ? JSONValue.list(results.map(\.json)).text + "\n" : BenchResult.table(results))
        if let receiptPath {
            try OutputFile(receiptPath).write(JSONValue.list(results.map(\.receipt.json)).text + "\n")
        }
        if interrupt.isCancelled { throw CommandFailure.interrupted }
    }
}
