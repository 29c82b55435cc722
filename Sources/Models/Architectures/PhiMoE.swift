import Kernels
import ModelFiles

/// Phi-3.5-MoE: layer norms with biases, a choice by SparseMixer, LongRoPE. arXiv 2404.14219 and 2409.12136.
///
/// Sequences beyond the original context turn by the long factors, as arXiv 2402.13753, vLLM and earlier
/// releases of transformers have it. Transformers 5.23 asks for frequencies without the sequence's length and
/// so keeps the short factors, with the long magnitude; results differ from its there and nowhere else.
enum PhiMoE {
    static let architecture = Architecture(name: "phimoe", ggufName: "phimoe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: .denseHiddenSize)
        guard experts.expertsPerToken == 2 else {
            throw source.invalid(.expertsPerToken, found: "\(experts.expertsPerToken)", expected: "2")
        }
        let rotary = try source.rotaryTable(sizes, base: source.isGGUF ? 1e4 : 1e6, positions: positions)
        let window = try source.count(.slidingWindow) ?? 0
        let thresholdName = FileName(gguf: [], huggingFace: ["router_jitter_noise"])
        let threshold = Float(try source.real(thresholdName, in: 0...1) ?? 0.01)
        return try source.graph(
            architecture: architecture.name, sizes: sizes, experts: experts, centersNorms: true
        ) { (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.slidingWindow = window
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .sparseMixer(threshold: threshold),
                normalizesWeights: false)
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: MixtureOfExperts(router: router),
                experts: experts, centersNorms: true)
        }
    }
}
