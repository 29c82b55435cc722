import Generation
import Testing
import Tuning

@Suite("A tuned profile")
struct TunedProfileTests {
    private static let origin = TunedProfile.Origin(
        modelName: "a \"b\".gguf", modelFingerprint: "0123456789abcdef", machine: "8 cores, avx2, 16 GiB",
        date: "2026-01-02", contextTokens: 4096, contextBytes: 192 << 20, promptTokens: 96, threads: 4,
        routing: "640 tokens that were recorded for it")

    private static func entry(
        _ mebibytes: Int, _ knobs: TuningKnobs, rates: [Double], hits: Double, expected: Double,
        place: Int = 1
    ) -> TuningResult.Entry {
        TuningResult.Entry(
            candidate: TuningCandidate(budgetBytes: mebibytes << 20, knobs: knobs),
            prediction: TuningPrediction(secondsPerToken: 1 / expected, hitRate: hits),
            runs: rates.map { TuningMeasurement(secondsPerToken: 1 / $0, hitRate: hits, tokens: 96) },
            rank: TuningResult.Entry.Rank(place: place, of: 37))
    }

    private static let tuned = TuningKnobs(
        policy: "lfu:64", pools: .perLayer, allocation: .shallow(wholeLayers: 2))
    private static let knee = entry(2048, tuned, rates: [25, 25], hits: 0.671, expected: 26.4)
    private static let best = entry(3072, tuned, rates: [25.6], hits: 0.8, expected: 27)
    private static let standard = entry(3072, .standard, rates: [24], hits: 0.75, expected: 25)

    private static func profile(_ knee: TuningResult.Entry, isCutShort: Bool) throws -> (Profile, String) {
        let result = TuningResult(
            knee: knee, best: best, measured: [best, standard, Self.knee], isCutShort: isCutShort)
        let text = TunedProfile(result, origin: origin).text
        return (try Profile(Array(text.utf8), path: "p.toml"), text)
    }

    @Test("gives the options of the knee, and is sealed")
    func values() throws {
        let (profile, text) = try Self.profile(Self.knee, isCutShort: false)
        #expect(ProfileSeal.state(of: text) == .intact)
        for (option, value) in [
            ("memory", "2048M"), ("threads", "4"), ("ctx-size", "4096"), ("policy", "lfu:64.0"),
            ("expert-pools", "layer"), ("allocation", "shallow:2"),
        ] {
            #expect(profile.value(of: option)?.text == value, "\(option)")
        }
        #expect(profile.modelFingerprint == Self.origin.modelFingerprint)
        #expect(profile.machine == Self.origin.machine)
    }

    @Test("says beside the budget what was measured, what the replay expected, and what the fastest takes")
    func comments() throws {
        let (_, text) = try Self.profile(Self.knee, isCutShort: false)
        for line in [
            "# The smallest budget within 3 % of the fastest: 25.0 tokens/s, 67 % of requests hit (2 runs of "
                + "together 192 tokens; the replay expected 26.4).",
            "# The fastest, 25.6 tokens/s, 80 % of requests hit (1 run of 96 tokens; the replay expected "
                + "27.0), "
                + "takes",
            "# budget = \"3072M\"",
            "# With 3072M it made 25.6 tokens/s, the standard 24.0.",
        ] {
            #expect(text.contains(line + "\n"), "\(line)\n\(text)")
        }
        #expect(!text.contains("no time"))
    }

    @Test("says of the knobs where the replay put them, and what ran beside them, and no more than that")
    func knobComments() throws {
        func text(_ knee: TuningResult.Entry, and others: [TuningResult.Entry]) -> String {
            let result = TuningResult(
                knee: knee, best: knee, measured: [knee] + others, isCutShort: false)
            return TunedProfile(result, origin: Self.origin).text
        }
        let third = Self.entry(2048, Self.tuned, rates: [25], hits: 0.6, expected: 24, place: 3)
        let otherHalfLife = Self.entry(
            2048, TuningKnobs(policy: "lfu:16", pools: .perLayer, allocation: .shallow(wholeLayers: 2)),
            rates: [24], hits: 0.6, expected: 26)
        let otherShares = Self.entry(
            2048, TuningKnobs(policy: "lfu:64", pools: .perLayer), rates: [23], hits: 0.6, expected: 25)
        let written = text(third, and: [otherHalfLife, otherShares, Self.standard])
        for line in [
            "# Number 3 of 37 at this budget in the replay of 640 tokens that were recorded for it; the "
                + "fastest of 3 that ran, 25.0 tokens/s.",
            "# 25.0 tokens/s with this; with a half-life of 16 24.0.\nhalf_life_tokens = 64.0",
            "# 25.0 tokens/s with this; nothing else ran that differs in this alone.\npools = \"layer\"",
            "# 25.0 tokens/s with this; with uniform 23.0.\nallocation = \"shallow\"",
            "# 25.0 tokens/s with so many; no other number was tried.\ndecode = 4",
            "# made 25.0 tokens/s with them; no other number was tried.\n# Measured behind a prompt of 96 "
                + "tokens; longer ones leave less room for experts.\nsize_tokens = 4096",
        ] {
            #expect(written.contains(line + "\n"), "\(line)\n\(written)")
        }
        #expect(
            text(Self.knee, and: []).contains(
                "# First of 37 at this budget in the replay of 640 tokens that were recorded for it; the "
                    + "only one that ran, 25.0 tokens/s.\n"))
    }

    @Test("where time ran out it claims nothing of budgets that were not tried")
    func cutShort() throws {
        let alone = TuningResult(
            knee: Self.best, best: Self.best, measured: [Self.best], isCutShort: true)
        let text = TunedProfile(alone, origin: Self.origin).text
        #expect(text.contains("# The fastest budget that was tried; no smaller one was tried:\n"))
        #expect(text.contains("# There was no time to look further: a smaller budget may do as well.\n"))
        let whole = TuningResult(
            knee: Self.best, best: Self.best, measured: [Self.best, Self.knee], isCutShort: false)
        let other = TunedProfile(whole, origin: Self.origin).text
        #expect(other.contains("none that was tried below is within 3 % of it:\n"))
    }

    @Test("the standard knobs give no keys of experts, so that a run decides")
    func standardKnobs() throws {
        let (profile, _) = try Self.profile(Self.standard, isCutShort: false)
        #expect(!profile.file.entries.contains { $0.key.table == "experts" })
    }
}
