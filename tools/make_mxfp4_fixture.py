#!/usr/bin/env python3
"""Writes a tiny gpt-oss checkpoint with MXFP4 experts, as published ones are, and transformers' results.

The experts' codes and scales are two U8 tensors per matrix (`gate_up_proj_blocks`, `gate_up_proj_scales`,
the same for `down_proj`), everything else is BF16. The reference is transformers' eager float32 path on the
weights that these tensors stand for, decoded here by the definition of the format (OCP Microscaling Formats
1.0): FP4 E2M1 codes, a power of two per 32 of them.

Writes config.json, model.safetensors and reference.json (input_ids, logits_last, argmax, nll, greedy).
Needs: pip install torch transformers safetensors numpy.
usage: make_mxfp4_fixture.py OUT_DIR [--seed N] [--prompt-length T]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

# The values of the codes 0 ... 7; codes 8 ... 15 are their negatives.
MAGNITUDES = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
VALUES = torch.tensor(MAGNITUDES + [-value for value in MAGNITUDES])
BLOCK = 32
EXPONENT_BIAS = 127
GREEDY_TOKENS = 16


def quantize(weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[experts, rows, columns] to codes [experts, rows, columns / 32, 16] and scales [..., columns / 32]."""
    blocks = weights.reshape(*weights.shape[:-1], -1, BLOCK)
    largest = blocks.abs().amax(-1).clamp_min(2.0**-100)
    exponents = torch.floor(torch.log2(largest)) - 2  # 2 is the exponent of the largest code, 6
    scaled = blocks / torch.exp2(exponents)[..., None]
    codes = (scaled[..., None] - VALUES).abs().argmin(-1).to(torch.uint8)
    return codes[..., 0::2] | codes[..., 1::2] << 4, (exponents + EXPONENT_BIAS).to(torch.uint8)


def dequantize(codes: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """What `quantize` gives, back to [experts, rows, columns]."""
    nibbles = torch.stack([codes & 0x0F, codes >> 4], -1).flatten(-2)
    values = VALUES[nibbles.long()] * torch.exp2(scales.float() - EXPONENT_BIAS)[..., None]
    return values.flatten(-2)


def make_model(seed: int) -> transformers.GptOssForCausalLM:
    config = transformers.GptOssConfig(
        vocab_size=96,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        num_local_experts=4,
        num_experts_per_tok=2,
        sliding_window=8,
        max_position_embeddings=128,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    config._attn_implementation = "eager"
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(
        config, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim >= 2:
                parameter.normal_(0, 1.0 if "embed" in name else 0.6 / parameter.shape[-1] ** 0.5)
            elif "norm" in name:
                parameter.uniform_(0.7, 1.3)
            else:
                parameter.normal_(0, 0.2)
            parameter.copy_(parameter.to(torch.bfloat16).float())
    return model


def pack(model: transformers.GptOssForCausalLM) -> dict[str, torch.Tensor]:
    """The checkpoint's tensors; the model's experts become what the packed ones stand for."""
    tensors: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(("gate_up_proj", "down_proj")):
                # The model holds inputs as rows, the packed tensors outputs.
                codes, scales = quantize(parameter.transpose(1, 2))
                tensors[name + "_blocks"], tensors[name + "_scales"] = codes.contiguous(), scales.contiguous()
                parameter.copy_(dequantize(codes, scales).transpose(1, 2))
            else:
                tensors[name] = parameter.to(torch.bfloat16).contiguous()
    return tensors


def reference(model: transformers.GptOssForCausalLM, ids: torch.Tensor) -> dict[str, object]:
    with torch.no_grad():
        logits = model(ids, use_cache=False).logits[0].float()
        nll = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:]).item()
        grown = ids
        for _ in range(GREEDY_TOKENS):
            following = model(grown, use_cache=False).logits[:, -1].argmax(-1, keepdim=True)
            grown = torch.cat([grown, following], 1)
    return {
        "transformers": transformers.__version__,
        "input_ids": ids[0].tolist(),
        "logits_last": [round(value, 6) for value in logits[-1].tolist()],
        "argmax": logits.argmax(-1).tolist(),
        "nll": nll,
        "greedy": grown[0, ids.shape[1] :].tolist(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--prompt-length", type=int, default=24)
    options = parser.parse_args()
    model = make_model(options.seed)
    tensors = pack(model)
    generator = torch.Generator().manual_seed(options.seed + 1)
    ids = torch.randint(3, model.config.vocab_size, (1, options.prompt_length), generator=generator)
    options.out.mkdir(parents=True, exist_ok=True)
    config = model.config.to_dict() | {
        "architectures": ["GptOssForCausalLM"],
        "quantization_config": {"quant_method": "mxfp4"},
    }
    (options.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file(tensors, options.out / "model.safetensors", {"format": "pt"})
    (options.out / "reference.json").write_text(json.dumps(reference(model, ids)) + "\n")


main()
