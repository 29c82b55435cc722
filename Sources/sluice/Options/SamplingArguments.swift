import ArgumentParser
import Generation

/// Options of commands that choose tokens.
struct SamplingArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "0 takes the most likely token, 1 samples the model's distribution. Default: 0.8.", valueName: "t"
        ))
    var temp: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only the n most likely tokens; 0 is no limit. Default: 40.", valueName: "n"))
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only the most likely tokens that together reach this probability. Default: 0.95.", valueName: "p"
        ))
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only tokens with at least this share of the most likely one's probability. Default: 0.05.",
            valueName: "p"))
    var minP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Divide the logits of repeated tokens; 1 is off. Default: 1.", valueName: "x"))
    var repeatPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens that penalties look back on; 0 is none, -1 the whole context. Default: 64.",
            valueName: "n"))
    var repeatLastN: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Subtract from the logits of tokens that appeared. Default: 0.", valueName: "x"))
    var presencePenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Subtract from a token's logit for each appearance. Default: 0.", valueName: "x"))
    var frequencyPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Equal seeds give equal texts on any number of threads. Default: a random one, which is "
                + "reported.",
            valueName: "n"))
    var seed: Int?

    /// The options with the environment and the defaults behind them.
    ///
    /// - Throws: `CommandFailure` naming the value that is out of range.
    func resolved(_ resolver: inout SettingResolver) throws -> SamplingOptions {
        var options = SamplingOptions()
        options.temperature = try resolver.real(["temp"], flag: temp, default: options.temperature)
        options.topK = try resolver.integer(["top-k"], flag: topK, default: options.topK)
        options.topP = try resolver.real(["top-p"], flag: topP, default: options.topP)
        options.minP = try resolver.real(["min-p"], flag: minP, default: options.minP)
        options.penalties.repetition = try resolver.real(["repeat-penalty"], flag: repeatPenalty, default: 1)
        options.penalties.window = try resolver.integer(["repeat-last-n"], flag: repeatLastN, default: 64)
        options.penalties.presence = try resolver.real(
            ["presence-penalty"], flag: presencePenalty, default: 0)
        options.penalties.frequency = try resolver.real(
            ["frequency-penalty"], flag: frequencyPenalty, default: 0)
        // -1 is llama.cpp's spelling of a random seed; a random one is small enough to be typed again.
        let asked = try resolver.optional(["seed"], flag: seed, expected: "an integer") { Int($0) }
        if let asked, asked != -1 {
            options.seed = UInt64(bitPattern: Int64(asked))
        } else {
            options.seed = UInt64(UInt32.random(in: 1...UInt32.max))
            resolver.record("seed", "\(options.seed) (random)", .default)
        }
        if let problem = options.problem {
            throw CommandFailure.usage("\(problem.name) is \(problem.found); expected \(problem.expected)")
        }
        return options
    }
}
