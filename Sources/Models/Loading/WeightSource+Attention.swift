import Kernels
import ModelFiles

extension WeightSource {
    /// The projections of a grouped-query attention, separate or fused as `attn_qkv`, with their biases where
    /// the file has any.
    ///
    /// Norms, windows, sinks and scales are the architecture's to set. With `hasOutputGate` the query
    /// projection is twice as wide.
    /// - Throws: `missingTensor`, `wrongShape`, `wrongMetadata` where values are not as wide as keys.
    func attention(
        _ names: LayerNames, sizes: TransformerSizes, rotary: RotaryTable, hasOutputGate: Bool = false
    ) throws(ModelFileError) -> GroupedQueryAttention {
        let heads = GroupedQueryAttention.Heads(
            count: sizes.headCount, keyValueCount: sizes.keyValueHeadCount, size: sizes.headSize)
        if let valueSize = try count(.valueHeadSize), valueSize != heads.size {
            throw invalid(.valueHeadSize, found: "\(valueSize)", expected: "\(heads.size), as wide as keys")
        }
        let hidden = sizes.hiddenSize
        let output = try linear(
            names("attn_output", "self_attn.o_proj"), outputs: hidden, inputs: heads.queryWidth)
        let projections = try projections(names, heads: heads, hidden: hidden, hasOutputGate: hasOutputGate)
        var attention = GroupedQueryAttention(
            heads: heads, query: projections.query, key: projections.key, value: projections.value,
            output: output,
            rotary: rotary)
        attention.hasOutputGate = hasOutputGate
        return attention
    }

    private func projections(
        _ names: LayerNames, heads: GroupedQueryAttention.Heads, hidden: Int, hasOutputGate: Bool
    ) throws(ModelFileError) -> (query: Linear, key: Linear, value: Linear) {
        let queryWidth = heads.queryWidth * (hasOutputGate ? 2 : 1)
        let width = heads.keyValueWidth
        let fused = names("attn_qkv", "self_attn.qkv_proj")
        if find(fused.appending(".weight")) == nil {
            return (
                try linear(names("attn_q", "self_attn.q_proj"), outputs: queryWidth, inputs: hidden),
                try linear(names("attn_k", "self_attn.k_proj"), outputs: width, inputs: hidden),
                try linear(names("attn_v", "self_attn.v_proj"), outputs: width, inputs: hidden)
            )
        }
        let all = try linear(fused, outputs: queryWidth + 2 * width, inputs: hidden)
        func part(_ rows: Range<Int>) -> Linear {
            Linear(
                weights: all.weights.slice(rows: rows),
                bias: all.bias.map { bias in FloatVector(rows.map { bias[$0] }) })
        }
        return (
            part(0..<queryWidth), part(queryWidth..<queryWidth + width),
            part(queryWidth + width..<queryWidth + 2 * width)
        )
    }

    /// Norms of queries and keys: `width` elements each.
    func queryKeyNorms(
        _ names: LayerNames, queryWidth: Int, keyWidth: Int, epsilon: Float, weightOffset: Float = 0
    ) throws(ModelFileError) -> (query: Norm, key: Norm) {
        (
            try norm(
                names("attn_q_norm", "self_attn.q_norm"), size: queryWidth, epsilon: epsilon,
                weightOffset: weightOffset),
            try norm(
                names("attn_k_norm", "self_attn.k_norm"), size: keyWidth, epsilon: epsilon,
                weightOffset: weightOffset)
        )
    }
}
