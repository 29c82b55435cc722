import ExpertStorage
public import ModelFiles
import Models
import Residency

extension Receipt {
    /// The receipt under its documented names.
    ///
    /// A mapped model has nothing to miss or to read on demand; those fields say so.
    public var json: JSONValue {
        let isGuessing = streamingOptions.map { $0.guessAreas > 0 } ?? false
        let total = streaming?.total ?? StreamingCounters()
        return .members([
            "model": .string(model),
            "fingerprint": .string(fingerprint),
            "architecture": .string(architecture),
            "threads": .count(threads),
            "instruction_set": .string(instructionSet),
            "memory_budget": .optional(memoryBudgetBytes),
            "memory_peak": .optional(memoryPeakBytes),
            "expert_slots": .count(expertSlots),
            "residency": .real(residency),
            "prompt_tokens": .count(promptTokens),
            "generated_tokens": .count(generatedTokens),
            "prefill_seconds": .real(prefillSeconds),
            "decode_seconds": .real(decodeSeconds),
            "prefill_tokens_per_second": .real(prefillTokensPerSecond),
            "decode_tokens_per_second": .real(decodeTokensPerSecond),
            "experts": .members([
                "requests": .count(expertRequests),
                "hits": .count(expertHits),
                "misses": .count(expertRequests - expertHits),
                "hit_rate": .real(hitRate),
                "decode": Self.counts(streaming?.decode), "prefill": Self.counts(streaming?.prefill),
            ]),
            "policy": .optional(streamingOptions.map { "\($0.policy)" }),
            "bytes_read": .members([
                "demand": .count(total.bytesRead - total.guessedBytesUsed - total.guessedBytesWasted),
                "speculative_used": .count(total.guessedBytesUsed),
                "speculative_wasted": .count(total.guessedBytesWasted),
                "dense": .count(max(diskReadBytes - total.bytesRead, 0)),
            ]),
            "stall_seconds": .real(total.stallSeconds),
            "compute_seconds": .real(prefillSeconds + decodeSeconds - total.stallSeconds),
            "io": .members([
                "method": .string(streaming?.method.rawValue ?? "mmap"),
                "block_bytes": .count(streamingOptions?.reading.blockBytes ?? pageBytes),
                "queue_depth": .count(streamingOptions?.reading.depth ?? 0),
                "bandwidth": .optional(diskBytesPerSecond),
            ]),
            "prefetch": .members([
                "predictor": .string(isGuessing ? "stale router" : "none"),
                "guesses": .count(total.guesses), "guesses_used": .count(total.guessesUsed),
                "recall": .optional(share(total.guessesUsed, of: streaming?.decode.cache.misses)),
                "precision": .optional(share(total.guessesUsed, of: total.guesses)),
                "state": .string(prefetchState),
                "net_seconds_per_token": .optional(
                    streaming?.prefetch.map { Double($0.netNanosecondsPerToken) / 1e9 }),
                "tokens_with": .optional(streaming?.prefetch?.tokensWith),
                "tokens_without": .optional(streaming?.prefetch?.tokensWithout),
            ]),
            "precision": .members([
                "mode": .string("exact"), "full": .count(expertRequests), "low": .count(0),
                "skipped": .count(0),
                "guard": .null,
            ]),
            "law": .members([
                "compute_floor_seconds": .optional(computeFloorSeconds),
                "disk_floor_seconds": .real(diskFloorSeconds ?? 0),
                "share": .optional(lawShare),
                "bandwidth": .optional(memoryBandwidth?.bytesPerSecond),
                "bandwidth_probe_bytes": .optional(memoryBandwidth?.bufferBytes),
            ]),
        ])
    }

    /// nil where nothing was counted.
    private func share(_ part: Int, of whole: Int?) -> Double? {
        whole.flatMap { $0 > 0 ? Double(part) / Double($0) : nil }
    }

    /// `off`, `on` after a trial that it won, `stood down` after one that it lost, `untried` before.
    private var prefetchState: String {
        guard let report = streaming?.prefetch else { return "off" }
        return report.paid.map { $0 ? "on" : "stood down" } ?? "untried"
    }

    /// What streaming did in one phase; null where the model is mapped.
    private static func counts(_ counters: StreamingCounters?) -> JSONValue {
        guard let counters else { return .null }
        return .members([
            "requests": .count(counters.cache.requests), "hits": .count(counters.cache.hits),
            "misses": .count(counters.cache.misses), "hit_rate": .real(counters.cache.hitRate),
            "bytes_read": .count(counters.bytesRead), "stall_seconds": .real(counters.stallSeconds),
            "disk_busy_seconds": .real(counters.busySeconds),
        ])
    }
}
