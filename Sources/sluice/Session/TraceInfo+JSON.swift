import Generation
import ModelFiles
import Residency

extension TraceInfo {
    /// The trace for scripts. Units: bytes, shares of 1, bits.
    var json: JSONValue {
        var members: [JSONMember] = [
            JSONMember(name: "trace", value: .string(source.name)),
            JSONMember(name: "format", value: .string(source.format)),
            JSONMember(name: "fingerprint", value: source.fingerprint.map(JSONValue.string) ?? .null),
            JSONMember(
                name: "recorded",
                value: .object(source.facts.map { JSONMember(name: $0.name, value: .string($0.value)) })),
            JSONMember(name: "layers", value: .count(shape.numbering.layerCount)),
            JSONMember(name: "experts", value: .count(shape.numbering.expertCount)),
            JSONMember(name: "experts_per_token", value: .count(shape.expertsPerToken)),
            JSONMember(name: "expert_bytes", value: .list(shape.expertBytes.map(JSONValue.count))),
        ]
        if let statistics {
            members += Self.members(statistics.counts, shape)
            members.append(
                JSONMember(name: "working_set", value: .list(statistics.demand.map { $0.json(shape) })))
        }
        if let recall = statistics?.recall {
            members.append(JSONMember(name: "predictions", value: .list(recall.map(\.json))))
        }
        members.append(
            JSONMember(name: "by_layer", value: .list(popularity.indices.map(layerValue))))
        return .object(members)
    }

    private static func members(_ counts: TokenCounts, _ shape: TraceShape) -> [JSONMember] {
        [
            JSONMember(name: "tokens", value: .count(counts.tokens)),
            JSONMember(name: "prefill_tokens", value: .count(counts.prefill)),
            JSONMember(name: "decode_tokens", value: .count(counts.decode)),
            JSONMember(
                name: "sequences",
                value: .list(
                    counts.sequences.map {
                        .members(["sequence": .count(Int($0.number)), "tokens": .count($0.tokens)])
                    })),
            JSONMember(name: "steps", value: .count(counts.steps)),
            JSONMember(name: "widest_step", value: .count(counts.widestStep)),
            JSONMember(name: "events", value: .count(counts.events(shape))),
            JSONMember(name: "choices", value: .count(counts.choices)),
        ]
    }

    private func layerValue(_ layer: Int) -> JSONValue {
        let popularity = popularity[layer]
        var members: [JSONMember] = [
            JSONMember(name: "layer", value: .count(shape.layerNumbers[layer])),
            JSONMember(name: "uses", value: .list(popularity.uses.map(JSONValue.count))),
            JSONMember(
                name: "top_share",
                value: .members([
                    "eighth": .real(popularity.choices(ofTop: 0.125)),
                    "quarter": .real(popularity.choices(ofTop: 0.25)),
                    "half": .real(popularity.choices(ofTop: 0.5)),
                ])),
            JSONMember(name: "entropy_bits", value: .real(popularity.entropyBits)),
        ]
        if let statistics {
            members.append(JSONMember(name: "reuse", value: statistics.reuse[layer].json))
            let overlap = statistics.overlap[layer]
            members.append(
                JSONMember(
                    name: "next_token_overlap",
                    value: .members([
                        "pairs": .count(overlap.pairs), "share": .real(overlap.share),
                        "by_chance": .real(overlap.byChance),
                    ])))
            let association = statistics.association[layer].map { association in
                JSONValue.members([
                    "choices": .count(association.choices), "recall": .real(association.recall),
                    "recall_by_popularity": .real(association.byPopularity),
                ])
            }
            members.append(JSONMember(name: "from_layer_before", value: association ?? .null))
        }
        return .object(members)
    }
}

extension WindowDemand {
    fileprivate func json(_ shape: TraceShape) -> JSONValue {
        .members([
            "tokens": .count(windowTokens), "windows": .count(windowCount),
            "mean_experts": .real(meanExperts), "most_experts": .count(mostExperts),
            "mean_bytes": .real(meanBytes(shape)),
            "mean_experts_by_layer": .list(meanByLayer.map(JSONValue.real)),
        ])
    }
}

extension ReuseDistances {
    /// Element b of the first list counts distances up to 2^b tokens, element d - 1 of the second those of d
    /// experts.
    fileprivate var json: JSONValue {
        .members([
            "first_uses": .count(firstUses),
            "tokens_up_to_power_of_two": .list(tokens.map(JSONValue.count)),
            "experts": .list(experts.map(JSONValue.count)),
        ])
    }
}

extension CandidateRecall {
    fileprivate var json: JSONValue {
        .members([
            "predictor": .string(candidates.predictor), "distance": .count(candidates.distance),
            "named": .count(candidates.count), "choices": .count(choices), "recall": .real(recall),
            "recall_of_all": .real(recallOfAll),
            "recall_by_layer": .list(byLayer.map { $0.map(JSONValue.real) ?? .null }),
        ])
    }
}
