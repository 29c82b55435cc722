import Foundation
import Generation
import Tuning

/// The options of `sluice tune`, resolved and checked as far as that goes without the model.
struct TuneWishes {
    /// Nil for the bundled model.
    let modelPath: String?
    let output: String
    let tracePath: String?
    let machinePath: String?
    let largestBudget: MemoryBudget
    let contextSize: Int?
    let threads: Int
    /// When the last run begins at the latest; it takes some seconds more, and a large model some more to
    /// load.
    let longest: Duration
    let overwrites: Bool
    let isJSON: Bool
    let isQuiet: Bool

    /// - Throws: `CommandFailure` for a value that cannot be used, naming it.
    init(_ command: TuneCommand) throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        modelPath = try resolver.text(["model", "m"], flag: command.model)
        tracePath = try resolver.text(["trace"], flag: command.trace)
        machinePath = try resolver.text(["machine"], flag: command.machine)
        let budget = try resolver.resolve(
            ["budget-max"], flag: command.budgetMax, default: "auto", expected: "a size"
        ) { $0 }
        guard let largestBudget = MemoryBudget(budget) else {
            throw CommandFailure.usage(
                "--budget-max is \"\(budget)\"; expected a size such as 8G or 512M, a share such as 70%, "
                    + "or auto"
            )
        }
        self.largestBudget = largestBudget
        contextSize = try resolver.optional(
            ["ctx-size", "c"], flag: command.ctxSize, expected: "an integer"
        ) { Int($0) }
        try ModelSettings.check("-c", contextSize ?? 1, ProfileKeys.contextTokens)
        threads = try resolver.integer(
            ["threads", "t"], flag: command.threads, default: MachineCores.read().recommendedThreads)
        try ModelSettings.check("--threads", threads, ProfileKeys.threads)
        let seconds = try resolver.integer(["seconds"], flag: command.seconds, default: 230)
        try ModelSettings.check("--seconds", seconds, 1...86_400)
        longest = .seconds(seconds)
        overwrites = try resolver.isOn("force", flag: command.force)
        isJSON = try resolver.isOn("json", flag: command.json)
        isQuiet = try resolver.isOn("quiet", flag: command.quiet)
        guard let output = try resolver.text(["output", "o"], flag: command.output) else {
            throw CommandFailure.usage("there is no file to write the profile to; give one with -o FILE")
        }
        self.output = output
    }
}
