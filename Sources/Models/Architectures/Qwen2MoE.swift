import Kernels
import ModelFiles

/// Qwen2-MoE and Qwen1.5-MoE: a shared expert behind a gate of its own, biases on queries, keys and values.
///
/// Source: arXiv 2407.10671 and transformers' `qwen2_moe`.
enum Qwen2MoE {
    static let architecture = Architecture(name: "qwen2_moe", ggufName: "qwen2moe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes()
        let rotary = try source.rotaryTable(sizes, positions: positions)
        let sparse = try SparseLayers(source)
        let windows = try slidingWindows(source, layers: sizes.layerCount)
        let normalizes = try source.boolean(.normalizesExpertWeights) ?? false
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            attention.slidingWindow = windows[names.index]
            if !sparse.contains(names) {
                return try source.denseLayer(names, sizes: sizes, attention: attention)
            }
            let router = Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .softmax, normalizesWeights: normalizes)
            let gateName = names("ffn_gate_inp_shexp", "mlp.shared_expert_gate")
            let mixture = MixtureOfExperts(
                router: router,
                sharedExpert: try source.sharedExpert(
                    names, hiddenSize: sizes.hiddenSize, innerSize: try sharedSize(source, names)),
                sharedExpertGate: try source.linear(gateName, outputs: 1, inputs: sizes.hiddenSize))
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: mixture, experts: experts)
        }
    }

    /// The inner width of the shared expert; GGUF files from before its key show it in the tensor.
    private static func sharedSize(_ source: WeightSource, _ names: LayerNames) throws(ModelFileError) -> Int
    {
        if let stated = try source.count(.sharedExpertHiddenSize, in: 1...WeightSource.maximumSize) {
            return stated
        }
        guard let rows = source.find(names(["ffn_gate_shexp.weight"], []))?.shape.first, rows > 0 else {
            return try source.requireCount(.sharedExpertHiddenSize)
        }
        return rows
    }

    /// The window of each layer: stated layer by layer, or every other of the first layers.
    private static func slidingWindows(
        _ source: WeightSource, layers: Int
    ) throws(ModelFileError) -> [Int] {
        func name(_ key: String) -> FileName { FileName(gguf: [], huggingFace: [key]) }
        let window = try source.count(.slidingWindow) ?? 0
        if source.isGGUF {
            let pattern = FileName(gguf: ["attention.sliding_window_pattern"], huggingFace: [])
            let windowed = try source.booleans(pattern) ?? Array(repeating: true, count: layers)
            try expect(windowed.count, of: pattern, layers: layers, source)
            return windowed.map { $0 ? window : 0 }
        }
        if try source.boolean(name("use_sliding_window")) != true {
            return Array(repeating: 0, count: layers)
        }
        if let types = try source.strings(name("layer_types")) {
            try expect(types.count, of: name("layer_types"), layers: layers, source)
            return types.map { $0 == "sliding_attention" ? window : 0 }
        }
        let windowed = try source.count(name("max_window_layers")) ?? 28
        return (0..<layers).map { $0.isMultiple(of: 2) && $0 < windowed ? window : 0 }
    }

    private static func expect(
        _ count: Int, of name: FileName, layers: Int, _ source: WeightSource
    ) throws(ModelFileError) {
        if count != layers { throw source.invalid(name, found: "\(count) entries", expected: "\(layers)") }
    }
}
