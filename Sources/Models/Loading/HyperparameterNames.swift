/// The hyperparameters that several architectures share, under the names that files give them.
extension FileName {
    static let layerCount = FileName(gguf: "block_count", huggingFace: "num_hidden_layers")
    static let hiddenSize = FileName(gguf: "embedding_length", huggingFace: "hidden_size")
    static let contextLength = FileName(gguf: "context_length", huggingFace: "max_position_embeddings")
    static let vocabularySize = FileName(gguf: "vocab_size", huggingFace: "vocab_size")
    static let headCount = FileName(gguf: "attention.head_count", huggingFace: "num_attention_heads")
    static let keyValueHeadCount = FileName(
        gguf: "attention.head_count_kv", huggingFace: "num_key_value_heads")
    static let headSize = FileName(gguf: "attention.key_length", huggingFace: "head_dim")
    static let valueHeadSize = FileName(gguf: ["attention.value_length"], huggingFace: [])
    static let slidingWindow = FileName(gguf: "attention.sliding_window", huggingFace: "sliding_window")
    /// The norms' epsilon, of root mean square norms or of layer norms.
    static let epsilon = FileName(
        gguf: ["attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon"],
        huggingFace: ["rms_norm_eps", "layer_norm_eps", "norm_eps"])
    static let denseHiddenSize = FileName(gguf: "feed_forward_length", huggingFace: "intermediate_size")
    static let leadingDenseLayers = FileName(
        gguf: "leading_dense_block_count", huggingFace: "first_k_dense_replace")
    /// Extra layers behind the model that predict further tokens; GGUF counts them as layers.
    static let extraPredictionLayers = FileName(gguf: ["nextn_predict_layers"], huggingFace: [])
    static let tiesEmbedding = FileName(gguf: [], huggingFace: ["tie_word_embeddings"])

    static let expertCount = FileName(
        gguf: ["expert_count"], huggingFace: ["num_local_experts", "num_experts", "n_routed_experts"])
    static let expertsPerToken = FileName(gguf: "expert_used_count", huggingFace: "num_experts_per_tok")
    static let expertHiddenSize = FileName(
        gguf: "expert_feed_forward_length", huggingFace: "moe_intermediate_size")
    static let sharedExpertHiddenSize = FileName(
        gguf: "expert_shared_feed_forward_length", huggingFace: "shared_expert_intermediate_size")
    static let sharedExpertCount = FileName(gguf: "expert_shared_count", huggingFace: "n_shared_experts")
    static let normalizesExpertWeights = FileName(gguf: "expert_weights_norm", huggingFace: "norm_topk_prob")
    static let expertWeightScale = FileName(
        gguf: "expert_weights_scale", huggingFace: "routed_scaling_factor")
    static let expertGroupCount = FileName(gguf: "expert_group_count", huggingFace: "n_group")
    static let expertGroupsChosen = FileName(gguf: "expert_group_used_count", huggingFace: "topk_group")
}
