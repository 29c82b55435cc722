import ArgumentParser

/// Options of every command that runs a model, `sluice bench` included.
struct SharedModelArguments: ParsableArguments {
    @Option(
        name: [.customShort("m"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "A GGUF file (the first of a split) or a Hugging Face folder. Without it, the bundled demo "
                + "model.",
            valueName: "path"))
    var model: String?

    @Option(
        name: [.customShort("c"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Positions of the context. Default: the model's own limit, at most 4096 (`sluice bench`: what "
                + "its tests need). More than the model's limit works, with a warning.",
            valueName: "tokens"))
    var ctxSize: Int?

    @Option(
        name: [.customLong("tb", withSingleDash: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Threads for the prompt. Default: as --threads.", valueName: "n"))
    var threadsBatch: Int?

    @Option(
        name: [.customShort("b"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Tokens of the prompt computed at once. Default, and most: 512.", valueName: "n"))
    var batchSize: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Memory for the whole process: 8G, 512M, 70% (of the machine's or cgroup's limit) or auto "
                + "(what is free). Default: auto.", valueName: "size"))
    var memory: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How the KV cache stores keys and values: f16, f32 or auto. auto is f16, but f32 for models "
                + "whose own weights are float32: rounding would be the largest error of such a run.",
            valueName: "type"))
    var kvType: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Cut text as this pre-tokenizer does, whatever the file says.", valueName: "name"))
    var pretokenizer: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write the receipt to this file as JSON; of `sluice bench`, a list with one per test.",
            valueName: "file"))
    var receipt: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take what neither flags nor the environment say from this TOML file; see profiles/README.md.",
            valueName: "file"))
    var profile: String?

    @Flag(help: "Print every value and where it came from, with the memory plan, and exit.")
    var plan = false

    @Flag(
        name: [.customShort("q"), .long], help: "No plan, progress or receipt on standard error; errors only."
    )
    var quiet = false
}
