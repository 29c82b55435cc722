import Residency

/// What a trace holds, in one sentence.
enum TraceFacts {
    static func shape(_ shape: TraceShape) -> String {
        let layers = shape.numbering.layerCount
        return "\(layers) \(layers == 1 ? "layer" : "layers") of \(shape.numbering.expertCount) experts, "
            + "\(shape.expertsPerToken) per token"
    }

    static func sentence(_ statistics: TraceStatistics) -> String {
        let counts = statistics.counts
        let texts = counts.sequences.count == 1 ? "1 text" : "\(counts.sequences.count) texts"
        return shape(statistics.shape) + "; " + NumberText.grouped(counts.tokens) + " tokens of \(texts), "
            + "\(NumberText.grouped(counts.prefill)) prefill and \(NumberText.grouped(counts.decode)) decode"
    }
}
