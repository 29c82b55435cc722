"""The weights that are left of a block when only its prefix was read, as the kernels' `expand` makes them.

Layout: `Sources/CKernels/include/sluice_planes.h`. Written anew from the layouts of the GGUF tensor types;
the kernels' tests compare both.
"""

import numpy as np
from gguf import GGML_QUANT_SIZES
from gguf import GGMLQuantizationType as Format

# Where the codes of a block lie whose low halves the prefix lacks, and the bits of each that it lacks. Behind
# two missing bits stand two codes per byte, behind four one.
CODES = {
    Format.Q4_0: (2, 18, 2), Format.Q4_1: (4, 20, 2), Format.Q5_0: (6, 22, 2), Format.Q5_1: (8, 24, 2),
    Format.Q8_0: (2, 34, 4), Format.Q4_K: (16, 144, 2), Format.Q5_K: (48, 176, 2), Format.Q6_K: (0, 128, 2),
}


def expanded(blocks: np.ndarray, format_: Format, fill: str = "middle") -> np.ndarray:
    """Blocks [blocks, bytes] whose missing bits are filled.

    `middle` is what the kernels do: in even bytes the lower, in odd bytes the upper of the two middle values.
    `centre` takes the one nearer to the middle of the codes in formats whose codes have no bits elsewhere,
    `floor` takes zeros; both are there to be compared.
    """
    start, end, missing = CODES[format_]
    codes = blocks[:, start:end]
    keep, low, high = (0xCC, 0x11, 0x22) if missing == 2 else (0xF0, 0x07, 0x08)
    if fill == "middle":
        filled = np.where(np.arange(end - start) % 2 == 0, low, high)
    elif fill == "centre" and format_ in (Format.Q4_0, Format.Q4_1, Format.Q4_K):
        filled = 0x22 - (codes >> 3 & 0x11)
    elif fill == "centre" and format_ == Format.Q8_0:
        filled = np.where(codes < 0x80, low, high)
    elif fill == "floor":
        filled = 0
    else:
        raise ValueError(f"no fill {fill} for {format_.name}")
    result = blocks.copy()
    result[:, start:end] = codes & keep | np.asarray(filled, np.uint8)
    return result


def bits_per_weight(format_: Format) -> tuple:
    """Of whole blocks and of their prefixes, which are the whole blocks where they do not come apart."""
    elements, size = GGML_QUANT_SIZES[format_]
    missing = (CODES[format_][1] - CODES[format_][0]) // 2 if format_ in CODES else 0
    return 8 * size / elements, 8 * (size - missing) / elements
