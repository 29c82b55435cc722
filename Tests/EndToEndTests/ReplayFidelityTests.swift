import Foundation
import Residency
import TestSupport
import Testing

/// A replay decides with the objects that a run decides with, so it has to count what the run counted.
@Suite("Replays of recorded runs")
struct ReplayFidelityTests {
    /// How a run keeps its experts.
    struct Keeping: CustomStringConvertible, Sendable {
        let pools: String
        let cache: String
        let prefetch: String
        /// Whether the slots are fewer than the experts that one token chooses.
        let isBelowToken: Bool

        var description: String { "\(pools), \(cache), prefetch \(prefetch)" }
    }

    /// An expert is 102 KiB, and a token chooses 4 in each of 12 layers: 4.8 MiB.
    private static let keepings = [
        Keeping(pools: "layer", cache: "8M", prefetch: "off", isBelowToken: false),
        Keeping(pools: "layer", cache: "8M", prefetch: "auto", isBelowToken: false),
        Keeping(pools: "layer", cache: "3M", prefetch: "off", isBelowToken: true),
        Keeping(pools: "global", cache: "7M", prefetch: "off", isBelowToken: false),
    ]
    private static let prompt = """
        Once upon a time there was a king who had three sons, and the youngest of them was so simple that \
        nobody thought he would ever find his way home from the wood.
        """

    @Test(
        "hits and requests of a replay are exactly those of the run that was recorded",
        arguments: PolicyRegistry.entries)
    func counts(policy: PolicyEntry) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = folder.path + "/run.sltrace"
        for keeping in Self.keepings {
            // Three steps of the prompt, then one for each generated token.
            let run = try Executable.run([
                "run", "-p", Self.prompt, "-n", "24", "--temp", "0", "--ignore-eos", "-c", "128", "-b", "16",
                "--memory", "90M", "--expert-cache", keeping.cache, "--expert-pools", keeping.pools,
                "--policy", policy.name, "--prefetch", keeping.prefetch, "--io", "buffered-threads",
                "--trace", trace, "--json", "-q",
            ])
            let receipt = try #require(try run.object()["receipt"] as? [String: Any], "\(run.errors)")
            let experts = try #require(receipt["experts"] as? [String: Any])
            let slots = try #require(receipt["expert_slots"] as? Int)
            #expect((slots < 12 * 4) == keeping.isBelowToken, "\(slots) slots")
            // Half a slot more, so that rounding takes none away.
            let share = (Double(slots) + 0.5) / Double(12 * 32) * 100
            let replay = try Executable.run([
                "replay", trace, "--policy", policy.name, "--pools", keeping.pools, "--budget", "\(share)%",
                "--predictor", keeping.prefetch == "off" ? "none" : "recorded", "--json",
            ])
            let results = try #require(try replay.object()["results"] as? [[String: Any]], "\(replay.errors)")
            let result = try #require(
                results.first { ($0["policy"] as? String)?.split(separator: ":").first == policy.name[...] })
            #expect(result["slots"] as? Int == slots, "\(keeping)")
            let hits = try #require(experts["hits"] as? Int)
            #expect(hits > 0 && result["hits"] as? Int == hits, "\(keeping)")
            #expect(result["requests"] as? Int == experts["requests"] as? Int, "\(keeping)")
            if keeping.prefetch != "off" {
                #expect(result["misses_foreseen"] as? Int ?? 0 > 0, "nothing was read ahead")
            }
        }
    }
}
