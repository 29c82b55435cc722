import Kernels
import ModelFiles

extension FileName {
    static let deltaKeyHeads = FileName(gguf: "ssm.group_count", huggingFace: "linear_num_key_heads")
    static let deltaValueHeads = FileName(gguf: "ssm.time_step_rank", huggingFace: "linear_num_value_heads")
    static let deltaKeyWidth = FileName(gguf: "ssm.state_size", huggingFace: "linear_key_head_dim")
    static let deltaValueWidth = FileName(gguf: [], huggingFace: ["linear_value_head_dim"])
    /// The values of all heads together.
    static let deltaValueColumns = FileName(gguf: ["ssm.inner_size"], huggingFace: [])
    static let deltaTaps = FileName(gguf: "ssm.conv_kernel", huggingFace: "linear_conv_kernel_dim")
}

/// Gated delta nets: their sizes and their tensors, one layer after the other.
struct GatedDeltaNetReader: Sendable {
    let source: WeightSource
    let shape: GatedDeltaNet.Shape
    let hiddenSize: Int
    let epsilon: Float

    /// - Throws: `ModelFileError` naming the key that is missing or cannot be.
    init(source: WeightSource, hiddenSize: Int, epsilon: Float) throws(ModelFileError) {
        self.source = source
        self.hiddenSize = hiddenSize
        self.epsilon = epsilon
        // Bounds a product of heads and two widths far below an Int's.
        let range = 1...1 << 16
        let keyHeads = try source.requireCount(.deltaKeyHeads, in: range)
        let valueHeads = try source.requireCount(.deltaValueHeads, in: range)
        guard valueHeads % keyHeads == 0 else {
            throw source.invalid(
                .deltaValueHeads, found: "\(valueHeads)", expected: "a multiple of \(keyHeads) key heads")
        }
        shape = GatedDeltaNet.Shape(
            keyHeads: keyHeads, valueHeads: valueHeads,
            keyWidth: try source.requireCount(.deltaKeyWidth, in: range),
            valueWidth: try Self.valueWidth(source, heads: valueHeads),
            taps: try source.requireCount(.deltaTaps, in: 1...Compute.maximumConvolutionTaps))
    }

    private static func valueWidth(_ source: WeightSource, heads: Int) throws(ModelFileError) -> Int {
        guard source.isGGUF else { return try source.requireCount(.deltaValueWidth, in: 1...1 << 16) }
        let columns = try source.requireCount(.deltaValueColumns)
        guard columns % heads == 0 else {
            throw source.invalid(
                .deltaValueColumns, found: "\(columns)", expected: "a multiple of \(heads) heads")
        }
        return columns / heads
    }

    /// The delta net of the layer `names`.
    func layer(_ names: LayerNames) throws(ModelFileError) -> GatedDeltaNet {
        let weights = GatedDeltaNet.Weights(
            strengthAndStep: try source.linear(
                names("ssm_ba", "linear_attn.in_proj_ba"), outputs: 2 * shape.valueHeads, inputs: hiddenSize),
            convolution: try source.flatVector(
                names("ssm_conv1d.weight", "linear_attn.conv1d.weight"), rows: shape.channels,
                columns: shape.taps),
            decayRate: try decayRate(names),
            stepBias: try source.vector(
                names("ssm_dt.bias", "linear_attn.dt_bias"), count: shape.valueHeads),
            norm: try source.norm(
                names("ssm_norm", "linear_attn.norm"), size: shape.valueWidth, epsilon: epsilon),
            output: try source.linear(
                names("ssm_out", "linear_attn.out_proj"), outputs: hiddenSize, inputs: shape.valueColumns))
        return GatedDeltaNet(shape: shape, projections: try projections(names), weights: weights)
    }

    private func projections(_ names: LayerNames) throws(ModelFileError) -> GatedDeltaNet.Projections {
        let grouped = names("ssm_in", "linear_attn.in_proj_qkvz")
        if !source.isGGUF || source.find(grouped.appending(".weight")) != nil {
            return .grouped(
                try source.linear(grouped, outputs: shape.channels + shape.valueColumns, inputs: hiddenSize))
        }
        return .split(
            mixed: try source.linear(names(["attn_qkv"], []), outputs: shape.channels, inputs: hiddenSize),
            gate: try source.linear(names(["attn_gate"], []), outputs: shape.valueColumns, inputs: hiddenSize)
        )
    }

    /// Checkpoints store the logarithm of the negated rate.
    private func decayRate(_ names: LayerNames) throws(ModelFileError) -> FloatVector {
        let stored = try source.vector(names("ssm_a", "linear_attn.A_log"), count: shape.valueHeads)
        if source.isGGUF { return stored }
        return FloatVector((0..<shape.valueHeads).map { -DecayMath.exponential(stored[$0]) })
    }
}
