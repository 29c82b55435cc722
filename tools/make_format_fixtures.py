#!/usr/bin/env python3
"""Writes the decoding fixtures of the kernel tests: blocks of every weight format with their values.

Usage: python3 tools/make_format_fixtures.py        (needs numpy and the `gguf` PyPI package)

One file per format in Tests/KernelsTests/Fixtures, little-endian: the four bytes "SLQF", then as uint32 the
GGUF type number, the count of blocks, bytes per block and elements per block; then all blocks; then all
expected values as Float32. The expected values are those of `gguf.quants.dequantize`. Blocks are random bytes
from a fixed seed, with scales that are finite, and adversarial ones in front: all bytes zero, all bits set,
alternating bits, and for every scale field zero, minus zero, the smallest and largest subnormal, the smallest
normal, one and the largest finite value of either sign.
"""

import importlib.metadata
import itertools
import pathlib
import struct

import gguf
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "KernelsTests" / "Fixtures"
SEED = 20240607
RANDOM_BLOCKS = 24

# Byte offsets of the IEEE half fields of a block.
HALF_FIELDS = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": [], "BF16": [],
}
HALVES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF]


def set_half(block: np.ndarray, offset: int, bits: int) -> None:
    block[offset] = bits & 0xFF
    block[offset + 1] = bits >> 8


def quantized_blocks(name: str, block_bytes: int, generator: np.random.Generator) -> np.ndarray:
    fields = HALF_FIELDS[name]
    blocks = []
    for fill in (0x00, 0xFF, 0x55, 0xAA):
        block = np.full(block_bytes, fill, dtype=np.uint8)
        for offset in fields:
            set_half(block, offset, 0x3555)
        blocks.append(block)
    combinations = list(itertools.product(HALVES, repeat=len(fields))) if len(fields) == 1 else list(
        zip(HALVES, reversed(HALVES)))
    for bits in combinations if fields else []:
        block = generator.integers(0, 256, block_bytes, dtype=np.uint8)
        for offset, half in zip(fields, bits):
            set_half(block, offset, half)
        blocks.append(block)
    if name == "MXFP4":
        for exponent in (0, 1, 2, 3, 126, 127, 128, 252, 253, 254, 255):
            block = generator.integers(0, 256, block_bytes, dtype=np.uint8)
            block[0] = exponent
            blocks.append(block)
    for _ in range(RANDOM_BLOCKS):
        block = generator.integers(0, 256, block_bytes, dtype=np.uint8)
        for offset in fields:
            set_half(block, offset, int(np.float16(generator.normal() * 0.1).view(np.uint16)))
        blocks.append(block)
    return np.stack(blocks)


def plain_blocks(name: str, generator: np.random.Generator) -> np.ndarray:
    if name == "F32":
        special = [0x0, 0x80000000, 0x1, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000]
        random = generator.normal(size=249).astype(np.float32).view(np.uint32)
        return np.concatenate([np.array(special, np.uint32), random]).view(np.uint8).reshape(-1, 4)
    if name == "F16":
        # Every half that is no NaN.
        halves = np.arange(65536, dtype=np.uint32).astype(np.uint16)
        halves = halves[(halves & 0x7C00 != 0x7C00) | (halves & 0x03FF == 0)]
        return halves[:: 37].copy().view(np.uint8).reshape(-1, 2)
    special = np.array([0x0000, 0x8000, 0x0001, 0x007F, 0x0080, 0x7F7F, 0xFF7F, 0x7F80, 0xFF80], np.uint16)
    random = (generator.normal(size=249).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return np.concatenate([special, random]).view(np.uint8).reshape(-1, 2)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ["F32", "F16", *HALF_FIELDS]:
        generator = np.random.default_rng([SEED, *name.encode()])
        kind = gguf.GGMLQuantizationType[name]
        block_elements, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        plain = name in ("F32", "F16", "BF16")
        blocks = plain_blocks(name, generator) if plain else quantized_blocks(name, block_bytes, generator)
        assert blocks.shape[1] == block_bytes
        with np.errstate(over="ignore", invalid="ignore"):
            values = gguf.quants.dequantize(blocks.reshape(1, -1), kind)
        values = np.ascontiguousarray(values, dtype="<f4").reshape(-1)
        assert values.size == blocks.shape[0] * block_elements and not np.isnan(values).any()
        header = struct.pack("<4s4I", b"SLQF", int(kind), blocks.shape[0], block_bytes, block_elements)
        (FOLDER / f"{name}.bin").write_bytes(header + blocks.tobytes() + values.tobytes())
    (FOLDER / "PROVENANCE.md").write_text(
        "# Decoding fixtures\n\n"
        "Blocks of every weight format and their values in Float32; the script describes the layout.\n\n"
        f"- Generator: `python3 tools/make_format_fixtures.py`, seed {SEED}\n"
        f"- Oracle: `gguf.quants.dequantize` of `gguf` {importlib.metadata.version('gguf')} from PyPI, "
        f"numpy {np.__version__}\n"
        "- Origin of the blocks: random bytes and hand-made extremes; no model's weights\n")


if __name__ == "__main__":
    main()
