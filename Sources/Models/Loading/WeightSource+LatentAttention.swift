import Kernels
import ModelFiles

extension FileName {
    static let latentWidth = FileName(gguf: "attention.kv_lora_rank", huggingFace: "kv_lora_rank")
    static let queryLatentWidth = FileName(gguf: "attention.q_lora_rank", huggingFace: "q_lora_rank")
    static let latentRotaryWidth = FileName(gguf: "rope.dimension_count", huggingFace: "qk_rope_head_dim")
    static let latentPlainWidth = FileName(gguf: [], huggingFace: ["qk_nope_head_dim"])
    /// GGUF states both parts of a head's key together; files whose `key_length` is that of a cache row have
    /// a key more.
    static let latentKeyWidth = FileName(
        gguf: ["attention.key_length_mla", "attention.key_length"], huggingFace: [])
    static let latentValueWidth = FileName(
        gguf: ["attention.value_length_mla", "attention.value_length"], huggingFace: ["v_head_dim"])
}

/// Multi-head latent attention: its sizes and its tensors, one layer after the other.
struct LatentAttentionReader: Sendable {
    let source: WeightSource
    let shape: LatentAttention.Shape
    let hiddenSize: Int
    /// Width of the query's own latent; nil where queries are projected at once.
    let queryLatentWidth: Int?
    let rotary: RotaryTable
    let scale: Float

    /// The latents' norms have this epsilon whatever a model's other norms have, as in transformers' layers.
    static let latentEpsilon: Float = 1e-6

    /// - Throws: `ModelFileError` naming the key that is missing or cannot be.
    init(
        source: WeightSource, headCount: Int, hiddenSize: Int, contextLength: Int, contextCapacity: Int
    ) throws(ModelFileError) {
        self.source = source
        self.hiddenSize = hiddenSize
        shape = try Self.shape(source: source, headCount: headCount)
        queryLatentWidth = try source.count(.queryLatentWidth, in: 1...WeightSource.maximumSize)
        let spec = try Self.rotarySpec(source: source, width: shape.rotaryWidth, contextLength: contextLength)
        rotary = RotaryTable(spec: spec.rotary, positions: contextCapacity)
        scale = spec.magnitude * spec.magnitude / Float(shape.queryWidth).squareRoot()
    }

    private static func shape(source: WeightSource, headCount: Int) throws(ModelFileError)
        -> LatentAttention.Shape
    {
        // Sixteen times the widths of today's largest models; products of two stay far below an Int's bound.
        let widths = 1...1 << 13
        let rotaryWidth = try source.requireCount(.latentRotaryWidth, in: 2...1 << 10)
        guard rotaryWidth % 2 == 0 else {
            throw source.invalid(.latentRotaryWidth, found: "\(rotaryWidth)", expected: "an even number")
        }
        let plainWidth: Int
        if source.isGGUF {
            plainWidth = try source.requireCount(.latentKeyWidth, in: rotaryWidth + 1...1 << 14) - rotaryWidth
        } else {
            plainWidth = try source.requireCount(.latentPlainWidth, in: widths)
        }
        return LatentAttention.Shape(
            heads: headCount, plainWidth: plainWidth, rotaryWidth: rotaryWidth,
            valueWidth: try source.requireCount(.latentValueWidth, in: widths),
            latentWidth: try source.requireCount(.latentWidth, in: widths))
    }

    /// The attention of the layer `names`.
    func layer(_ names: LayerNames) throws(ModelFileError) -> LatentAttention {
        let compress = try source.linear(
            names("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"), outputs: shape.rowWidth,
            inputs: hiddenSize)
        let norm = try source.norm(
            names("attn_kv_a_norm", "self_attn.kv_a_layernorm"), size: shape.latentWidth,
            epsilon: Self.latentEpsilon)
        let heads = try headProjections(names)
        return LatentAttention(
            shape: shape, query: try query(names), compress: compress, latentNorm: norm,
            absorbKey: heads.absorbKey,
            expandValue: heads.expandValue,
            output: try source.linear(
                names("attn_output", "self_attn.o_proj"), outputs: hiddenSize,
                inputs: shape.heads * shape.valueWidth),
            rotary: rotary, scale: scale)
    }

    private func query(_ names: LayerNames) throws(ModelFileError) -> LatentAttention.Query {
        let width = shape.heads * shape.queryWidth
        guard let latent = queryLatentWidth else {
            return .direct(
                try source.linear(names("attn_q", "self_attn.q_proj"), outputs: width, inputs: hiddenSize))
        }
        return .compressed(
            down: try source.linear(
                names("attn_q_a", "self_attn.q_a_proj"), outputs: latent, inputs: hiddenSize),
            norm: try source.norm(
                names("attn_q_a_norm", "self_attn.q_a_layernorm"), size: latent, epsilon: Self.latentEpsilon),
            up: try source.linear(names("attn_q_b", "self_attn.q_b_proj"), outputs: width, inputs: latent))
    }

    /// Each head's key and value projections, from one matrix or from two.
    private func headProjections(
        _ names: LayerNames
    ) throws(ModelFileError) -> (absorbKey: [Linear], expandValue: [Linear]) {
        let key = shape.plainWidth
        let value = shape.valueWidth
        let heads = 0..<shape.heads
        let keysName = names(["attn_k_b.weight"], [])
        if let keys = source.find(keysName) {
            // The key projection lies transposed: [heads, latentWidth, plainWidth].
            let absorb = try source.matrix(keys, shape: [shape.heads, shape.latentWidth, key])
            let expand = try source.matrix(
                try source.require(names(["attn_v_b.weight"], [])),
                shape: [shape.heads, value, shape.latentWidth])
            return (
                heads.map {
                    Linear(weights: absorb.slice(rows: $0 * shape.latentWidth..<($0 + 1) * shape.latentWidth))
                },
                heads.map { Linear(weights: expand.slice(rows: $0 * value..<($0 + 1) * value)) }
            )
        }
        let both = try source.matrix(
            names("attn_kv_b.weight", "self_attn.kv_b_proj.weight"), rows: shape.heads * (key + value),
            columns: shape.latentWidth)
        return (
            heads.map { head in
                let first = head * (key + value)
                return Linear(weights: both.slice(rows: first..<first + key), isTransposed: true)
            },
            heads.map { head in
                let first = head * (key + value) + key
                return Linear(weights: both.slice(rows: first..<first + value))
            }
        )
    }
}

extension LatentAttentionReader {
    /// The rotary settings, and YaRN's factor on queries and keys as a whole, whose square multiplies the
    /// scores.
    ///
    /// Checkpoints state two weights of YaRN's magnitude: `mscale_all_dim` for whole heads, and `mscale`, of
    /// which what the first leaves is for the rotated part. GGUF states a tenth of the first, and no second:
    /// in published models they are equal.
    private static func rotarySpec(
        source: WeightSource, width: Int, contextLength: Int
    ) throws(ModelFileError) -> (rotary: RotarySpec, magnitude: Float) {
        let interleaves = try source.boolean(FileName(gguf: [], huggingFace: ["rope_interleave"])) ?? true
        let defaults = WeightSource.RotaryDefaults(headSize: width, interleaves: interleaves)
        var rotary = try source.rotary(defaults, contextLength: contextLength)
        let weightName = FileName(
            gguf: ["rope.scaling.yarn_log_multiplier"],
            huggingFace: ["rope_parameters.mscale_all_dim", "rope_scaling.mscale_all_dim"])
        let stated = try source.real(weightName, in: 0...1e3) ?? 0
        guard stated != 0, let factor = rotary.scaling.factor else { return (rotary, 1) }
        if source.isGGUF, case .yarn(var yarn) = rotary.scaling {
            yarn.attentionFactor /= RotarySpec.YaRN.magnitude(factor: factor)
            rotary.scaling = .yarn(yarn)
        }
        let weight = source.isGGUF ? 10 * stated : stated
        return (rotary, Float(RotarySpec.YaRN.magnitude(factor: factor, weight: weight)))
    }
}

extension RotarySpec.Scaling {
    /// By how much a context is stretched; nil where it is not, or by no single number.
    fileprivate var factor: Double? {
        switch self {
        case .linear(let factor): factor
        case .yarn(let yarn): yarn.factor
        case .llama3(let llama): llama.factor
        case .none, .longRope: nil
        }
    }
}
