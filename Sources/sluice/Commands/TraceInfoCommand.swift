import ArgumentParser
import Foundation
import Generation
import Reports

/// `sluice trace info`: what a trace says of a model's routing.
struct TraceInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what a routing trace says: popularity, reuse, working set, what can be foretold.",
        discussion: """
            Reads a trace of Sluice or of another engine; the format is recognised. Of files that only count \
            uses the popularity is shown.

            Examples:
              sluice trace info trace.csv
              sluice trace info trace.csv --json
              sluice trace info trace.csv --svg trace.svg
            """)

    @Argument(help: ArgumentHelp("A trace.", valueName: "trace"))
    var trace: String

    @Flag(help: "Print one JSON object, with all values by layer.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Also draw the trace into this file.", valueName: "file"))
    var svg: String?

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        let path = try resolver.text(["svg"], flag: svg)
        let picture = try path.map { try OutputFile($0, besides: [trace]) }
        let info = try TraceInfo(path: trace)
        if let picture {
            guard let statistics = info.statistics else {
                throw CommandFailure.failure(
                    "'\(trace)' only counts uses; there is nothing to draw without their order")
            }
            try picture.write(
                TraceInfoSVG.text(
                    statistics, name: info.source.name, fingerprint: info.source.fingerprint))
        }
        for note in info.source.notes { StandardError.write("note: \(note)\n") }
        try StandardOutput.write(json ? info.json.text + "\n" : info.text)
    }
}
