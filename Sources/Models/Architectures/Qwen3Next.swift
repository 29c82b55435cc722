import Kernels
import ModelFiles

/// Qwen3-Next: three layers of gated delta nets for one of gated attention; many small experts and a gated
/// shared one.
enum Qwen3Next {
    static let architecture = Architecture(name: "qwen3_next", ggufName: "qwen3next", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, contextCapacity: Int) throws(ModelFileError)
        -> ModelGraph
    {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes()
        let spec = try source.rotary(
            .init(headSize: sizes.headSize, partial: 0.25), contextLength: sizes.contextLength)
        let reader = Reader(
            source: source, sizes: sizes, experts: experts,
            rotary: RotaryTable(spec: spec, positions: contextCapacity),
            delta: try GatedDeltaNetReader(
                source: source, hiddenSize: sizes.hiddenSize, epsilon: sizes.epsilon))
        let isLinear = try linearLayers(source, layers: sizes.layerCount)
        let isDense = try denseLayers(source, layers: sizes.layerCount)
        return try source.graph(
            architecture: architecture.name, sizes: sizes, experts: experts,
            normWeightOffset: reader.normWeightOffset
        ) {
            names throws(ModelFileError) in
            let mixer: Mixer =
                isLinear[names.index]
                ? .deltaNet(try reader.delta.layer(names)) : .attention(try reader.attention(names))
            if isDense[names.index] { return try reader.denseLayer(names, mixer: mixer) }
            return try reader.expertLayer(names, mixer: mixer)
        }
    }

    /// Which layers are delta nets: as listed, or all but every `full_attention_interval`th.
    private static func linearLayers(_ source: WeightSource, layers: Int) throws(ModelFileError) -> [Bool] {
        let kindsName = FileName(gguf: [], huggingFace: ["layer_types"])
        let flagsName = FileName(gguf: ["attention.recurrent_layers"], huggingFace: [])
        var listed = try source.booleans(flagsName)
        if let kinds = try source.strings(kindsName) {
            listed = try kinds.map { (kind) throws(ModelFileError) in
                switch kind {
                case "linear_attention": return true
                case "full_attention": return false
                default:
                    throw source.invalid(
                        kindsName, found: kind, expected: "linear_attention or full_attention")
                }
            }
        }
        if let listed {
            guard listed.count >= layers else {
                let name = source.isGGUF ? flagsName : kindsName
                throw source.invalid(name, found: "\(listed.count) layers", expected: "\(layers)")
            }
            return Array(listed.prefix(layers))
        }
        let intervalName = FileName(gguf: "full_attention_interval", huggingFace: "full_attention_interval")
        let interval = try source.count(intervalName, in: 1...WeightSource.maximumLayers) ?? 4
        return (0..<layers).map { ($0 + 1) % interval != 0 }
    }

    /// Which layers have a dense network; GGUF does not say, their tensors do.
    private static func denseLayers(_ source: WeightSource, layers: Int) throws(ModelFileError) -> [Bool] {
        if source.isGGUF {
            return (0..<layers).map { source.find(LayerNames($0).router.appending(".weight")) == nil }
        }
        let stepName = FileName(gguf: [], huggingFace: ["decoder_sparse_step"])
        let step = try source.count(stepName, in: 1...WeightSource.maximumLayers) ?? 1
        let listed = try source.integers(FileName(gguf: [], huggingFace: ["mlp_only_layers"])) ?? []
        return (0..<layers).map { ($0 + 1) % step != 0 || listed.contains(Int64($0)) }
    }
}

/// Reads the layers of one model.
private struct Reader {
    let source: WeightSource
    let sizes: TransformerSizes
    let experts: ExpertSizes
    let rotary: RotaryTable
    let delta: GatedDeltaNetReader

    /// Checkpoints store norm weights as differences from 1.
    var normWeightOffset: Float { source.isGGUF ? 0 : 1 }

    func attention(_ names: LayerNames) throws(ModelFileError) -> GroupedQueryAttention {
        var attention = try source.attention(names, sizes: sizes, rotary: rotary, hasOutputGate: true)
        let norms = try source.queryKeyNorms(
            names, queryWidth: sizes.headSize, keyWidth: sizes.headSize, epsilon: sizes.epsilon,
            weightOffset: normWeightOffset)
        attention.queryNorm = norms.query
        attention.keyNorm = norms.key
        return attention
    }

    func denseLayer(_ names: LayerNames, mixer: Mixer) throws(ModelFileError) -> LoadedLayer {
        let dense = try source.denseNetwork(
            names, hiddenSize: sizes.hiddenSize, innerSize: try source.requireCount(.denseHiddenSize))
        return try source.layer(
            names, sizes: sizes, mixer: mixer, feedForward: .dense(dense), experts: nil,
            normWeightOffset: normWeightOffset)
    }

    func expertLayer(_ names: LayerNames, mixer: Mixer) throws(ModelFileError) -> LoadedLayer {
        let router = Router(
            linear: try source.router(names, sizes: sizes, experts: experts),
            expertsPerToken: experts.expertsPerToken, scoring: .softmax,
            normalizesWeights: try source.boolean(.normalizesExpertWeights) ?? true)
        let shared = try source.sharedExpert(
            names, hiddenSize: sizes.hiddenSize, innerSize: try source.requireCount(.sharedExpertHiddenSize))
        let gate = try source.linear(
            names("ffn_gate_inp_shexp", "mlp.shared_expert_gate"), outputs: 1, inputs: sizes.hiddenSize)
        let mixture = MixtureOfExperts(router: router, sharedExpert: shared, sharedExpertGate: gate)
        return try source.layer(
            names, sizes: sizes, mixer: mixer, feedForward: .experts(mixture),
            experts: try source.experts(names, hiddenSize: sizes.hiddenSize, sizes: experts),
            normWeightOffset: normWeightOffset)
    }
}
