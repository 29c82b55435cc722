import Kernels
import ModelFiles

/// gpt-oss, arXiv 2508.10925: attention with sinks, every other layer over a window; experts with biases and
/// a clamped activation.
enum GPTOSS {
    static let architecture = Architecture(name: "gpt_oss", ggufName: "gpt-oss", graph: graph)

    private static let expertHiddenSize = FileName(
        gguf: ["expert_feed_forward_length", "feed_forward_length"], huggingFace: ["intermediate_size"])
    private static let alpha = FileName(gguf: [], huggingFace: ["swiglu_alpha"])
    private static let limit = FileName(gguf: [], huggingFace: ["swiglu_limit"])

    @Sendable
    private static func graph(_ source: WeightSource, contextCapacity: Int) throws(ModelFileError)
        -> ModelGraph
    {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes(hiddenSizeName: expertHiddenSize)
        let spec = try source.rotary(
            // Checkpoints say that the range is not truncated; GGUF has no field for it.
            .init(headSize: sizes.headSize, base: 150_000, truncatesYaRN: !source.isGGUF),
            contextLength: sizes.contextLength)
        let rotary = RotaryTable(spec: spec, positions: contextCapacity)
        let windows = try windows(source, layers: sizes.layerCount)
        let activation = ExpertActivation.clampedSwiGLU(
            alpha: Float(try source.real(alpha) ?? 1.702),
            limit: Float(try source.real(limit, in: 0...1e9) ?? 7))
        let packed = PackedExperts(
            source: source, hiddenSize: sizes.hiddenSize, sizes: experts, activation: activation)
        var owned: [WeightBuffer] = []
        var graph = try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            names throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.sinks = try source.vector(
                names("attn_sinks.weight", "self_attn.sinks"), count: sizes.headCount)
            attention.slidingWindow = windows[names.index]
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmaxOfChosen, normalizesWeights: false)
            let loaded: LayerExperts
            if source.isGGUF {
                loaded = try source.experts(
                    names, hiddenSize: sizes.hiddenSize, sizes: experts, activation: activation)
            } else {
                loaded = try packed.layer(names, owned: &owned)
            }
            return try source.layer(
                names, sizes: sizes, mixer: .attention(attention),
                feedForward: .experts(MixtureOfExperts(router: router)), experts: loaded)
        }
        graph.ownedWeights = owned
        return graph
    }

    /// The window of each layer, 0 for none: as listed, or every other layer from the first.
    private static func windows(_ source: WeightSource, layers: Int) throws(ModelFileError) -> [Int] {
        let window = try source.requireCount(.slidingWindow)
        let name = FileName(gguf: "attention.sliding_window_pattern", huggingFace: "layer_types")
        let listed = source.isGGUF ? try source.booleans(name) : try kinds(source, name)
        let slides = listed ?? (0..<layers).map { $0 % 2 == 0 }
        guard slides.count >= layers else {
            throw source.invalid(name, found: "\(slides.count) layers", expected: "\(layers)")
        }
        return slides.prefix(layers).map { $0 ? window : 0 }
    }

    /// Whether each layer slides, by its listed kind.
    private static func kinds(_ source: WeightSource, _ name: FileName) throws(ModelFileError) -> [Bool]? {
        try source.strings(name)?.map { (kind) throws(ModelFileError) in
            switch kind {
            case "sliding_attention": return true
            case "full_attention": return false
            default:
                throw source.invalid(name, found: kind, expected: "sliding_attention or full_attention")
            }
        }
    }
}
