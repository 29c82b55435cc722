import Generation
import Residency

extension TraceInfo {
    /// The trace for people: what it holds, its means, and a line for each layer.
    var text: String {
        var rows = [["trace", "\(source.name), \(source.format)"], ["shape", shapeText]]
        if let fingerprint = source.fingerprint { rows.append(["fingerprint", fingerprint]) }
        rows += source.facts.map { [$0.name, $0.value] }
        if let statistics {
            rows += Self.lengthRows(statistics.counts, shape)
            rows += statistics.demand.map { window in
                let bytes = window.meanBytes(shape)
                let size = bytes > 0 ? ", \(ByteSize.text(Int(bytes)))" : ""
                return [
                    "\(window.windowTokens) \(window.windowTokens == 1 ? "token uses" : "tokens use")",
                    "\(Self.one(window.meanExperts)) experts\(size) in the mean, "
                        + "\(window.mostExperts) at most",
                ]
            }
        }
        return TextTable.text(rows, indent: "") + reuseText + recallText + "\n" + layerText
    }

    private var shapeText: String {
        let layers = shape.numbering.layerCount
        let size = shape.expertBytes.max().flatMap { $0 > 0 ? ", \(ByteSize.text($0)) each" : nil } ?? ""
        return
            "\(layers) layers of \(shape.numbering.expertCount) experts, \(shape.expertsPerToken) per token"
            + size
    }

    private static func lengthRows(_ counts: TokenCounts, _ shape: TraceShape) -> [[String]] {
        let lengths = counts.sequences.map(\.tokens)
        let range = (lengths.min(), lengths.max())
        var texts = counts.sequences.count == 1 ? "1 text" : "\(counts.sequences.count) texts"
        if let least = range.0, let most = range.1, counts.sequences.count > 1 {
            texts += least == most ? " of \(least)" : " of \(least) to \(most)"
        }
        return [
            [
                "tokens",
                "\(counts.tokens) in \(texts): \(counts.prefill) prefill, \(counts.decode) decode",
            ],
            [
                "steps",
                "\(counts.steps) of "
                    + (counts.widestStep == 1 ? "one token" : "up to \(counts.widestStep) tokens")
                    + "; \(counts.events(shape)) events, "
                    + "\(counts.choices) choices",
            ],
        ]
    }

    /// The histogram of reuse over all layers, a column for each bucket.
    private var reuseText: String {
        guard let statistics else { return "" }
        let sum = ReuseDistances.sum(statistics.reuse)
        let total = Double(max(statistics.counts.choices, 1))
        let experts = sum.expertBuckets
        let count = max(sum.tokens.count, experts.count)
        func row(_ name: String, _ buckets: [Int]) -> [String] {
            [name]
                + (0..<count).map {
                    $0 < buckets.count ? Self.percent(Double(buckets[$0]) / total) : ""
                } + [Self.percent(Double(sum.firstUses) / total)]
        }
        let rows = [
            ["reuse, % of choices"] + (0..<count).map { "<=\(1 << $0)" } + ["first use"],
            row("by tokens since", sum.tokens), row("by experts since", experts),
        ]
        return "\n" + TextTable.text(rows, rightAligned: Set(1..<count + 2), indent: "")
    }

    /// What recorded predictors named, a line for each.
    private var recallText: String {
        let columns = statistics?.recall.filter { $0.choices > 0 } ?? []
        guard !columns.isEmpty else { return "" }
        var rows = [
            ["predictor", "layers ahead", "recall of first \(shape.expertsPerToken), %", "of all, %"]
        ]
        for column in columns {
            rows.append([
                column.candidates.predictor, "\(column.candidates.distance)", Self.percent(column.recall),
                "\(Self.percent(column.recallOfAll)) (\(column.candidates.count))",
            ])
        }
        return "\n" + TextTable.text(rows, rightAligned: [1, 2, 3], indent: "")
    }

    /// Shares in percent.
    private var layerText: String {
        var rows = [["layer", "used", "top 1/8", "1/4", "1/2", "entropy"]]
        if statistics != nil { rows[0] += ["prev token", "(chance)", "prev layer", "(popular)"] }
        for (layer, popularity) in popularity.enumerated() {
            var row = ["\(shape.layerNumbers[layer])", "\(popularity.usedCount)"]
            row += [0.125, 0.25, 0.5].map { Self.percent(popularity.choices(ofTop: $0)) }
            row.append(ReceiptText.decimal(popularity.entropyBits, 2))
            if let statistics {
                let overlap = statistics.overlap[layer]
                row += overlap.pairs > 0 ? [overlap.share, overlap.byChance].map(Self.percent) : ["-", "-"]
                let association = statistics.association[layer]
                row += association.map { [$0.recall, $0.byPopularity].map(Self.percent) } ?? ["-", "-"]
            }
            rows.append(row)
        }
        return TextTable.text(rows, rightAligned: Set(0..<rows[0].count), indent: "")
    }

    private static func percent(_ share: Double) -> String { one(100 * share) }
    private static func one(_ value: Double) -> String { ReceiptText.decimal(value, 1) }
}
