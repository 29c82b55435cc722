import Generation
import ModelFiles
import Tuning

/// What `sluice tune` prints.
struct TuneReport {
    let tuned: TunedProfile
    /// Where the profile was written.
    let path: String
    let seconds: Double
    /// All that was weighed at every budget.
    let knobs: [TuningKnobs]

    var text: String {
        let header = ["budget", "policy", "slots of", "allocation", "tokens/s", "expected", "hits", "runs"]
        let rows = tuned.result.measured.sorted {
            ($0.candidate.budgetBytes, $0.secondsPerToken) < ($1.candidate.budgetBytes, $1.secondsPerToken)
        }.map { entry in
            let knobs = entry.candidate.knobs
            let expected = entry.prediction.map { ReceiptText.decimal(1 / $0.secondsPerToken, 2) } ?? ""
            return [
                ByteSize.flagText(atLeast: entry.candidate.budgetBytes), knobs.policy ?? "auto",
                knobs.pools.rawValue, "\(knobs.allocation)",
                ReceiptText.decimal(1 / entry.secondsPerToken, 2),
                expected, "\(ReceiptText.decimal(entry.hitRate * 100, 0)) %", "\(entry.runs.count)",
                mark(entry),
            ]
        }
        let table = TextTable.text([header] + rows, rightAligned: [0, 4, 5, 6, 7])
        return table + "written to \(path): \(Self.summary(tuned.result)), in "
            + "\(ProgressLine.text(seconds: seconds))\n"
    }

    private func mark(_ entry: TuningResult.Entry) -> String {
        let isBest = entry.candidate == tuned.result.best.candidate
        if entry.candidate == tuned.result.knee.candidate { return isBest ? "chosen, fastest" : "chosen" }
        return isBest ? "fastest" : ""
    }

    private static func summary(_ result: TuningResult) -> String {
        "a budget of \(ByteSize.flagText(atLeast: result.knee.candidate.budgetBytes)) with "
            + "\(ReceiptText.decimal(1 / result.knee.secondsPerToken, 2)) tokens/s"
            + (result.isCutShort ? " (there was no time to look further)" : "")
    }

    var json: JSONValue {
        let origin = tuned.origin
        return .members([
            "profile": .string(path), "model": .string(origin.modelName),
            "fingerprint": .string(origin.modelFingerprint), "machine": .string(origin.machine),
            "date": .string(origin.date), "context": .count(origin.contextTokens),
            "threads": .count(origin.threads), "routing": .string(origin.routing), "seconds": .real(seconds),
            "is_cut_short": .boolean(tuned.result.isCutShort), "knee": Self.json(tuned.result.knee),
            "best": Self.json(tuned.result.best), "measured": .list(tuned.result.measured.map(Self.json)),
            "knobs": .list(knobs.map(Self.json)),
        ])
    }

    private static func json(_ knobs: TuningKnobs) -> JSONValue {
        .members([
            "policy": .string(knobs.policy ?? "auto"), "expert_pools": .string(knobs.pools.rawValue),
            "allocation": .string("\(knobs.allocation)"),
        ])
    }

    private static func json(_ entry: TuningResult.Entry) -> JSONValue {
        let knobs = entry.candidate.knobs
        return .members([
            "budget_bytes": .count(entry.candidate.budgetBytes), "policy": .string(knobs.policy ?? "auto"),
            "expert_pools": .string(knobs.pools.rawValue), "allocation": .string("\(knobs.allocation)"),
            "seconds_per_token": .real(entry.secondsPerToken),
            "tokens_per_second": .real(1 / entry.secondsPerToken), "hit_rate": .real(entry.hitRate),
            "expected_tokens_per_second": entry.prediction.map { .real(1 / $0.secondsPerToken) } ?? .null,
            "expected_hit_rate": entry.prediction.map { .real($0.hitRate) } ?? .null,
            "runs": .list(entry.runs.map { .real($0.secondsPerToken) }), "tokens": .count(entry.tokens),
        ])
    }
}
