import ArgumentParser

/// `sluice trace`: recorded routings.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Work with routing traces: which experts every token chose.",
        subcommands: [TraceInfoCommand.self])
}
