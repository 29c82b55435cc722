#!/usr/bin/env python3
"""Writes tiny random MoE checkpoints that differ in one setting each, with transformers' results.

Each folder OUT/NAME holds config.json, model.safetensors (float32) and reference.json (prompt, logits after
it, argmax at every position, mean negative log likelihood, 16 greedy tokens), all from transformers' eager
float32 path without a cache. The settings are those in which published models differ: rotary scalings,
biases, tied embeddings, dense layers, sliding windows, norms, clamping, groups of experts, heads that share
keys.
Needs: pip install torch transformers safetensors
"""

import argparse
import json
import os
import sys

BASE = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=128,
    bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
LINEAR = dict(rope_type="linear", rope_theta=10000.0, factor=4.0)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=32)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=64,
)


def longrope(pairs: int, original: int, **more) -> dict:
    short = [1.0 + 0.05 * pair for pair in range(pairs)]
    long = [2.0 + 0.7 * pair for pair in range(pairs)]
    return dict(
        rope_type="longrope", rope_theta=10000.0, short_factor=short, long_factor=long,
        original_max_position_embeddings=original, **more,
    )


def shapes() -> dict:
    """The smallest configuration of each architecture: class name and settings."""
    qwen = dict(moe_intermediate_size=16, num_experts=6, num_experts_per_tok=2, intermediate_size=48)
    return {
        "mixtral": (
            "MixtralConfig",
            dict(num_key_value_heads=2, intermediate_size=24, num_local_experts=4, num_experts_per_tok=2),
        ),
        "qwen2_moe": (
            "Qwen2MoeConfig", dict(qwen, num_key_value_heads=2, shared_expert_intermediate_size=24),
        ),
        "qwen3_moe": ("Qwen3MoeConfig", dict(qwen, num_key_value_heads=2, head_dim=16)),
        "olmoe": (
            "OlmoeConfig",
            dict(num_key_value_heads=2, intermediate_size=16, num_experts=6, num_experts_per_tok=2),
        ),
        "phimoe": (
            "PhimoeConfig",
            dict(num_key_value_heads=2, intermediate_size=24, num_local_experts=4, num_experts_per_tok=2),
        ),
        "granitemoe": (
            "GraniteMoeConfig",
            dict(
                num_key_value_heads=2, intermediate_size=16, num_local_experts=6, num_experts_per_tok=3,
                embedding_multiplier=6.0, residual_multiplier=0.4, attention_multiplier=0.2,
                logits_scaling=3.0,
            ),
        ),
        "glm4_moe": (
            "Glm4MoeConfig",
            dict(
                num_key_value_heads=2, head_dim=16, intermediate_size=48, moe_intermediate_size=16,
                n_routed_experts=8, n_shared_experts=1, num_experts_per_tok=2, first_k_dense_replace=1,
            ),
        ),
        **shapes_of_unlike_layers(),
    }


def shapes_of_unlike_layers() -> dict:
    """Those whose attention is not grouped-query attention over everything."""
    latent = dict(
        num_key_value_heads=4, intermediate_size=48, moe_intermediate_size=16, kv_lora_rank=16,
        qk_nope_head_dim=12, qk_rope_head_dim=8, v_head_dim=8, n_routed_experts=8, num_experts_per_tok=2,
        first_k_dense_replace=1, n_shared_experts=1,
    )
    return {
        "deepseek_v2": (
            "DeepseekV2Config",
            dict(latent, q_lora_rank=None, topk_method="greedy", n_group=1, topk_group=1),
        ),
        "deepseek_v3": ("DeepseekV3Config", dict(latent, q_lora_rank=20, n_group=4, topk_group=2)),
        "gpt_oss": (
            "GptOssConfig",
            dict(
                num_key_value_heads=2, head_dim=8, intermediate_size=16, num_local_experts=4,
                num_experts_per_tok=2, sliding_window=8,
            ),
        ),
        "qwen3_next": (
            "Qwen3NextConfig",
            dict(
                num_key_value_heads=2, head_dim=16, intermediate_size=48, moe_intermediate_size=16,
                shared_expert_intermediate_size=16, num_experts=6, num_experts_per_tok=2,
                linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=8,
                linear_value_head_dim=8, full_attention_interval=2,
            ),
        ),
    }


def variants() -> dict:
    """Name -> (architecture, settings, prompt length)."""
    plain = {name: (name, dict(), 33) for name in shapes()}
    groups = [of_mixtral(), of_qwen(), of_others(), of_deepseek(), of_gpt_oss(), of_qwen3_next()]
    return {name: value for group in groups for name, value in group.items()} | plain


def of_mixtral() -> dict:
    return {
        "mixtral-window": ("mixtral", dict(sliding_window=8), 40),
        "mixtral-tied": ("mixtral", dict(tie_word_embeddings=True), 20),
        "mixtral-head-size": ("mixtral", dict(head_dim=24), 20),
        "mixtral-one-kv-head": ("mixtral", dict(num_key_value_heads=1), 20),
        "mixtral-all-experts": ("mixtral", dict(num_experts_per_tok=4), 20),
        "mixtral-one-expert": ("mixtral", dict(num_experts_per_tok=1), 20),
        "mixtral-odd-sizes": ("mixtral", dict(hidden_size=40, intermediate_size=20), 20),
        "mixtral-linear": ("mixtral", dict(head_dim=8, rope_parameters=LINEAR), 40),
        "mixtral-yarn": ("mixtral", dict(head_dim=8, rope_parameters=YARN), 60),
        "mixtral-older-yarn": ("mixtral", dict(head_dim=8, rope_parameters=YARN), 60),
        "mixtral-older-llama3": ("mixtral", dict(rope_parameters=LLAMA3), 60),
        "mixtral-llama3": ("mixtral", dict(rope_parameters=LLAMA3), 60),
    }


def of_qwen() -> dict:
    return {
        "qwen2_moe-normalized": ("qwen2_moe", dict(norm_topk_prob=True), 20),
        "qwen2_moe-no-bias": ("qwen2_moe", dict(qkv_bias=False), 20),
        "qwen2_moe-dense-layers": (
            "qwen2_moe", dict(num_hidden_layers=4, mlp_only_layers=[1], decoder_sparse_step=1), 20,
        ),
        "qwen2_moe-sparse-step": ("qwen2_moe", dict(num_hidden_layers=4, decoder_sparse_step=2), 20),
        "qwen2_moe-windows": (
            "qwen2_moe",
            dict(num_hidden_layers=4, use_sliding_window=True, sliding_window=6, max_window_layers=3), 30,
        ),
        "qwen2_moe-layer-types": (
            "qwen2_moe",
            dict(
                num_hidden_layers=3, use_sliding_window=True, sliding_window=6,
                layer_types=["full_attention", "sliding_attention", "sliding_attention"],
            ),
            30,
        ),
        "qwen2_moe-tied": ("qwen2_moe", dict(tie_word_embeddings=True), 20),
        "qwen3_moe-not-normalized": ("qwen3_moe", dict(norm_topk_prob=False), 20),
        "qwen3_moe-fused": ("qwen3_moe", dict(norm_topk_prob=True), 20),
        "qwen3_moe-older-longrope": ("qwen3_moe", dict(rope_parameters=longrope(8, 32)), 40),
        "qwen3_moe-bias": ("qwen3_moe", dict(attention_bias=True), 20),
        "qwen3_moe-dense-layers": (
            "qwen3_moe", dict(num_hidden_layers=3, mlp_only_layers=[0, 2], norm_topk_prob=True), 20,
        ),
        "qwen3_moe-window": ("qwen3_moe", dict(use_sliding_window=True, sliding_window=5), 30),
        "qwen3_moe-window-off": ("qwen3_moe", dict(use_sliding_window=False, sliding_window=5), 30),
        "qwen3_moe-tied-yarn": (
            "qwen3_moe", dict(tie_word_embeddings=True, norm_topk_prob=True, rope_parameters=YARN), 60,
        ),
        "qwen3_moe-yarn-settings": (
            "qwen3_moe",
            dict(
                rope_parameters=dict(
                    YARN, beta_fast=16.0, beta_slow=2.0, attention_factor=1.3, rope_theta=1e6, truncate=False
                )
            ),
            60,
        ),
        "qwen3_moe-yarn-mscale": (
            "qwen3_moe", dict(rope_parameters=dict(YARN, mscale=0.7, mscale_all_dim=1.4)), 60,
        ),
        "qwen3_moe-longrope-short": ("qwen3_moe", dict(rope_parameters=longrope(8, 100)), 40),
        "qwen3_moe-longrope-long": ("qwen3_moe", dict(rope_parameters=longrope(8, 32)), 60),
        "qwen3_moe-longrope-crossing": ("qwen3_moe", dict(rope_parameters=longrope(8, 48)), 40),
    }


def of_others() -> dict:
    phi = dict(short_mscale=1.1, long_mscale=1.2)
    return {
        "olmoe-clamped": ("olmoe", dict(clip_qkv=0.7), 20),
        "olmoe-normalized": ("olmoe", dict(norm_topk_prob=True), 20),
        "olmoe-bias": ("olmoe", dict(attention_bias=True), 20),
        "olmoe-linear": ("olmoe", dict(rope_parameters=LINEAR), 40),
        "phimoe-biases": ("phimoe", dict(attention_bias=True, lm_head_bias=True), 20),
        "phimoe-jitter": ("phimoe", dict(router_jitter_noise=0.2), 20),
        "phimoe-window": ("phimoe", dict(sliding_window=6), 30),
        "phimoe-longrope-short": ("phimoe", dict(rope_parameters=longrope(4, 100, **phi)), 40),
        "phimoe-tied": ("phimoe", dict(tie_word_embeddings=True), 20),
        "granitemoe-tied": ("granitemoe", dict(tie_word_embeddings=True), 20),
        "granitemoe-bias": ("granitemoe", dict(attention_bias=True), 20),
        "granitemoe-yarn": ("granitemoe", dict(rope_parameters=YARN), 60),
        "glm4_moe-no-norms": ("glm4_moe", dict(use_qk_norm=False), 20),
        "glm4_moe-norms-bias": ("glm4_moe", dict(use_qk_norm=True, attention_bias=True), 20),
        "glm4_moe-fused": ("glm4_moe", dict(use_qk_norm=True), 20),
        "glm4_moe-older-partial": (
            "glm4_moe", dict(rope_parameters=dict(YARN, partial_rotary_factor=0.25)), 60,
        ),
        "glm4_moe-groups": (
            "glm4_moe", dict(n_group=4, topk_group=2, num_experts_per_tok=3, routed_scaling_factor=2.5), 20,
        ),
        "glm4_moe-not-normalized": ("glm4_moe", dict(norm_topk_prob=False, n_shared_experts=2), 20),
        "glm4_moe-more-dense": ("glm4_moe", dict(num_hidden_layers=4, first_k_dense_replace=2), 20),
        "glm4_moe-whole-rotary": (
            "glm4_moe",
            dict(rope_parameters=dict(rope_type="default", rope_theta=1e4, partial_rotary_factor=1.0)), 20,
        ),
        "glm4_moe-quarter-yarn": (
            "glm4_moe", dict(rope_parameters=dict(YARN, partial_rotary_factor=0.25)), 60,
        ),
    }


def of_deepseek() -> dict:
    equal = dict(YARN, mscale=0.707, mscale_all_dim=0.707)
    differing = dict(YARN, mscale=1.0, mscale_all_dim=0.5, beta_fast=16.0, beta_slow=2.0)
    limited = dict(topk_method="group_limited_greedy", n_group=4, topk_group=2, routed_scaling_factor=16.0)
    widths = dict(qk_nope_head_dim=20, qk_rope_head_dim=4, v_head_dim=12, kv_lora_rank=24)
    return {
        "deepseek_v2-query-latent": ("deepseek_v2", dict(q_lora_rank=20, attention_bias=True), 20),
        "deepseek_v2-groups": ("deepseek_v2", limited, 20),
        "deepseek_v2-groups-unused": ("deepseek_v2", dict(n_group=4, topk_group=1, norm_topk_prob=True), 20),
        "deepseek_v2-groups-yarn": ("deepseek_v2", dict(limited, rope_parameters=equal), 60),
        "deepseek_v2-yarn": ("deepseek_v2", dict(rope_parameters=YARN), 60),
        "deepseek_v2-yarn-mscale": ("deepseek_v2", dict(rope_parameters=differing), 60),
        "deepseek_v2-widths": ("deepseek_v2", widths, 20),
        "deepseek_v2-biases": ("deepseek_v2", dict(mlp_bias=True), 20),
        "deepseek_v2-tied": ("deepseek_v2", dict(tie_word_embeddings=True), 20),
        "deepseek_v2-epsilon": ("deepseek_v2", dict(rms_norm_eps=1e-3, q_lora_rank=20), 20),
        "deepseek_v2-no-dense": ("deepseek_v2", dict(first_k_dense_replace=0, n_shared_experts=2), 20),
        "deepseek_v3-direct-query": ("deepseek_v3", dict(q_lora_rank=None), 20),
        "deepseek_v3-halves": ("deepseek_v3", dict(rope_interleave=False), 20),
        "deepseek_v3-not-normalized": ("deepseek_v3", dict(norm_topk_prob=False), 20),
        "deepseek_v3-one-group": ("deepseek_v3", dict(n_group=1, topk_group=1), 20),
        "deepseek_v3-yarn": ("deepseek_v3", dict(rope_parameters=dict(equal, mscale=1.0)), 60),
        "deepseek_v3-linear": ("deepseek_v3", dict(rope_parameters=LINEAR), 40),
        "deepseek_v3-widths": ("deepseek_v3", dict(widths, attention_bias=True), 20),
    }


def of_gpt_oss() -> dict:
    kinds = ["full_attention", "sliding_attention", "sliding_attention"]
    return {
        "gpt_oss-layer-types": ("gpt_oss", dict(num_hidden_layers=3, layer_types=kinds), 30),
        "gpt_oss-wide-window": ("gpt_oss", dict(sliding_window=100), 40),
        "gpt_oss-narrow-window": ("gpt_oss", dict(sliding_window=1), 20),
        "gpt_oss-plain-rotary": (
            "gpt_oss", dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0)), 20,
        ),
        "gpt_oss-truncated": ("gpt_oss", dict(rope_parameters=dict(YARN, truncate=True)), 60),
        "gpt_oss-activation": ("gpt_oss", dict(swiglu_limit=0.5, swiglu_alpha=1.3), 20),
        "gpt_oss-no-bias": ("gpt_oss", dict(attention_bias=False), 20),
        "gpt_oss-tied": ("gpt_oss", dict(tie_word_embeddings=True), 20),
    }


def of_qwen3_next() -> dict:
    three = dict(linear_num_value_heads=6, linear_key_head_dim=12, linear_value_head_dim=4)
    kinds = ["full_attention", "linear_attention", "full_attention"]
    return {
        "qwen3_next-equal-heads": ("qwen3_next", dict(linear_num_value_heads=2), 20),
        "qwen3_next-three-heads": ("qwen3_next", dict(three, linear_conv_kernel_dim=3), 70),
        "qwen3_next-long-convolution": ("qwen3_next", dict(linear_conv_kernel_dim=7), 20),
        "qwen3_next-layer-types": ("qwen3_next", dict(num_hidden_layers=3, layer_types=kinds), 20),
        "qwen3_next-all-linear": ("qwen3_next", dict(layer_types=["linear_attention"] * 2), 20),
        "qwen3_next-half-rotary": (
            "qwen3_next",
            dict(rope_parameters=dict(rope_type="default", rope_theta=1e4, partial_rotary_factor=0.5)), 20,
        ),
        "qwen3_next-bias": ("qwen3_next", dict(attention_bias=True), 20),
        "qwen3_next-not-normalized": ("qwen3_next", dict(norm_topk_prob=False), 20),
        "qwen3_next-dense-layers": ("qwen3_next", dict(num_hidden_layers=3, mlp_only_layers=[1]), 20),
        "qwen3_next-tied": ("qwen3_next", dict(tie_word_embeddings=True), 20),
    }


def spread(model, torch) -> None:
    """Draws weights wide enough that routing and logits are decisive."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim >= 2:
                parameter.normal_(0, 1.0 if "embed" in name else 0.6 / parameter.shape[-1] ** 0.5)
            elif "norm" in name and "bias" not in name:
                parameter.uniform_(0.7, 1.3)
            elif "bias" in name or "sinks" in name:
                parameter.normal_(0, 0.2)
        for name, buffer in model.named_buffers():
            if "e_score_correction_bias" in name:
                buffer.normal_(0, 0.1)


def reference(model, config, length: int, seed: int, torch) -> dict:
    generator = torch.Generator().manual_seed(seed + 1)
    ids = torch.randint(3, config.vocab_size, (1, length), generator=generator)
    with torch.no_grad():
        logits = model(ids, use_cache=False).logits[0].float()
        nll = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:]).item()
        sequence = ids
        for _ in range(16):
            best = model(sequence, use_cache=False).logits[:, -1].argmax(-1, keepdim=True)
            sequence = torch.cat([sequence, best], 1)
    return dict(
        seed=seed, input_ids=ids[0].tolist(), logits_last=[round(value, 6) for value in logits[-1].tolist()],
        argmax=logits.argmax(-1).tolist(), nll=nll, greedy=sequence[0, length:].tolist(),
    )


def fuse_experts(folder: str) -> None:
    """Joins the experts of a layer as transformers holds them: gate and up in one tensor, down in another."""
    import numpy
    from safetensors.numpy import load_file, save_file

    path = os.path.join(folder, "model.safetensors")
    tensors = load_file(path)
    gates = [name for name in tensors if name.endswith(".experts.0.gate_proj.weight")]
    for experts in [name.removesuffix("0.gate_proj.weight") for name in gates]:
        count = sum(name.startswith(experts) and name.endswith("down_proj.weight") for name in tensors)
        parts = {
            part: [tensors.pop(f"{experts}{index}.{part}_proj.weight") for index in range(count)]
            for part in ("gate", "up", "down")
        }
        pairs = [numpy.concatenate(pair) for pair in zip(parts["gate"], parts["up"])]
        tensors[f"{experts}gate_up_proj"] = numpy.stack(pairs)
        tensors[f"{experts}down_proj"] = numpy.stack(parts["down"])
    save_file(tensors, path, metadata={"format": "pt"})


def spell_older_rope(folder: str) -> None:
    """Puts rotary settings where transformers before version 5 had them."""
    path = os.path.join(folder, "config.json")
    with open(path) as file:
        config = json.load(file)
    settings = config.pop("rope_parameters")
    config["rope_theta"] = settings.pop("rope_theta")
    if "partial_rotary_factor" in settings:
        config["partial_rotary_factor"] = settings.pop("partial_rotary_factor")
    kind = settings.pop("rope_type")
    config["rope_scaling"] = None if kind == "default" else {"type": kind, **settings}
    with open(path, "w") as file:
        json.dump(config, file, indent=2)


# Variants whose files take another form once transformers has written them.
FORMS = {
    "qwen3_moe-fused": fuse_experts, "glm4_moe-fused": fuse_experts,
    "mixtral-older-yarn": spell_older_rope, "mixtral-older-llama3": spell_older_rope,
    "glm4_moe-older-partial": spell_older_rope, "qwen3_moe-older-longrope": spell_older_rope,
}


def write(folder: str, architecture: str, changes: dict, length: int, options) -> None:
    import torch
    import transformers

    seed = options.seed
    kind, settings = shapes()[architecture]
    settings = {**BASE, "vocab_size": options.vocabulary, **settings, **changes}
    if "hidden_size" not in changes and "rope_parameters" not in changes:
        settings["hidden_size"] *= options.scale
    config = getattr(transformers, kind)(**settings)
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(
        config, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    spread(model, torch)
    result = reference(model, config, length, seed, torch)
    result["transformers"] = transformers.__version__
    model.save_pretrained(folder, safe_serialization=True)
    extra = os.path.join(folder, "generation_config.json")
    if os.path.exists(extra):
        os.remove(extra)
    with open(os.path.join(folder, "reference.json"), "w") as file:
        json.dump(result, file)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", help="folder that gets a folder per variant")
    parser.add_argument("--only", default="", help="variants whose names start with one of these, by commas")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--add-length", type=int, default=0, help="tokens added to every prompt")
    parser.add_argument("--scale", type=int, default=1, help="factor on the hidden size")
    parser.add_argument("--vocabulary", type=int, default=96, help="tokens; converters want 288 or more")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    options = parser.parse_args()
    wanted = tuple(options.only.split(",")) if options.only else ("",)
    chosen = {name: value for name, value in variants().items() if name.startswith(wanted)}
    if options.list:
        print("\n".join(chosen))
        return 0
    for name, (architecture, changes, length) in chosen.items():
        folder = os.path.join(options.out, name)
        os.makedirs(folder, exist_ok=True)
        write(folder, architecture, changes, length + options.add_length, options)
        if name in FORMS:
            FORMS[name](folder)
        print(name, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
