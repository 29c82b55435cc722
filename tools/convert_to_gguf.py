#!/usr/bin/env python3
"""Writes a GGUF file from a Mixture-of-Experts checkpoint in Hugging Face layout.

Reads config.json, one or many safetensors files and, if present, tokenizer.json. Architectures: mixtral,
qwen2_moe, qwen3_moe, olmoe, phimoe, granitemoe, deepseek_v2, deepseek_v3, gpt_oss, glm4_moe, qwen3_next.
Names, order of rows and keys are those of the files that llama.cpp's converter writes.
Needs: pip install gguf
"""

import argparse
import sys
from pathlib import Path

EXAMPLES = """examples:
  convert_to_gguf.py Qwen3-30B-A3B qwen3.gguf                  keep the checkpoint's types
  convert_to_gguf.py Qwen3-30B-A3B qwen3.gguf --type q8_0      quantize all but routers, norms and biases
  convert_to_gguf.py mixtral mixtral.gguf --split-tensors 100  mixtral-00001-of-0000N.gguf and so on
"""


def arguments(types: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path, help="folder with config.json and safetensors files")
    parser.add_argument("output", type=Path, help="the GGUF file to write")
    parser.add_argument(
        "--type", choices=types, help="type of the large weights (default: as in the checkpoint)"
    )
    parser.add_argument(
        "--split-tensors", type=positive, default=0, metavar="N", help="at most N tensors per file"
    )
    parser.add_argument(
        "--pretokenizer", metavar="NAME", help="name for tokenizer.ggml.pre (default: the usual one)"
    )
    parser.add_argument(
        "--kv-b",
        action="store_true",
        help="deepseek: latent attention in its older form, one attn_kv_b instead of attn_k_b and attn_v_b",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    return parser.parse_args()


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


def main() -> int:
    try:
        from gguf_conversion.architectures import Options
        from gguf_conversion.errors import ConversionError
        from gguf_conversion.writing import TYPES, Conversion
    except ModuleNotFoundError as error:
        print(f"error: the Python package {error.name} is missing: pip install gguf", file=sys.stderr)
        return 1
    options = arguments(list(TYPES))
    try:
        conversion = Conversion(
            options.checkpoint,
            options.type,
            Options(absorbed_attention=not options.kv_b),
            options.pretokenizer,
        )
        files = conversion.write(
            options.output, options.split_tensors, progress=sys.stderr.isatty() and not options.quiet
        )
    except (ConversionError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not options.quiet:
        for note in conversion.notes:
            print(note, file=sys.stderr)
        for file in files:
            print(f"wrote {file} ({file.stat().st_size:,} bytes)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
