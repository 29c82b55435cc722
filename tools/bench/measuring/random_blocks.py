"""Blocks of weights in every format of the benches, drawn at random without quantizing anything.

Codes are uniform, and scales are chosen so that the weights have the mean 0 and a given standard deviation.
Layouts: ggml's `ggml-common.h`; the element counts and block sizes are those of the package `gguf`.
"""

import numpy as np
from gguf import GGML_QUANT_SIZES, dequantize
from gguf import GGMLQuantizationType as Format

# Standard deviation of uniform codes of so many values: sqrt((n * n - 1) / 12).
DEVIATION = {16: 4.61, 32: 9.23, 64: 18.47, 256: 73.9}
# Root mean square of the values of MXFP4's codes: 0, 0.5, 1, 1.5, 2, 3, 4, 6 of either sign.
MXFP4_RMS = 2.926
# Normal weights in BF16 are taken from so many drawn ones.
POOL = 1 << 16


def _half(values: np.ndarray) -> np.ndarray:
    """The bytes of values in half precision."""
    return values.astype("<f2").view(np.uint8).reshape(-1, 2)


def _filled(count: int, format_: Format, generator: np.random.Generator) -> np.ndarray:
    size = GGML_QUANT_SIZES[format_][1]
    return np.frombuffer(generator.bytes(count * size), np.uint8).reshape(count, size).copy()


def _signs(count: int, generator: np.random.Generator) -> np.ndarray:
    """As many positive as negative ones: symmetric codes have one value more below zero than above."""
    return generator.integers(0, 2, count).astype(np.float32) * 2 - 1


def _scales_with_minima(count: int, generator: np.random.Generator) -> np.ndarray:
    """The 12 bytes that hold 8 scales and 8 minima of 6 bits, both from 32 to 63 and equal to each other."""
    scales = generator.integers(32, 64, (count, 8), dtype=np.uint8)
    low, high = scales[:, :4], scales[:, 4:]
    outer = low | (high >> 4) << 6
    return np.concatenate([outer, outer, (high & 15) | (high & 15) << 4], axis=1)


def _symmetric(count, deviation, generator, format_, codes):
    """Q4_0 and Q8_0: a scale, then codes around zero."""
    blocks = _filled(count, format_, generator)
    blocks[:, :2] = _half(_signs(count, generator) * (deviation / DEVIATION[codes]))
    return blocks


def _superblocks(count, deviation, generator, format_, codes):
    """Q4_K and Q5_K: with every minimum equal to its scale, the scale of minima centres the codes.

    The root mean square of the scales from 32 to 63 is 48.4.
    """
    blocks = _filled(count, format_, generator)
    scale = np.full(count, deviation / DEVIATION[codes] / 48.4, np.float32)
    blocks[:, 0:2] = _half(scale)
    blocks[:, 2:4] = _half(scale * ((codes - 1) / 2))
    blocks[:, 4:16] = _scales_with_minima(count, generator)
    return blocks


def _q6_K(count, deviation, generator):
    """16 scales of 8 bits behind the codes, from 64 to 95 of either sign; root mean square 80.0."""
    blocks = _filled(count, Format.Q6_K, generator)
    scales = generator.integers(64, 96, (count, 16)) * (generator.integers(0, 2, (count, 16)) * 2 - 1)
    blocks[:, 192:208] = scales.astype(np.int8).view(np.uint8)
    blocks[:, 208:210] = _half(np.full(count, deviation / DEVIATION[64] / 80.0))
    return blocks


def _mxfp4(count, deviation, generator):
    """One power of two per block; of two neighbouring ones as often as makes the deviation right."""
    blocks = _filled(count, Format.MXFP4, generator)
    wanted = deviation / MXFP4_RMS
    exponent = int(np.floor(np.log2(wanted)))
    share = ((wanted / 2.0**exponent) ** 2 - 1) / 3
    blocks[:, 0] = exponent + 127 + (generator.random(count, dtype=np.float32) < share)
    return blocks


def _bf16(count, deviation, generator):
    pool = (generator.standard_normal(POOL, dtype=np.float32) * deviation).view(np.uint32) >> 16
    indices = np.frombuffer(generator.bytes(2 * count), np.uint16)
    return pool.astype("<u2")[indices].view(np.uint8).reshape(count, 2)


_DRAWN = {
    Format.Q4_0: lambda *of: _symmetric(*of, Format.Q4_0, 16),
    Format.Q8_0: lambda *of: _symmetric(*of, Format.Q8_0, 256),
    Format.Q4_K: lambda *of: _superblocks(*of, Format.Q4_K, 16),
    Format.Q5_K: lambda *of: _superblocks(*of, Format.Q5_K, 32),
    Format.Q6_K: _q6_K,
    Format.MXFP4: _mxfp4,
    Format.BF16: _bf16,
    Format.F32: lambda count, deviation, generator: (
        generator.standard_normal((count, 1), dtype=np.float32) * deviation).view(np.uint8),
}


def draw(format_: Format, elements: int, deviation: float, generator: np.random.Generator) -> np.ndarray:
    """The bytes of so many weights [blocks, bytes per block]; whole blocks."""
    per_block = GGML_QUANT_SIZES[format_][0]
    assert elements % per_block == 0, f"{elements} weights are no whole blocks of {format_.name}"
    return _DRAWN[format_](elements // per_block, deviation, generator)


def check() -> None:
    """Decodes blocks of every format and compares mean and deviation with what was asked for."""
    generator = np.random.default_rng(1)
    for format_ in _DRAWN:
        blocks = draw(format_, 1 << 18, 0.02, generator)
        values = (blocks.view(np.float32) if format_ == Format.F32
                  else dequantize(blocks, format_)).astype(np.float64)
        assert abs(values.mean()) < 0.0004, (format_.name, values.mean())
        assert abs(values.std() / 0.02 - 1) < 0.03, (format_.name, values.std())
