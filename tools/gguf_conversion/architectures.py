"""What each architecture's checkpoint looks like and how its tensors are rearranged for GGUF.

A rewrite takes a tensor of the checkpoint and yields what stands for it, still under Hugging Face names; the
`gguf` package's name map then gives the names of the file. Facts about the target layout: the GGUF files that
llama.cpp's converter writes (0.5.0-dev), with which tools/check_convert.py compares ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

import numpy as np
from gguf import MODEL_ARCH
from gguf import GGMLQuantizationType as Format

from .checkpoint import Checkpoint
from .errors import ConversionError
from .weight import Weight

Rewrite = Callable[[str, Weight, Checkpoint], Iterator[tuple[str, Weight]]]


@dataclass(frozen=True)
class Options:
    """`absorbed_attention`: latent attention as current llama.cpp reads it (k_b and v_b), else one kv_b."""

    absorbed_attention: bool = True


@dataclass(frozen=True)
class Architecture:
    """`pretokenizer`: which one the published models of this kind use, where tokenizer.json does not tell."""

    target: MODEL_ARCH
    rewrite: Rewrite
    pretokenizer: str


def unchanged(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """Splits experts that a checkpoint keeps as gate_up_proj [experts, 2 * expertHiddenSize, hiddenSize]."""
    if name.endswith("experts.gate_up_proj"):
        yield from halves(name, "gate_up_proj", weight)
    elif name.endswith("experts.down_proj"):
        yield name + ".weight", weight
    else:
        yield name, weight


def halves(name: str, joined: str, weight: Weight) -> Iterator[tuple[str, Weight]]:
    """The first half of each expert's rows is the gate, the second is up."""
    experts, rows, columns = weight.shape
    half = rows // 2
    base = name.split(joined)[0]
    yield base + "gate_proj.weight", weight.rearranged(
        (experts, half, columns), lambda array: array[:, :half]
    )
    yield base + "up_proj.weight", weight.rearranged((experts, half, columns), lambda array: array[:, half:])


def paired_heads(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """Query and key rows from the halves of a head to neighbouring pairs, as `llama` files rotate them."""
    heads = {
        "q_proj": checkpoint.setting("num_attention_heads"),
        "k_proj": checkpoint.setting("num_key_value_heads", "num_attention_heads"),
    }
    for projection, count in heads.items():
        if f"self_attn.{projection}." in name:

            def interleave(array: np.ndarray, count: int = count) -> np.ndarray:
                rows = array.shape[0]
                grouped = array.reshape(count, 2, rows // count // 2, *array.shape[1:])
                return grouped.swapaxes(1, 2).reshape(array.shape)

            yield name, weight.rearranged(weight.shape, interleave)
            return
    yield from unchanged(name, weight, checkpoint)


def granite(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    if name.endswith("block_sparse_moe.input_linear.weight"):
        experts_name = name.replace("block_sparse_moe.input_linear.weight", "mlp.experts.input_linear")
        yield from halves(experts_name, "input_linear", weight)
    else:
        yield from paired_heads(name, weight, checkpoint)


def with_router_bias(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """The bias that corrects expert selection has a name without the dot that GGUF's map expects."""
    corrected = name.replace("e_score_correction_bias", "e_score_correction.bias")
    yield from unchanged(corrected, weight, checkpoint)


def paired_rotation(name: str, weight: Weight, checkpoint: Checkpoint) -> Weight:
    """The rotated rows, last of a head and of the shared key, as neighbouring pairs, which readers turn."""
    if checkpoint.config["model_type"] != "deepseek_v3" or checkpoint.config.get("rope_interleave", True):
        return weight
    if "self_attn.kv_a_proj_with_mqa." in name:
        heads = 1
    elif "self_attn.q_proj." in name or "self_attn.q_b_proj." in name:
        heads = checkpoint.setting("num_attention_heads")
    else:
        return weight
    rotated = checkpoint.setting("qk_rope_head_dim")

    def interleave(array: np.ndarray) -> np.ndarray:
        by_head = array.reshape(heads, -1, *array.shape[1:]).copy()
        halves = by_head[:, -rotated:].reshape(heads, 2, rotated // 2, *array.shape[1:])
        by_head[:, -rotated:] = halves.swapaxes(1, 2).reshape(heads, rotated, *array.shape[1:])
        return by_head.reshape(array.shape)

    return weight.rearranged(weight.shape, interleave)


def whole_latent_attention(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """The older form: kv_b as it is."""
    yield from with_router_bias(name, paired_rotation(name, weight, checkpoint), checkpoint)


def latent_attention(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """kv_b [heads * (nope + value), latent] into k_b [heads, latent, nope] and v_b [heads, value, latent]."""
    if not name.endswith("self_attn.kv_b_proj.weight"):
        yield from whole_latent_attention(name, weight, checkpoint)
        return
    heads = checkpoint.setting("num_attention_heads")
    nope, value = checkpoint.setting("qk_nope_head_dim"), checkpoint.setting("v_head_dim")
    rows, latent = weight.shape
    if rows != heads * (nope + value):
        raise ConversionError(
            f"{name} has {rows} rows; {heads} heads of {nope} + {value} need {heads * (nope + value)}"
        )

    def by_head(array: np.ndarray) -> np.ndarray:
        return array.reshape(heads, nope + value, latent)

    yield name.replace("kv_b_proj", "k_b_proj"), weight.rearranged(
        (heads, latent, nope), lambda array: by_head(array)[:, :nope].swapaxes(1, 2)
    )
    yield name.replace("kv_b_proj", "v_b_proj"), weight.rearranged(
        (heads, value, latent), lambda array: by_head(array)[:, nope:]
    )


def gpt_oss(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """Gate and up are interleaved row by row; float weights have their inputs first, MXFP4 ones do not."""
    base = name.rsplit(".", 1)[0]
    transposed = weight.format != Format.MXFP4

    def outputs_first(array: np.ndarray) -> np.ndarray:
        return array.swapaxes(1, 2) if transposed else array

    if name.endswith("experts.gate_up_proj"):
        experts, rows, columns = weight.shape
        if transposed:
            rows, columns = columns, rows
        shape = (experts, rows // 2, columns)
        yield base + ".gate_proj.weight", weight.rearranged(shape, lambda array: outputs_first(array)[:, ::2])
        yield base + ".up_proj.weight", weight.rearranged(shape, lambda array: outputs_first(array)[:, 1::2])
    elif name.endswith("experts.gate_up_proj_bias"):
        shape = (weight.shape[0], weight.shape[1] // 2)
        yield base + ".gate_proj.bias", weight.rearranged(shape, lambda array: array[:, ::2])
        yield base + ".up_proj.bias", weight.rearranged(shape, lambda array: array[:, 1::2])
    elif name.endswith("experts.down_proj"):
        experts, rows, columns = weight.shape
        shape = (experts, columns, rows) if transposed else (experts, rows, columns)
        yield name + ".weight", weight.rearranged(shape, outputs_first)
    elif name.endswith("experts.down_proj_bias"):
        yield base + ".down_proj.bias", weight
    elif name.endswith("self_attn.sinks"):
        yield name + ".weight", weight
    else:
        yield name, weight


def qwen3_next(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """Norms are stored as offsets from 1, decays as logarithms, linear attention's projections by head."""
    if name.endswith(".A_log"):
        yield name, weight.computed(lambda array: -np.exp(array.astype(np.float64)).astype(np.float32))
    elif name.endswith(".dt_bias"):
        yield name.replace(".dt_bias", ".dt_proj.bias"), weight
    elif name.endswith("conv1d.weight"):
        channels, _, taps = weight.shape
        yield name, weight.rearranged((channels, taps), lambda array: array.reshape(channels, taps))
    elif name.endswith("norm.weight") and not name.endswith("linear_attn.norm.weight"):
        yield name, weight.computed(lambda array: array + 1)
    elif name.endswith("in_proj_qkvz.weight"):
        yield from split_qkvz(name, weight, checkpoint)
    else:
        yield from unchanged(name, weight, checkpoint)


def split_qkvz(name: str, weight: Weight, checkpoint: Checkpoint) -> Iterator[tuple[str, Weight]]:
    """From q, k, v, z of each key head in turn to all q, all k, all v in one tensor, and all z in another."""
    key_heads = checkpoint.setting("linear_num_key_heads")
    key_size = checkpoint.setting("linear_key_head_dim")
    value_rows = (
        checkpoint.setting("linear_num_value_heads")
        // key_heads
        * checkpoint.setting("linear_value_head_dim")
    )
    rows, columns = weight.shape
    bounds = np.cumsum([key_size, key_size, value_rows])
    if rows != key_heads * (bounds[-1] + value_rows):
        raise ConversionError(
            f"{name} has {rows} rows; config.json asks for {key_heads * (bounds[-1] + value_rows)}"
        )

    def parts(array: np.ndarray) -> list[np.ndarray]:
        by_head = array.reshape(key_heads, -1, columns)
        return [part.reshape(-1, columns) for part in np.split(by_head, bounds, axis=1)]

    gate_rows = key_heads * value_rows
    base = name.replace("in_proj_qkvz.weight", "")
    yield base + "in_proj_qkv.weight", weight.rearranged(
        (rows - gate_rows, columns), lambda array: np.concatenate(parts(array)[:3])
    )
    yield base + "in_proj_z.weight", weight.rearranged((gate_rows, columns), lambda array: parts(array)[3])


# By config.json's model_type.
ARCHITECTURES: dict[str, Architecture] = {
    "mixtral": Architecture(MODEL_ARCH.LLAMA, paired_heads, "default"),
    "qwen2_moe": Architecture(MODEL_ARCH.QWEN2MOE, unchanged, "qwen2"),
    "qwen3_moe": Architecture(MODEL_ARCH.QWEN3MOE, unchanged, "qwen2"),
    "olmoe": Architecture(MODEL_ARCH.OLMOE, unchanged, "olmo"),
    "phimoe": Architecture(MODEL_ARCH.PHIMOE, unchanged, "default"),
    "granitemoe": Architecture(MODEL_ARCH.GRANITE_MOE, granite, "refact"),
    "deepseek_v2": Architecture(MODEL_ARCH.DEEPSEEK2, latent_attention, "deepseek-llm"),
    "deepseek_v3": Architecture(MODEL_ARCH.DEEPSEEK2, latent_attention, "deepseek-v3"),
    "gpt_oss": Architecture(MODEL_ARCH.GPT_OSS, gpt_oss, "gpt-4o"),
    "glm4_moe": Architecture(MODEL_ARCH.GLM4_MOE, with_router_bias, "glm4"),
    "qwen3_next": Architecture(MODEL_ARCH.QWEN3NEXT, qwen3_next, "qwen2"),
}


def rewriter(model_type: str, options: Options) -> Rewrite:
    if model_type in ("deepseek_v2", "deepseek_v3") and not options.absorbed_attention:
        return whole_latent_attention
    return ARCHITECTURES[model_type].rewrite
