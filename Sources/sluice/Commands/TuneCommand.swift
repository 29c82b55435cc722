import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Tuning

/// `sluice tune`: finds the budget and the settings that suit a model on this machine.
struct TuneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Find the smallest budget that is nearly as fast as the best, and write a profile.",
        discussion: """
            Records which experts a short run chooses, replays that with every policy, kind of slots and \
            budget, and lets the model run with the few that promise most, for seconds each. The profile \
            holds the smallest budget whose time per token is within 3 % of the best; the best stands in a \
            comment. Takes up to five minutes. The machine should be otherwise idle, and have the memory \
            free that it may tune with.

            A profile that somebody changed by hand is not overwritten without --force. Ctrl-C stops and \
            writes nothing.

            Examples:
              sluice tune -m model.gguf -o model.toml
              sluice tune -m model.gguf -o model.toml --budget-max 12G
              sluice run --profile model.toml -m model.gguf -p "Once upon a time"
            """)

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp("The profile to write.", valueName: "profile"))
    var output: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Replay this trace of the model, instead of recording one.", valueName: "file"))
    var trace: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The largest budget that is tried, as --memory is given. Default: auto, what is free.",
            valueName: "size"))
    var budgetMax: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take the machine's speeds from this file of `sluice doctor --machine`, instead of measuring "
                + "them.",
            valueName: "file"))
    var machine: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("When the last run begins at the latest. Default: 230.", valueName: "n"))
    var seconds: Int?

    @Flag(help: "Overwrite a profile that was changed by hand, or any other file.")
    var force = false

    @Flag(help: "Print one JSON object: what was measured, and the profile.")
    var json = false

    @Option(
        name: [.customShort("m"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "A GGUF file, a store or a Hugging Face folder. Without it, the bundled demo model.",
            valueName: "path"))
    var model: String?

    @Option(
        name: [.customShort("c"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Positions of the context that the budget is to hold. Default: as of run.", valueName: "tokens"))
    var ctxSize: Int?

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: ArgumentHelp("Threads. Default: as of run.", valueName: "n"))
    var threads: Int?

    @Flag(name: [.customShort("q"), .long], help: "No progress on standard error; errors only.")
    var quiet = false

    func run() async throws {
        let wishes = try TuneWishes(self)
        let session = try TuningSession(wishes)
        let report = try await session.run()
        try StandardOutput.write(wishes.isJSON ? report.json.text + "\n" : report.text)
    }
}
