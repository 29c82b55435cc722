import Kernels
import ModelFiles

/// OLMoE: queries and keys are normed over all heads at once, and may be clamped with the values. arXiv
/// 2409.02060.
enum OLMoE {
    static let architecture = Architecture(name: "olmoe", ggufName: "olmoe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: .denseHiddenSize)
        let rotary = try source.rotaryTable(sizes, positions: positions)
        let clampName = FileName(gguf: "attention.clamp_kqv", huggingFace: "clip_qkv")
        // GGUF writes 0 for a model that does not clamp.
        let clampLimit = try source.real(clampName, in: 0...1e9).flatMap { $0 > 0 ? Float($0) : nil }
        let normalizes = try source.boolean(.normalizesExpertWeights) ?? false
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            let norms = try source.queryKeyNorms(
                names, queryWidth: attention.heads.queryWidth, keyWidth: attention.heads.keyValueWidth,
                epsilon: sizes.epsilon)
            attention.queryNorm = norms.query
            attention.keyNorm = norms.key
            attention.normExtent = .row
            attention.clampLimit = clampLimit
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmax, normalizesWeights: normalizes)
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: MixtureOfExperts(router: router),
                experts: experts)
        }
    }
}
