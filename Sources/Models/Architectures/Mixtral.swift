import Kernels
import ModelFiles

/// Mixtral: the weights of a token's experts are those of a softmax over all, divided by their sum. arXiv
/// 2401.04088.
///
/// GGUF calls it `llama`, with experts.
enum Mixtral {
    static let architecture = Architecture(name: "mixtral", ggufName: "llama", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        if source.isGGUF, try (source.count(.expertCount) ?? 0) == 0 {
            throw source.invalid(.expertCount, found: "none: a dense model", expected: "a model with experts")
        }
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: .denseHiddenSize)
        // GGUF's converter reorders queries and keys of this family so that neighbours turn together.
        let rotary = try source.rotaryTable(
            sizes, base: source.isGGUF ? 1e4 : 1e6, interleaves: source.isGGUF, positions: positions)
        let window = try source.count(.slidingWindow) ?? 0
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.slidingWindow = window
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmax, normalizesWeights: true)
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: MixtureOfExperts(router: router),
                experts: experts)
        }
    }
}
