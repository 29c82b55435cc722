"""Writes the keys of a GGUF file that describe the model, from config.json."""

from __future__ import annotations

from typing import Callable

from gguf import ExpertGatingFuncType, GGUFWriter

from .architectures import Options
from .checkpoint import Checkpoint
from .errors import ConversionError
from .rope import head_size, original_context, rope_settings, rotated_size, write_rope


def write_parameters(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    """Keys that all architectures share, then those of this one."""
    shared(writer, checkpoint)
    SPECIFIC[checkpoint.config["model_type"]](writer, checkpoint, options)


def shared(writer: GGUFWriter, checkpoint: Checkpoint) -> None:
    setting, optional = checkpoint.setting, checkpoint.optional
    writer.add_block_count(setting("num_hidden_layers"))
    writer.add_context_length(setting("max_position_embeddings"))
    writer.add_embedding_length(setting("hidden_size"))
    writer.add_feed_forward_length(setting("intermediate_size"))
    writer.add_head_count(setting("num_attention_heads"))
    writer.add_head_count_kv(setting("num_key_value_heads", "num_attention_heads"))
    write_rope(writer, checkpoint)
    writer.add_layer_norm_rms_eps(setting("rms_norm_eps"))
    writer.add_expert_count(setting("num_local_experts", "num_experts", "n_routed_experts"))
    writer.add_expert_used_count(setting("num_experts_per_tok"))
    write_expert_groups(writer, checkpoint)
    if (size := optional("head_dim")) is not None:
        writer.add_key_length(size)
        writer.add_value_length(size)


def write_expert_groups(writer: GGUFWriter, checkpoint: Checkpoint) -> None:
    # DeepSeek-V2 states groups in all its checkpoints and uses them with one of its methods.
    if checkpoint.config["model_type"] == "deepseek_v2":
        if checkpoint.optional("topk_method") != "group_limited_greedy":
            return
    if (groups := checkpoint.optional("n_group")) is not None:
        writer.add_expert_group_count(groups)
    if (used := checkpoint.optional("topk_group")) is not None:
        writer.add_expert_group_used_count(used)


def llama(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    writer.add_vocab_size(checkpoint.setting("vocab_size"))
    writer.add_rope_dimension_count(head_size(checkpoint))
    write_sliding_window(writer, checkpoint)


def granite(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    llama(writer, checkpoint, options)
    for name, add in (
        ("attention_multiplier", writer.add_attention_scale),
        ("embedding_multiplier", writer.add_embedding_scale),
        ("residual_multiplier", writer.add_residual_scale),
        ("logits_scaling", writer.add_logit_scale),
    ):
        if (value := checkpoint.optional(name)) is not None:
            add(value)


def qwen(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    writer.add_expert_feed_forward_length(checkpoint.setting("moe_intermediate_size"))
    if (size := checkpoint.optional("shared_expert_intermediate_size")) is not None:
        writer.add_expert_shared_feed_forward_length(size)
    # Readers take Qwen2's weights as the softmax gives them and normalise Qwen3's; files tell if it differs.
    usual = checkpoint.config["model_type"] != "qwen2_moe"
    write_unusual_normalisation(writer, checkpoint, usual)
    if checkpoint.optional("use_sliding_window"):
        write_sliding_window(writer, checkpoint)
        if checkpoint.config["model_type"] == "qwen2_moe":
            writer.add_sliding_window_pattern(qwen2_windows(checkpoint))


def qwen2_windows(checkpoint: Checkpoint) -> list[bool]:
    """Which layers have a window: stated layer by layer, or every other of the first layers."""
    if (kinds := checkpoint.optional("layer_types")) is not None:
        return [kind == "sliding_attention" for kind in kinds]
    windowed = checkpoint.optional("max_window_layers")
    windowed = 28 if windowed is None else windowed
    return [layer % 2 == 0 and layer < windowed for layer in range(checkpoint.setting("num_hidden_layers"))]


def qwen3_next(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    setting = checkpoint.setting
    qwen(writer, checkpoint, options)
    writer.add_ssm_conv_kernel(setting("linear_conv_kernel_dim"))
    writer.add_ssm_state_size(setting("linear_key_head_dim"))
    writer.add_ssm_group_count(setting("linear_num_key_heads"))
    writer.add_ssm_time_step_rank(setting("linear_num_value_heads"))
    writer.add_ssm_inner_size(setting("linear_value_head_dim") * setting("linear_num_value_heads"))
    if (kinds := checkpoint.optional("layer_types")) is not None:
        writer.add_array(
            f"{writer.arch}.attention.recurrent_layers", [kind == "linear_attention" for kind in kinds]
        )
    writer.add_full_attention_interval(checkpoint.optional("full_attention_interval") or 4)
    writer.add_rope_dimension_count(rotated_size(checkpoint, 0.25))


def olmoe(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    write_unusual_normalisation(writer, checkpoint, False)
    if (limit := checkpoint.optional("clip_qkv")) is not None:
        writer.add_clamp_kqv(limit)


def phimoe(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    settings = rope_settings(checkpoint)
    if settings["rope_type"] == "default":
        writer.add_rope_scaling_orig_ctx_len(original_context(checkpoint, settings))
    writer.add_rope_dimension_count(rotated_size(checkpoint))
    if checkpoint.optional("router_jitter_noise") not in (None, 0.01):
        raise ConversionError("config.json: router_jitter_noise is not 0.01, and GGUF has no field for it")
    # Zero says that there is no window; readers of this architecture expect the key.
    writer.add_sliding_window(checkpoint.optional("sliding_window") or 0)


def deepseek(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    setting, optional = checkpoint.setting, checkpoint.optional
    latent, rotated = setting("kv_lora_rank"), setting("qk_rope_head_dim")
    key_size, value_size = setting("qk_nope_head_dim") + rotated, setting("v_head_dim")
    writer.add_leading_dense_block_count(optional("first_k_dense_replace") or 0)
    writer.add_vocab_size(setting("vocab_size"))
    if (rank := optional("q_lora_rank")) is not None:
        writer.add_q_lora_rank(rank)
    writer.add_kv_lora_rank(latent)
    if options.absorbed_attention:
        # All heads share one key, the latent with the rotated part behind it, and one value, the latent.
        writer.add_head_count_kv(1)
        writer.add_key_length(latent + rotated)
        writer.add_value_length(latent)
        writer.add_key_length_mla(key_size)
        writer.add_value_length_mla(value_size)
    else:
        writer.add_head_count_kv(setting("num_attention_heads"))
        writer.add_key_length(key_size)
        writer.add_value_length(value_size)
    writer.add_expert_feed_forward_length(setting("moe_intermediate_size"))
    writer.add_expert_shared_count(optional("n_shared_experts") or 0)
    writer.add_expert_weights_scale(optional("routed_scaling_factor") or 1.0)
    # Version 2's router in transformers, by which results are judged, scales weights and never divides them.
    if optional("norm_topk_prob") and checkpoint.config["model_type"] != "deepseek_v2":
        writer.add_expert_weights_norm(True)
    # Checkpoints need not name the function: version 2 always took softmax, version 3 the logistic function.
    usual = "sigmoid" if checkpoint.config["model_type"] == "deepseek_v3" else "softmax"
    function = optional("scoring_func") or usual
    writer.add_expert_gating_func(ExpertGatingFuncType[function.upper()])
    writer.add_rope_dimension_count(rotated)
    if (scale := rope_settings(checkpoint).get("mscale_all_dim")) is not None:
        # The slope of 0.1 * scale * ln(factor) + 1, by which attention is scaled (YaRN, arXiv 2309.00071).
        writer.add_rope_scaling_yarn_log_mul(0.1 * scale)


def gpt_oss(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    writer.add_sliding_window(checkpoint.setting("sliding_window"))
    writer.add_expert_feed_forward_length(checkpoint.setting("intermediate_size"))
    # Readers take every other layer, from the first, to slide; a file says so if its layers differ.
    kinds = checkpoint.optional("layer_types") or []
    slides = [kind == "sliding_attention" for kind in kinds]
    if slides != [index % 2 == 0 for index in range(len(kinds))]:
        writer.add_sliding_window_pattern(slides)
    for name, usual in (("swiglu_alpha", 1.702), ("swiglu_limit", 7.0)):
        if checkpoint.optional(name) not in (None, usual):
            raise ConversionError(f"config.json: {name} is not {usual}, and GGUF has no field for it")
    settings = rope_settings(checkpoint)
    if settings["rope_type"] == "yarn" and settings.get("truncate", True):
        raise ConversionError("config.json: YaRN with a truncated range, and GGUF has no field for it")


def glm4_moe(writer: GGUFWriter, checkpoint: Checkpoint, options: Options) -> None:
    setting, optional = checkpoint.setting, checkpoint.optional
    # Layers that predict further tokens are counted, although their tensors are left out.
    predicting = optional("num_nextn_predict_layers") or 0
    writer.add_block_count(setting("num_hidden_layers") + predicting)
    writer.add_nextn_predict_layers(predicting)
    writer.add_rope_dimension_count(rotated_size(checkpoint, 0.5))
    writer.add_expert_feed_forward_length(setting("moe_intermediate_size"))
    writer.add_expert_shared_count(optional("n_shared_experts") or 0)
    writer.add_leading_dense_block_count(optional("first_k_dense_replace") or 0)
    writer.add_expert_gating_func(ExpertGatingFuncType.SIGMOID)
    writer.add_expert_weights_scale(optional("routed_scaling_factor") or 1.0)
    writer.add_expert_weights_norm(bool(optional("norm_topk_prob")))


def write_sliding_window(writer: GGUFWriter, checkpoint: Checkpoint) -> None:
    if window := checkpoint.optional("sliding_window"):
        writer.add_sliding_window(window)


def write_unusual_normalisation(writer: GGUFWriter, checkpoint: Checkpoint, usual: bool) -> None:
    normalised = checkpoint.optional("norm_topk_prob")
    if normalised is not None and bool(normalised) != usual:
        writer.add_expert_weights_norm(bool(normalised))


SPECIFIC: dict[str, Callable[[GGUFWriter, Checkpoint, Options], None]] = {
    "mixtral": llama,
    "qwen2_moe": qwen,
    "qwen3_moe": qwen,
    "olmoe": olmoe,
    "phimoe": phimoe,
    "granitemoe": granite,
    "deepseek_v2": deepseek,
    "deepseek_v3": deepseek,
    "gpt_oss": gpt_oss,
    "glm4_moe": glm4_moe,
    "qwen3_next": qwen3_next,
}
