import ArgumentParser
import Foundation
import Generation
import ModelFiles

/// `sluice bench`: how fast a model is on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure prefill and decode speed.",
        discussion: """
            pp512 computes a prompt of 512 random tokens, tg128 generates 128 tokens from an empty context. \
            Every test \
            runs once to warm up and then -r times.

            Examples:
              sluice bench -m model.gguf
              sluice bench -m model.gguf -p 512,1024 -n 128 -t 1,2 -r 5 --json
            """)

    @Option(
        name: [.customShort("m"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "A GGUF file or a Hugging Face folder. Without it, the bundled demo model.", valueName: "path"))
    var model: String?

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
        name: [.customShort("t"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of threads. Default: one per physical core.", valueName: "list"))
    var threads: String?

    @Option(
        name: [.customShort("r"), .long], parsing: .unconditional,
        help: ArgumentHelp("Repetitions. Default: 5.", valueName: "n"))
    var repetitions: Int?

    @Option(
        name: [.customShort("b"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Tokens of the prompt computed at once. Default: 512.", valueName: "n"))
    var batchSize: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Memory for the whole process, as in `sluice run`.", valueName: "size"))
    var memory: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How the KV cache stores keys and values: auto, f16, f32.", valueName: "type"))
    var kvType: String?

    @Flag(help: "Print an array of JSON objects instead of a table.")
    var json = false

    @Flag(help: "Print every value and where it came from, with the memory plan, and exit.")
    var plan = false

    @Flag(name: [.customShort("q"), .long], help: "Nothing on standard error but errors.")
    var quiet = false

    @OptionGroup(title: "Options of streaming from disk and workers (not in this version)")
    var streaming: StreamingArguments

    func run() async throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let sizes = try BenchSizes(
            prompt: nPrompt, generated: nGen, threads: threads, repetitions: repetitions, &resolver)
        let json = try resolver.isOn("json", flag: json)
        var results: [BenchResult] = []
        for threadCount in sizes.threads {
            // A resolver of its own per thread count, so that the plan shows one run.
            var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
            let settings = try ModelSettings(flags(threadCount), streaming: streaming, &resolver)
            let session = try ModelSession(
                settings, &resolver, needsTokenizer: false, neededContext: sizes.neededContext)
            if settings.isPlanOnly { return try session.printPlan(resolver.settings, asJSON: json) }
            results += try await Benchmark(session, sizes: sizes).run()
        }
        try StandardOutput.write(
            json ? JSONValue.list(results.map(\.json)).text + "\n" : BenchResult.table(results))
    }

    private func flags(_ threadCount: Int) -> ModelFlags {
        ModelFlags(
            model: model, threads: threadCount, batchSize: batchSize, memory: memory, kvType: kvType,
            plan: plan,
            quiet: quiet)
    }
}
