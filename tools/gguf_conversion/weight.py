"""A tensor that is read only when it is written, with the few operations that a conversion needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np
from gguf import GGMLQuantizationType as Format
from gguf import quants

from .errors import ConversionError


@dataclass(frozen=True)
class Weight:
    """`shape` in elements, outermost first; `format` as stored; `load` returns the array when wanted.

    BF16 is loaded as its 16 bits, MXFP4 as rows of packed bytes.
    """

    shape: tuple[int, ...]
    format: Format
    load: Callable[[], np.ndarray]

    def rearranged(self, shape: Sequence[int], function: Callable[[np.ndarray], np.ndarray]) -> Weight:
        """The same values in another order or a part of them; `function` never looks at the values."""
        return Weight(tuple(shape), self.format, lambda: function(self.load()))

    def computed(self, function: Callable[[np.ndarray], np.ndarray]) -> Weight:
        """New values of the same shape, computed in float32."""
        return Weight(self.shape, Format.F32, lambda: function(self.as_float32()))

    def as_float32(self) -> np.ndarray:
        array = self.load()
        if self.format == Format.F32:
            return array
        if self.format == Format.F16:
            return array.astype(np.float32)
        if self.format == Format.BF16:
            return (array.astype(np.uint32) << 16).view(np.float32)
        return quants.dequantize(np.ascontiguousarray(array), self.format)

    def encoded(self, target: Format) -> np.ndarray:
        """The bytes for the file."""
        if target == self.format:
            return np.ascontiguousarray(self.load())
        return np.ascontiguousarray(quants.quantize(np.ascontiguousarray(self.as_float32()), target))

    @staticmethod
    def of(array: np.ndarray) -> Weight:
        values = np.asarray(array, dtype=np.float32)
        return Weight(values.shape, Format.F32, lambda: values)

    @staticmethod
    def stacked(parts: Sequence[Weight], name: str) -> Weight:
        """Parts of one shape and format along a new outermost dimension."""
        first = parts[0]
        for index, part in enumerate(parts):
            if (part.shape, part.format) != (first.shape, first.format):
                raise ConversionError(
                    f"{name}: expert {index} is {part.format.name} {list(part.shape)}, "
                    f"expert 0 is {first.format.name} {list(first.shape)}"
                )
        return Weight(
            (len(parts), *first.shape), first.format, lambda: np.stack([part.load() for part in parts])
        )


def from_mxfp4_blocks(blocks: Weight, scales: Weight) -> Weight:
    """Joins the two tensors in which checkpoints keep MXFP4 into rows of GGUF's 17-byte blocks.

    blocks [experts, rows, blocksPerRow, 16]: byte i holds values 2i (low half) and 2i + 1 (high half).
    scales [experts, rows, blocksPerRow]: one exponent per block of 32 values.
    GGUF: the exponent, then 16 bytes of which byte i holds values i (low half) and i + 16 (high half).
    """
    experts, rows, blocks_per_row, _ = blocks.shape

    def load() -> np.ndarray:
        packed, exponents = blocks.load(), scales.load()
        values = np.stack([packed & 0x0F, packed >> 4], axis=-1).reshape(*packed.shape[:-1], 32)
        repacked = values[..., :16] | (values[..., 16:] << 4)
        whole = np.concatenate([exponents[..., None], repacked], axis=-1)
        return whole.reshape(experts, rows, blocks_per_row * 17)

    return Weight((experts, rows, blocks_per_row * 32), Format.MXFP4, load)
