import ArgumentParser
import Foundation
import Generation
import Residency
import TraceFiles

/// `sluice trace import`: a trace from what another program wrote.
struct TraceImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a trace from what another engine, simulator or script wrote.",
        discussion: """
            The format is told by the content; --format names it where that fails. What a format does not \
            say is noted, and --experts, --layers and --expert-bytes say it. Formats without order \
            (colibri-usage, moe-infinity) give counts, from which nothing can be replayed.

            Formats:
            \(TraceFormatList.text(TraceImport.formats))

            FLAME-MoE's Parquet becomes csv by tools/traces/flame_to_csv.py.

            Examples:
              sluice trace import route.csv -o route.sltrace
              sluice trace import routing.log -o routing.sltrace --format slipstream --expert-bytes 5.2M
              zstd -dc requests.zst | sluice trace import - -o requests.sltrace --format oraclegeneral
            """)

    @Argument(help: ArgumentHelp("The file to read, or - for standard input.", valueName: "file"))
    var input: String

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp("The trace to write; a file that is there is replaced.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The format of the file. Default: told by its content.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("Experts of a layer, where the format does not say.", valueName: "n"))
    var experts: Int?

    @Option(help: ArgumentHelp("Layers with experts, where the format does not say.", valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp("Bytes of an expert on disk, where the format does not say.", valueName: "size"))
    var expertBytes: String?

    @Flag(help: "Print one JSON object: trace, format, tokens, sequences, steps, choices, sizes, notes.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        guard let output = try resolver.text(["output", "o"], flag: output) else {
            throw CommandFailure.usage("there is no trace to write; name one with -o FILE")
        }
        // Whether it can be written is known before minutes of reading.
        _ = try OutputFile(output, besides: [input])
        let format = try resolver.text(["format"], flag: format)
        try format.map { try TraceFormatList.check($0, among: TraceImport.formats) }
        let facts = try facts(&resolver)
        var progress = ProgressLine("reading")
        let imported =
            input == "-"
            ? try TraceImport.read(
                InputFile.contents(of: input), path: InputText.name(input), format: format, facts: facts)
            : try TraceImport.read(BusErrors.watch(input), format: format, facts: facts) { done, total in
                progress.show(done: done, total: total, unit: ByteSize.text)
            }
        progress.clear()
        try write(imported, to: output)
        let summary = ImportSummary(imported, path: output)
        try StandardOutput.write(json ? summary.json.text + "\n" : summary.text)
    }

    /// What the user says about the model.
    private func facts(_ resolver: inout SettingResolver) throws -> ImportFacts {
        var facts = ImportFacts()
        facts.expertCount = try resolver.optional(["experts"], flag: experts, expected: "an integer") {
            Int($0)
        }
        facts.layerCount = try resolver.optional(["layers"], flag: layers, expected: "an integer") {
            Int($0)
        }
        for (option, value) in [("experts", facts.expertCount), ("layers", facts.layerCount)] {
            guard let value, value < 1 else { continue }
            throw CommandFailure.usage("--\(option) is \(value); expected 1 or more")
        }
        if let size = try resolver.text(["expert-bytes"], flag: expertBytes) {
            facts.expertBytes = try TraceInput.expertBytes(size)
        }
        return facts
    }

    private func write(_ imported: ImportedTrace, to output: String) throws {
        let notes =
            [
                TraceNote("command", "trace import"), TraceNote("source", InputText.name(input)),
                TraceNote("format", imported.format),
            ] + imported.notes.map { TraceNote("import", $0) }
        switch imported.content {
        case .choices(let trace):
            let header = TraceHeader(shape: trace.shape, columns: trace.columns, notes: notes)
            try TraceFile.write(trace, header, to: output)
        case .usage(let usage):
            try TraceFile.write(
                usage, TraceHeader(kind: .usage, shape: usage.shape, notes: notes), to: output)
        }
    }
}
