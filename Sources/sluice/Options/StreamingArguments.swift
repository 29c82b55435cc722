import ArgumentParser
import ExpertStorage
import Generation
import Residency

/// Options for models that are larger than memory.
///
/// Those of what does not exist yet are known by name, and refused where they ask for it.
struct StreamingArguments: ParsableArguments {
    /// The title in every command's help. A group inside a titled group would come under that one's title.
    static let title = "Models larger than memory"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most memory for experts, within --memory; without it, what is left.", valueName: "size"))
    var expertCache: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How experts come into memory: auto (mapped where the model fits, else read on demand), mmap, or \
            a way to read on demand: \(ReadMethod.allCases.map(\.rawValue).joined(separator: ", ")).
            """, valueName: "method"))
    var io: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Which expert leaves: \(PolicyRegistry.entries.map(\.name).joined(separator: ", ")); lfu:64 \
            lets uses fade to half in 64 tokens.
            """, valueName: "name"))
    var policy: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Whose slots: layer (each layer its own), global (shared by all) or auto.", valueName: "pools"))
    var expertPools: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How slots are shared out: uniform, shallow:N (all experts of the first N layers, equal shares of \
            the rest) or soft:N (one pool in which experts of the first N layers count twice).
            """, valueName: "rule"))
    var allocation: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Whether experts of the next layer are predicted and read ahead: auto (as long as trials show \
            that it pays), on or off.
            """, valueName: "name")
    )
    var prefetch: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What a miss may cost in precision: exact.", valueName: "mode"))
    var precision: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Record which experts every token chooses to this file, for replays and tuning.",
            valueName: "file"))
    var trace: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Worker processes; not in this version.", valueName: "n"))
    var workers: String?

    /// What the user wants, from flags, the environment or a profile.
    ///
    /// - Throws: `CommandFailure` naming the option that cannot be met.
    func preference(_ resolver: inout SettingResolver) throws -> StreamingPreference {
        try refuseWhatIsMissing(&resolver)
        var preference = StreamingPreference()
        let method = try text("io", io, default: "auto", &resolver)
        switch method {
        case "auto": break
        case "mmap": preference.source = .mapped
        default:
            guard let known = ReadMethod(rawValue: method) else {
                let names = ReadMethod.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--io is \"\(method)\"; expected auto, mmap, \(names)")
            }
            preference.source = .streamed
            preference.reading.method = known
        }
        let policy = try text("policy", policy, default: "auto", &resolver)
        if policy != "auto" {
            do throws(ResidencyError) {
                preference.policy = try PolicyRegistry.parse(policy)
            } catch {
                throw CommandFailure.usage("--policy: \(error)")
            }
        }
        let pools = try text("expert-pools", expertPools, default: "auto", &resolver)
        guard let known = StreamingPreference.Pools(rawValue: pools) else {
            throw CommandFailure.usage("--expert-pools is \"\(pools)\"; expected auto, layer or global")
        }
        preference.pools = known
        let rule = try text("allocation", allocation, default: "uniform", &resolver)
        guard let allocation = StreamingPreference.Allocation(rule) else {
            throw CommandFailure.usage("--allocation is \"\(rule)\"; expected uniform, shallow:N or soft:N")
        }
        preference.allocation = allocation
        if let problem = preference.problem { throw resolver.refusal(problem) }
        let cache = try text("expert-cache", expertCache, default: "auto", &resolver)
        if cache != "auto" {
            guard let bytes = ByteSize.parse(cache) else {
                throw CommandFailure.usage("--expert-cache is \"\(cache)\"; expected a size such as 4G")
            }
            preference.expertCacheBytes = bytes
        }
        let prefetch = try text("prefetch", prefetch, default: "auto", &resolver)
        guard let prefetching = StreamingPreference.Prefetching(rawValue: prefetch) else {
            throw CommandFailure.usage("--prefetch is \"\(prefetch)\"; expected auto, on or off")
        }
        preference.prefetching = prefetching
        if preference.source == .mapped, preference.expertCacheBytes != nil || preference.policy != nil {
            throw resolver.refusal(
                "--io mmap keeps no experts in slots; leave --expert-cache and --policy out")
        }
        return preference
    }

    private func text(
        _ name: String, _ flag: String?, default fallback: String, _ resolver: inout SettingResolver
    ) throws -> String {
        try resolver.resolve([name], flag: flag, default: fallback, expected: "a text") { $0 }
    }

    private func refuseWhatIsMissing(_ resolver: inout SettingResolver) throws {
        let options: [(name: String, flag: String?, known: [String], later: String)] = [
            ("precision", precision, ["exact"], "lower precision on a miss"),
            ("workers", workers, [], "worker processes"),
        ]
        for option in options {
            let value = try resolver.optional(
                [option.name], flag: option.flag, expected: "a text", shownDefault: option.known.first
            ) { $0 }
            guard let value, !option.known.contains(value) else { continue }
            let choices =
                option.known.isEmpty ? "leave it out" : "use \(option.known.joined(separator: " or "))"
            throw CommandFailure.usage(
                "--\(option.name) \(value): this version does not have \(option.later) yet; \(choices)")
        }
    }
}
