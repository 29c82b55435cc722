import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Residency
import TraceFiles

/// `sluice trace export`: a trace in another program's format.
struct TraceExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a trace for another program.",
        discussion: """
            What a format cannot hold is said on standard error.

            Formats:
            \(TraceFormatList.text(TraceExport.formats))

            Examples:
              sluice trace export run.sltrace --format csv -o run.csv
              sluice trace export run.sltrace --format csv -o - | head
              sluice trace export run.sltrace --format oraclegeneral -o run.bin
              cachesim run.bin oracleGeneral lru,arc,s3fifo,sieve,belady 0.25 --ignore-obj-size 1
            """)

    @Argument(help: ArgumentHelp("A file that `sluice trace` wrote.", valueName: "trace"))
    var trace: String

    @Option(help: ArgumentHelp("The format to write.", valueName: "name"))
    var format: String?

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "The file to write, or - for standard output; a file that is there is replaced.",
            valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object: file, format, tokens, bytes, loss.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        guard let output = try resolver.text(["output", "o"], flag: output) else {
            throw CommandFailure.usage(
                "there is no file to write; name one with -o FILE, or - for standard "
                    + "output")
        }
        guard output != "-" || !json else {
            throw CommandFailure.usage("--json and the trace would both go to standard output; name a file")
        }
        if output != "-" { try OutputFile.check(output, isNoneOf: [trace]) }
        guard let format = try resolver.text(["format"], flag: format) else {
            throw CommandFailure.usage(
                "there is no format; name one with --format: "
                    + TraceExport.formats.map(\.name).joined(separator: ", "))
        }
        try TraceFormatList.check(format, among: TraceExport.formats)
        let file = try TraceFile.read(trace)
        guard case .routing(let routing) = file.contents else {
            throw CommandFailure.failure(
                "'\(trace)' holds counts without order; there is nothing to write for other programs")
        }
        if !file.isComplete {
            StandardError.write("sluice: the end of '\(trace)' is missing; what is whole is written\n")
        }
        var export = try TraceExport(routing, format: format, path: output)
        let byteCount = try write(&export, rows: routing.rows.count, to: output)
        if json {
            let summary = JSONValue.members([
                "file": .string(output), "format": .string(format), "tokens": .count(routing.rows.count),
                "bytes": .count(byteCount), "loss": .string(export.loss),
            ])
            try StandardOutput.write(summary.text + "\n")
        } else {
            StandardError.write("sluice: \(format): \(export.loss)\n")
        }
    }

    /// Writes all pieces and gives their bytes.
    private func write(_ export: inout TraceExport, rows: Int, to output: String) throws -> Int {
        let file = output == "-" ? nil : try OutputFile(output)
        // Also where there is no piece at all.
        try file?.write([])
        var progress = ProgressLine("writing token")
        var byteCount = 0
        while let piece = export.next() {
            if let file { try file.write(piece) } else { try StandardOutput.write(piece) }
            byteCount += piece.count
            progress.show(done: export.rowsDone, total: rows)
        }
        progress.clear()
        return byteCount
    }
}
