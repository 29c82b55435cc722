"""Rotary position encoding: from config.json to GGUF's keys and factor tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gguf import GGUFWriter, RopeScalingType

from .checkpoint import Checkpoint
from .errors import ConversionError
from .weight import Weight


def rope_settings(checkpoint: Checkpoint) -> dict[str, Any]:
    """One dictionary from both spellings: `rope_parameters`, `rope_scaling` with `rope_theta` beside it."""
    settings = dict(checkpoint.optional("rope_parameters", "rope_scaling") or {})
    if "type" in settings:
        settings.setdefault("rope_type", settings["type"])
    for name in ("rope_theta", "partial_rotary_factor", "original_max_position_embeddings"):
        if checkpoint.optional(name) is not None:
            settings.setdefault(name, checkpoint.config[name])
    settings.setdefault("rope_type", "default")
    return settings


def head_size(checkpoint: Checkpoint) -> int:
    explicit = checkpoint.optional("head_dim")
    return explicit or checkpoint.setting("hidden_size") // checkpoint.setting("num_attention_heads")


def rotated_size(checkpoint: Checkpoint, default_share: float = 1.0) -> int:
    """How many leading elements of a head are rotated."""
    share = rope_settings(checkpoint).get("partial_rotary_factor", default_share)
    return int(head_size(checkpoint) * share)


def write_rope(writer: GGUFWriter, checkpoint: Checkpoint) -> None:
    settings = rope_settings(checkpoint)
    kind = settings["rope_type"]
    if kind == "linear":
        writer.add_rope_scaling_type(RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(settings["factor"])
    elif kind == "yarn":
        write_yarn(writer, checkpoint, settings)
    elif kind in ("longrope", "su"):
        writer.add_rope_scaling_type(RopeScalingType.LONGROPE)
        writer.add_rope_scaling_attn_factors(longrope_attention_factor(checkpoint, settings))
        writer.add_rope_scaling_orig_ctx_len(original_context(checkpoint, settings))
    elif kind not in ("default", "llama3"):
        raise ConversionError(f"config.json asks for RoPE of type {kind!r}, which GGUF has no field for")
    if (theta := settings.get("rope_theta")) is not None:
        writer.add_rope_freq_base(theta)


def write_yarn(writer: GGUFWriter, checkpoint: Checkpoint, settings: dict[str, Any]) -> None:
    # Readers round the range of pairs that YaRN blends, except in gpt-oss.
    if not settings.get("truncate", True) and checkpoint.config["model_type"] != "gpt_oss":
        raise ConversionError("config.json: YaRN with an exact range, and GGUF has no field for it")
    writer.add_rope_scaling_type(RopeScalingType.YARN)
    writer.add_rope_scaling_factor(settings["factor"])
    writer.add_rope_scaling_orig_ctx_len(settings["original_max_position_embeddings"])
    optional = {
        ("extrapolation_factor",): writer.add_rope_scaling_yarn_ext_factor,
        ("beta_fast",): writer.add_rope_scaling_yarn_beta_fast,
        ("beta_slow",): writer.add_rope_scaling_yarn_beta_slow,
    }
    for names, add in optional.items():
        value = next((settings[name] for name in names if settings.get(name) is not None), None)
        if value is not None:
            add(value)
    if (factor := unusual_attention_factor(checkpoint, settings)) is not None:
        writer.add_rope_scaling_yarn_attn_factor(factor)


def yarn_magnitude(factor: float, weight: float = 1.0) -> float:
    """YaRN's factor on queries and keys (arXiv 2309.00071)."""
    return 0.1 * weight * math.log(factor) + 1 if factor > 1 else 1.0


def unusual_attention_factor(checkpoint: Checkpoint, settings: dict[str, Any]) -> float | None:
    """By what cosines and sines differ from what readers take by themselves, or None where they do not.

    That is YaRN's magnitude, or 1 in DeepSeek's files with `yarn_log_multiplier`: there the scores have it.
    """
    weight, weight_of_all = settings.get("mscale"), settings.get("mscale_all_dim")
    magnitude = yarn_magnitude(settings["factor"])
    states_slope = bool(weight_of_all) and checkpoint.config["model_type"].startswith("deepseek")
    usual = 1.0 if states_slope else magnitude
    factor = settings.get("attention_factor") or settings.get("attn_factor")
    if factor is None and weight and weight_of_all:
        whole = yarn_magnitude(settings["factor"], weight_of_all)
        factor = yarn_magnitude(settings["factor"], weight) / whole
    elif factor is None:
        factor = magnitude
    return None if math.isclose(factor, usual) else factor / usual


def original_context(checkpoint: Checkpoint, settings: dict[str, Any]) -> int:
    return settings.get("original_max_position_embeddings") or checkpoint.setting("max_position_embeddings")


def longrope_attention_factor(checkpoint: Checkpoint, settings: dict[str, Any]) -> float:
    """What the model states, else sqrt(1 + ln(scale) / ln(original)) (LongRoPE, arXiv 2402.13753)."""
    stated = [settings.get(name) for name in ("attention_factor", "long_mscale", "short_mscale")]
    stated = [value for value in stated if value is not None]
    if stated:
        if any(value != stated[0] for value in stated):
            raise ConversionError(
                f"RoPE factors for short and long contexts differ ({stated}); GGUF has one field for both"
            )
        return stated[0]
    original = original_context(checkpoint, settings)
    scale = checkpoint.setting("max_position_embeddings") / original
    return math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0


def rope_tensors(checkpoint: Checkpoint) -> dict[str, Weight]:
    """The factors by which frequencies are divided, where a checkpoint has some beyond one number."""
    settings = rope_settings(checkpoint)
    if settings["rope_type"] == "llama3":
        return {"rope_freqs.weight": Weight.of(llama3_factors(checkpoint, settings))}
    if settings["rope_type"] in ("longrope", "su"):
        expected = rotated_size(checkpoint) // 2
        tensors = {}
        for ours, theirs in (
            ("rope_factors_long.weight", "long_factor"),
            ("rope_factors_short.weight", "short_factor"),
        ):
            factors = settings.get(theirs)
            if factors is None or len(factors) != expected:
                found = "none" if factors is None else len(factors)
                raise ConversionError(f"config.json: {theirs} needs {expected} RoPE factors and has {found}")
            tensors[ours] = Weight.of(np.array(factors))
        return tensors
    return {}


def llama3_factors(checkpoint: Checkpoint, settings: dict[str, Any]) -> np.ndarray:
    """Llama 3.1's rule: short wavelengths stay, long ones stretch by `factor`, those between are blended."""
    size = rotated_size(checkpoint)
    factor, low, high = settings["factor"], settings["low_freq_factor"], settings["high_freq_factor"]
    original = settings["original_max_position_embeddings"]
    frequencies = settings["rope_theta"] ** -(np.arange(0, size, 2, dtype=np.float32) / np.float32(size))
    turns = original * frequencies / (2 * math.pi)  # full turns within the original context
    blend = np.clip((turns - low) / (high - low), 0, 1)
    return 1 / ((1 - blend) / factor + blend)
