"""Plans every tensor of the output, then writes the file one tensor at a time."""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Format
from gguf import LlamaFileType as FileType

from .architectures import ARCHITECTURES, Options, rewriter
from .checkpoint import Checkpoint
from .errors import ConversionError
from .parameters import write_parameters
from .rope import rope_tensors
from .vocabulary import write_vocabulary
from .weight import Weight

# What --type can ask for, and how the file then describes itself. The package quantizes nothing else.
TYPES: dict[str, tuple[Format, FileType]] = {
    "f32": (Format.F32, FileType.ALL_F32),
    "f16": (Format.F16, FileType.MOSTLY_F16),
    "bf16": (Format.BF16, FileType.MOSTLY_BF16),
    "q8_0": (Format.Q8_0, FileType.MOSTLY_Q8_0),
    "q5_1": (Format.Q5_1, FileType.MOSTLY_Q5_1),
    "q5_0": (Format.Q5_0, FileType.MOSTLY_Q5_0),
    "q4_1": (Format.Q4_1, FileType.MOSTLY_Q4_1),
    "q4_0": (Format.Q4_0, FileType.MOSTLY_Q4_0),
    "mxfp4": (Format.MXFP4, FileType.MOSTLY_MXFP4_MOE),
}
FILE_TYPES = dict(TYPES.values())

# Small tensors that decide much (routers, norms, states of linear attention) are never rounded.
EXACT = re.compile(r"_norm\.|ffn_gate_inp|\.bias$|ssm_conv1d|ssm_a$|rope_|attn_sinks")

# Tensors of checkpoints that are no weights, or belong to layers that only predict further tokens.
IGNORED = re.compile(r"rotary_emb\.inv_freq$|^mtp\.|\.attention\.(masked_)?bias$")


class Conversion:
    """One run: `report` gets a line for everything that the user should know."""

    def __init__(self, folder: Path, requested: str | None, options: Options, pretokenizer: str | None):
        self.checkpoint = Checkpoint(folder)
        self.options = options
        self.requested = requested
        model_type = self.checkpoint.setting("model_type")
        if model_type not in ARCHITECTURES:
            raise ConversionError(
                f"config.json names the architecture {model_type!r}; known are {', '.join(ARCHITECTURES)}"
            )
        self.model_type = model_type
        self.architecture = ARCHITECTURES[model_type]
        self.pretokenizer = pretokenizer or self.architecture.pretokenizer
        self.notes: list[str] = []
        self.tensors = self._planned()

    def _planned(self) -> dict[str, tuple[Weight, Format]]:
        layers = self.checkpoint.setting("num_hidden_layers")
        names = gguf.get_tensor_name_map(self.architecture.target, layers)
        rewrite = rewriter(self.model_type, self.options)
        tied = bool(self.checkpoint.optional("tie_word_embeddings"))
        planned = {name: (weight, Format.F32) for name, weight in rope_tensors(self.checkpoint).items()}
        for name in sorted(self.checkpoint.weights, key=in_layer_order):
            if IGNORED.search(name) or layer_of(name) >= layers or (tied and name == "lm_head.weight"):
                continue
            for source, weight in rewrite(name, self.checkpoint.weights[name], self.checkpoint):
                target = names.get_name(source, try_suffixes=(".weight", ".bias"))
                if target is None:
                    raise ConversionError(f"{self.model_type} has no place in GGUF for the tensor {name}")
                if target in planned:
                    raise ConversionError(
                        f"two tensors of the checkpoint become {target}; the second is {name}"
                    )
                planned[target] = (weight, self._format(target, weight))
        return planned

    def _format(self, name: str, weight: Weight) -> Format:
        if len(weight.shape) == 1 or EXACT.search(name):
            return Format.F32
        if self.requested is None:
            return weight.format
        wanted = TYPES[self.requested][0]
        if wanted == Format.MXFP4 and "_exps" not in name:
            wanted = Format.Q8_0
        if weight.shape[-1] % gguf.GGML_QUANT_SIZES[wanted][0]:
            self.notes.append(
                f"{name}: rows of {weight.shape[-1]} do not fill blocks of {wanted.name}, written as F16"
            )
            return Format.F16
        return wanted

    def write(self, path: Path, split_tensors: int, progress: bool) -> list[Path]:
        """Writes the file, or the files of a split, and returns their paths; a failure leaves nothing."""
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            files = self._write(Path(folder) / path.name, split_tensors, progress)
            return [file.replace(path.parent / file.name) for file in files]

    def _write(self, path: Path, split_tensors: int, progress: bool) -> list[Path]:
        writer = gguf.GGUFWriter(
            path, gguf.MODEL_ARCH_NAMES[self.architecture.target], split_max_tensors=split_tensors
        )
        for name, (weight, target) in self.tensors.items():
            block, block_bytes = gguf.GGML_QUANT_SIZES[target]
            size = int(np.prod(weight.shape)) // block * block_bytes
            writer.add_tensor_info(name, weight.shape, np.dtype(np.float32), size, raw_dtype=target)
        self._write_keys(writer)
        files = writer.format_shard_names(path)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for number, (name, (weight, target)) in enumerate(self.tensors.items(), 1):
            writer.write_tensor_data(weight.encoded(target))
            if progress:
                print(f"\r{number}/{len(self.tensors)} {name:<48}", end="", file=sys.stderr, flush=True)
        if progress:
            print(file=sys.stderr)
        writer.close()
        return files

    def _write_keys(self, writer: gguf.GGUFWriter) -> None:
        description = gguf.Metadata.load(None, self.checkpoint.folder)
        if description.size_label is None:
            description.size_label = gguf.size_label(*writer.get_total_parameter_count())
        writer.add_type(gguf.GGUFType.MODEL)
        description.set_gguf_meta_model(writer)
        write_parameters(writer, self.checkpoint, self.options)
        writer.add_file_type(self._file_type())
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        size = self.checkpoint.setting("vocab_size")
        self.notes.append(write_vocabulary(writer, self.checkpoint.folder, size, self.pretokenizer))

    def _file_type(self) -> FileType:
        if self.requested is not None:
            return TYPES[self.requested][1]
        elements: dict[Format, int] = {}
        for weight, target in self.tensors.values():
            elements[target] = elements.get(target, 0) + int(np.prod(weight.shape))
        return FILE_TYPES[max(elements, key=lambda target: elements[target])]


def layer_of(name: str) -> int:
    match = re.match(r"model\.layers\.(\d+)\.", name)
    return int(match[1]) if match else -1


def in_layer_order(name: str) -> tuple[int, str]:
    """Embedding and output first, then layer by layer."""
    return layer_of(name), name


# The package warns of a key that is written twice; here an architecture overrides what all share.
logging.getLogger("gguf").setLevel(logging.ERROR)
