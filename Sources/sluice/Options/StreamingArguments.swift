import ArgumentParser

/// Options for models that are larger than memory: known by name, and refused where they ask for what does
/// not exist yet.
struct StreamingArguments: ParsableArguments {
    /// The title in every command's help. A group inside a titled group would come under that one's title.
    static let title = "Not in this version (streaming)"

    @Option(parsing: .unconditional, help: ArgumentHelp("Only the slots for experts.", valueName: "size"))
    var expertCache: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How weights are read: auto or mmap.", valueName: "method"))
    var io: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Which experts stay in memory.", valueName: "name"))
    var policy: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Prediction of experts: auto or off.", valueName: "name"))
    var prefetch: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What a miss may cost in precision: exact.", valueName: "mode"))
    var precision: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Record the routing while running.", valueName: "file"))
    var trace: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Worker processes.", valueName: "n"))
    var workers: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Values from a TOML profile.", valueName: "file"))
    var profile: String?

    /// Refuses what a resident model cannot do, whether a flag or the environment asks for it.
    ///
    /// - Throws: `CommandFailure` naming the option.
    func check(_ resolver: inout SettingResolver) throws {
        let options: [(name: String, flag: String?, known: [String], later: String)] = [
            ("io", io, ["auto", "mmap"], "reading experts from disk on demand"),
            ("prefetch", prefetch, ["auto", "off"], "prefetching experts"),
            ("precision", precision, ["exact"], "lower precision on a miss"),
            ("expert-cache", expertCache, [], "a cache of experts"),
            ("policy", policy, [], "a policy for a cache of experts"),
            ("trace", trace, [], "recording routing traces"),
            ("workers", workers, [], "worker processes"),
            ("profile", profile, [], "profiles"),
        ]
        for option in options {
            let value = try resolver.optional(
                [option.name], flag: option.flag, expected: "a text", shownDefault: option.known.first
            ) { $0 }
            guard let value, !option.known.contains(value) else { continue }
            let choices =
                option.known.isEmpty ? "leave it out" : "use \(option.known.joined(separator: " or "))"
            throw CommandFailure.usage(
                "--\(option.name) \(value): this version runs models resident in memory and does not have "
                    + "\(option.later) yet; \(choices)")
        }
    }
}
