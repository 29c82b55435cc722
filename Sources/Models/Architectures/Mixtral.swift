import Kernels
import ModelFiles

/// Mixtral, arXiv 2401.04088; GGUF calls it `llama` with experts.
enum Mixtral {
    static let architecture = Architecture(name: "mixtral", ggufName: "llama", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, contextCapacity: Int) throws(ModelFileError)
        -> ModelGraph
    {
        if source.isGGUF, try (source.count(.expertCount) ?? 0) == 0 {
            throw source.invalid(.expertCount, found: "none: a dense model", expected: "a model with experts")
        }
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: .denseHiddenSize)
        let spec = try source.rotary(
            .init(headSize: sizes.headSize, base: 1e6, interleaves: source.isGGUF),
            contextLength: sizes.contextLength)
        let rotary = RotaryTable(spec: spec, positions: contextCapacity)
        let window = try source.count(.slidingWindow) ?? 0
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            names throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.slidingWindow = window
            return try source.layer(
                names, sizes: sizes, mixer: .attention(attention),
                feedForward: .experts(
                    MixtureOfExperts(
                        router: Router(
                            linear: try source.router(names, sizes: sizes, experts: experts),
                            expertsPerToken: experts.expertsPerToken, scoring: .softmax,
                            normalizesWeights: true))),
                experts: try source.experts(names, hiddenSize: sizes.hiddenSize, sizes: experts))
        }
    }
}
