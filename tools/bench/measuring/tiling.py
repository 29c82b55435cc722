"""The bundled model at a multiple of its width: the same function, the same routing, real sizes.

With every activation repeated R times, a matrix of R by R copies divided by R gives the repeated result, and
norms, attention per head and activations work on copies. R is a power of two, so dividing a scale is exact.
The embedding is only repeated along its rows; the output matrix, which the trained model shares with it,
becomes a tensor of its own.
"""

from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Format

BUNDLED = Path(__file__).parents[3] / "Sources/Generation/Resources/demo-q8_0.gguf"
FACTOR = 8
# Settings that count along a width, by the last part of their key.
WIDE_SETTINGS = {"embedding_length", "feed_forward_length", "expert_feed_forward_length", "head_count",
                 "head_count_kv"}
# Norms of single heads, whose width stays.
PER_HEAD = ("attn_q_norm.weight", "attn_k_norm.weight")


def _tiled_blocks(data: np.ndarray, rows: int, scale: float) -> np.ndarray:
    """Q8_0 rows, as bytes [..., rows, bytes], repeated in both directions with their scales multiplied.

    A row holds whole blocks, so copies of its bytes are copies of its weights.
    """
    blocks = data.reshape(-1, 34).copy()
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32) * scale
    blocks[:, :2] = scales.astype("<f2").view(np.uint8)
    return np.tile(blocks.reshape(data.shape), (1,) * (data.ndim - 2) + (rows, FACTOR))


def _copy_settings(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> None:
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        value, kind = field.contents(), field.types[0]
        if key.split(".")[-1] in WIDE_SETTINGS:
            value *= FACTOR
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(key, value, kind, sub_type=inner)


def _tiled(tensor) -> list:
    """The tensors that become of one: name, data, and the format of quantized ones."""
    name, data = tensor.name, np.array(tensor.data)
    if tensor.tensor_type == Format.Q8_0:
        if name == "token_embd.weight":
            return [(name, _tiled_blocks(data, 1, 1.0), Format.Q8_0),
                    ("output.weight", _tiled_blocks(data, 1, 1 / FACTOR), Format.Q8_0)]
        return [(name, _tiled_blocks(data, FACTOR, 1 / FACTOR), Format.Q8_0)]
    assert tensor.tensor_type == Format.F32, f"{name} is {tensor.tensor_type.name}"
    if name.endswith(PER_HEAD):
        return [(name, data, None)]
    # Norms are repeated; a router reads the repeated activations and keeps its rows.
    return [(name, np.tile(data, FACTOR) if data.ndim == 1 else np.tile(data, (1, FACTOR)) / FACTOR, None)]


def write(source: Path, target: Path) -> None:
    """Writes the model `FACTOR` times as wide; one tensor at a time is held in memory."""
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target.with_suffix(".partial"), architecture)
    _copy_settings(reader, writer)
    for tensor in reader.tensors:
        for name, data, format_ in _tiled(tensor):
            writer.add_tensor_info(name, data.shape, data.dtype, data.nbytes, format_)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        for _, data, _ in _tiled(tensor):
            writer.write_tensor_data(np.ascontiguousarray(data))
    writer.close()
    target.with_suffix(".partial").rename(target)
