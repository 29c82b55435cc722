/// Makes the names of what belongs to one layer: `blk.3.attn_q` in GGUF, `model.layers.3.self_attn.q_proj`
/// elsewhere.
struct LayerNames: Sendable {
    let index: Int

    init(_ index: Int) { self.index = index }

    func callAsFunction(_ gguf: String, _ huggingFace: String) -> FileName { self([gguf], [huggingFace]) }

    func callAsFunction(_ gguf: [String], _ huggingFace: [String]) -> FileName {
        FileName(
            gguf: gguf.map { "blk.\(index).\($0)" },
            huggingFace: huggingFace.map { "model.layers.\(index).\($0)" })
    }

    /// The norm in front of the first half of the layer.
    var mixerNorm: FileName { self("attn_norm", "input_layernorm") }

    /// The norm in front of the second half of the layer.
    var feedForwardNorm: FileName { self(["ffn_norm", "post_attention_norm"], ["post_attention_layernorm"]) }

    /// The matrix that scores experts.
    var router: FileName {
        self(
            ["ffn_gate_inp"],
            ["mlp.gate", "block_sparse_moe.gate", "block_sparse_moe.router.layer", "mlp.router"])
    }
}
