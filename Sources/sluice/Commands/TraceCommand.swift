import ArgumentParser

/// `sluice trace`: files of which experts every token chose.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Record, look at, import and export routing traces: which experts every token chose.",
        discussion: """
            A trace is what replays and tuning work on. Every command that runs a model records one with \
            --trace FILE.

            Examples:
              sluice trace record -m model.gguf -f text.txt -o text.sltrace
              sluice trace info text.sltrace
              sluice trace import route.csv -o route.sltrace
              sluice trace export text.sltrace --format oraclegeneral -o text.bin
            """,
        subcommands: [
            TraceRecordCommand.self,
            TraceInfoCommand.self,
            TraceImportCommand.self,
            TraceExportCommand.self,
        ])
}
