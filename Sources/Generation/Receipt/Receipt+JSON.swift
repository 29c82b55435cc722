public import ModelFiles

extension Receipt {
    /// The receipt under its documented names.
    ///
    /// A resident model has nothing to miss, to read on demand or to predict; those fields say so.
    public var json: JSONValue {
        .members([
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
            ]),
            "bytes_read": .members([
                "demand": .count(0), "speculative_used": .count(0), "speculative_wasted": .count(0),
                "dense": .count(diskReadBytes),
            ]),
            "stall_seconds": .real(0),
            "compute_seconds": .real(prefillSeconds + decodeSeconds),
            "io": .members([
                "method": .string("mmap"), "block_bytes": .count(pageBytes), "queue_depth": .count(0),
                "bandwidth": .null,
            ]),
            "prefetch": .members([
                "predictor": .string("none"), "state": .string("off"), "recall": .null, "precision": .null,
                "net_seconds_per_token": .real(0),
            ]),
            "precision": .members([
                "mode": .string("exact"), "full": .count(expertRequests), "low": .count(0),
                "skipped": .count(0),
                "guard": .null,
            ]),
            "law": .members([
                "compute_floor_seconds": .optional(computeFloorSeconds),
                "disk_floor_seconds": .real(0),
                "share": .optional(lawShare),
                "bandwidth": .optional(memoryBandwidth?.bytesPerSecond),
                "bandwidth_probe_bytes": .optional(memoryBandwidth?.bufferBytes),
            ]),
        ])
    }
}
