import Kernels
import ModelFiles

/// Granite 3 MoE: factors on embedding, residual stream, attention scores and logits; softmax over the chosen
/// experts.
///
/// Source: transformers' `granitemoe`; the factors are those of maximal update parametrization, arXiv
/// 2203.03466.
enum GraniteMoE {
    static let architecture = Architecture(name: "granitemoe", ggufName: "granitemoe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: .denseHiddenSize)
        // GGUF's converter reorders queries and keys of this family so that neighbours turn together.
        let rotary = try source.rotaryTable(sizes, interleaves: source.isGGUF, positions: positions)
        let scales = try Scales(source, headSize: sizes.headSize)
        var graph = try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.scoreScale = scales.scores
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmaxOfChosen, normalizesWeights: false)
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: MixtureOfExperts(router: router),
                experts: experts, residualScale: scales.residual)
        }
        graph.embeddingScale = scales.embedding
        graph.logitScale = scales.logits
        return graph
    }

    /// Granite's four factors.
    private struct Scales {
        let embedding: Float
        let residual: Float
        let scores: Float
        /// The file states its inverse.
        let logits: Float

        init(_ source: WeightSource, headSize: Int) throws(ModelFileError) {
            func factor(_ gguf: String, _ huggingFace: String) throws(ModelFileError) -> Float? {
                try source.real(FileName(gguf: gguf, huggingFace: huggingFace), in: -1e6...1e6).map {
                    Float($0)
                }
            }
            embedding = try factor("embedding_scale", "embedding_multiplier") ?? 1
            residual = try factor("residual_scale", "residual_multiplier") ?? 1
            let plain = source.isGGUF ? 1 / Float(headSize).squareRoot() : 1
            scores = try factor("attention.scale", "attention_multiplier") ?? plain
            let divisorName = FileName(gguf: "logit_scale", huggingFace: "logits_scaling")
            logits = Float(1 / (try source.real(divisorName, in: 1e-6...1e6) ?? 1))
        }
    }
}
