"""Reads a checkpoint folder: config.json and one or many safetensors files, mapped and not copied."""

from __future__ import annotations

import json
import re
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType as Format

from .errors import ConversionError
from .weight import Weight, from_mxfp4_blocks

# safetensors' names for what can be converted. U8 is raw bytes, of which MXFP4 is made.
FORMATS = {"F32": Format.F32, "F16": Format.F16, "BF16": Format.BF16, "U8": Format.I8}
ELEMENTS = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16, "U8": np.uint8}

# A header larger than this is no header; the largest real ones are a few megabytes.
MAXIMUM_HEADER_BYTES = 100 << 20


class Checkpoint:
    """`config`: config.json as read. `weights`: every tensor by name, experts of a layer joined into one."""

    def __init__(self, folder: Path):
        self.folder = folder
        if not folder.is_dir():
            raise ConversionError(f"{folder} is not a folder with config.json and safetensors files")
        self.config = self._read_json("config.json")
        self.weights: dict[str, Weight] = {}
        for file in self._files():
            self._map(file)
        if not self.weights:
            raise ConversionError(f"{folder} holds no tensors")
        self._join_mxfp4()
        self._join_experts()

    def setting(self, *names: str) -> Any:
        """The first of several spellings that config.json has; an error where it has none."""
        value = self.optional(*names)
        if value is None:
            raise ConversionError(f"config.json has no {' or '.join(names)}")
        return value

    def optional(self, *names: str) -> Any:
        return next((self.config[name] for name in names if self.config.get(name) is not None), None)

    def _read_json(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            raise ConversionError(f"{path} is missing") from None
        except ValueError as error:
            raise ConversionError(f"{path} is not JSON: {error}") from None

    def _files(self) -> list[Path]:
        index = self.folder / "model.safetensors.index.json"
        if index.is_file():
            names = sorted(set(self._read_json(index.name)["weight_map"].values()))
            for name in names:
                if Path(name).name != name or not (self.folder / name).is_file():
                    raise ConversionError(f"{index} names {name}, which is not in the folder")
            return [self.folder / name for name in names]
        files = sorted(self.folder.glob("*.safetensors"))
        if not files:
            raise ConversionError(f"{self.folder} holds no safetensors file")
        return files

    def _map(self, path: Path) -> None:
        size = path.stat().st_size
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(size, MAXIMUM_HEADER_BYTES):
                raise ConversionError(
                    f"{path} is no safetensors file: its header claims {length} of {size} bytes"
                )
            header = json.loads(file.read(length))
        data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length) if size > 8 + length else None
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            if kind not in FORMATS:
                raise ConversionError(
                    f"{path.name}: tensor {name} has type {kind}; {', '.join(FORMATS)} can be read"
                )
            if (
                data is None
                or end > data.size
                or end - start != prod(shape) * np.dtype(ELEMENTS[kind]).itemsize
            ):
                raise ConversionError(f"{path.name}: tensor {name} does not fit the file")
            if name in self.weights:
                raise ConversionError(f"tensor {name} is in two files")
            self.weights[name] = Weight(
                shape,
                FORMATS[kind],
                lambda data=data, kind=kind, shape=shape, start=start, end=end: data[start:end]
                .view(ELEMENTS[kind])
                .reshape(shape),
            )

    def _join_mxfp4(self) -> None:
        for name in [name for name in self.weights if name.endswith("_blocks")]:
            base = name.removesuffix("_blocks")
            scales = self.weights.pop(base + "_scales", None)
            if scales is None:
                raise ConversionError(f"{name} has no {base}_scales beside it")
            self.weights[base] = from_mxfp4_blocks(self.weights.pop(name), scales)

    def _join_experts(self) -> None:
        """experts.7.gate_proj.weight of all experts becomes experts.gate_proj.weight, one dimension more."""
        groups: dict[str, dict[int, str]] = {}
        for name in self.weights:
            if match := re.fullmatch(r"(.*\.experts)\.(\d+)\.(.*)", name):
                groups.setdefault(f"{match[1]}.{match[3]}", {})[int(match[2])] = name
        for joined, members in groups.items():
            count = self.setting("num_local_experts", "num_experts", "n_routed_experts")
            absent = [expert for expert in range(max(count, max(members) + 1)) if expert not in members]
            if absent:
                raise ConversionError(f"{joined}: expert {absent[0]} is missing")
            parts = [self.weights.pop(members[expert]) for expert in range(len(members))]
            self.weights[joined] = Weight.stacked(parts, joined)
