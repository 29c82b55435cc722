import Kernels
import ModelFiles

/// Qwen3-MoE: queries and keys are normed head by head; no shared expert. arXiv 2505.09388.
enum Qwen3MoE {
    static let architecture = Architecture(name: "qwen3_moe", ggufName: "qwen3moe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes()
        let rotary = try source.rotaryTable(sizes, positions: positions)
        let sparse = try SparseLayers(source)
        // A GGUF file states a window only where it is used.
        let usesWindow =
            try source.boolean(FileName(gguf: [], huggingFace: ["use_sliding_window"])) ?? source.isGGUF
        let window = usesWindow ? try source.count(.slidingWindow) ?? 0 : 0
        // GGUF files have no key for it, because every published model normalizes.
        let normalizes = try source.boolean(.normalizesExpertWeights) ?? source.isGGUF
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            let norms = try source.queryKeyNorms(
                names, queryWidth: sizes.headSize, keyWidth: sizes.headSize, epsilon: sizes.epsilon)
            attention.queryNorm = norms.query
            attention.keyNorm = norms.key
            attention.slidingWindow = window
            if !sparse.contains(names) {
                return try source.denseLayer(names, sizes: sizes, attention: attention)
            }
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmax, normalizesWeights: normalizes)
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: MixtureOfExperts(router: router),
                experts: experts)
        }
    }
}
