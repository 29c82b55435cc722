import ArgumentParser

/// Options of commands that run a model once.
struct ModelArguments: ParsableArguments {
    @Option(
        name: [.customShort("t"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Threads. Default: one per physical core; of a hybrid processor, per fast core.", valueName: "n"))
    var threads: Int?

    @OptionGroup var shared: SharedModelArguments
}
