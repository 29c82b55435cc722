import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Tuning

/// `sluice inspect`: what is in a model file.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show what is in a model: architecture, experts, bytes per token, smallest workable budget.",
        discussion: """
            Nothing is loaded: the answer comes from the file's directory. With --check every weight is \
            read, and a scale that is infinite or no number is reported with its place; the exit code then \
            is 1.

            Examples:
              sluice inspect model.gguf
              sluice inspect checkpoint-folder --tensors
              sluice inspect model.gguf --json
              sluice inspect model.gguf --check
            """)

    @Argument(
        help: ArgumentHelp(
            "A GGUF file or a Hugging Face folder. Without it, the bundled demo model.", valueName: "model"))
    var model: String?

    @Option(
        name: [.customShort("c"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Context that the smallest budget is computed for. Default: as `sluice run`.", valueName: "tokens"
        ))
    var ctxSize: Int?

    @Flag(help: "List every tensor.")
    var tensors = false

    @Flag(help: "Read all weights and report the first damaged scale of every tensor.")
    var check = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let path = try resolver.text(["model"], flag: model) ?? BundledModel.path()
        let context = try resolver.optional(["ctx-size", "c"], flag: ctxSize, expected: "an integer") {
            Int($0)
        }
        try ModelSettings.check("-c", context ?? 1, ProfileKeys.contextTokens)
        let inspection = Inspection(try BusErrors.openModel(path), context: context)
        let json = try resolver.isOn("json", flag: json)
        let tensors = try resolver.isOn("tensors", flag: tensors)
        var check: ScaleCheck?
        if try resolver.isOn("check", flag: self.check) {
            var progress = ProgressLine("check")
            check = try ScaleCheck(inspection.file, records: inspection.records, progress: &progress)
        }
        if json {
            try StandardOutput.write(inspection.json(listsTensors: tensors, check: check).text + "\n")
        } else {
            try StandardOutput.write(
                inspection.text + (tensors ? inspection.tensorText : "") + (check?.text ?? ""))
        }
        if let problem = check?.problem { throw CommandFailure.failure(problem) }
    }
}
