#!/usr/bin/env python3
"""Converts checkpoints and compares the results with reference GGUF files, key by key and tensor by tensor.

usage: check_convert.py CHECKPOINTS REFERENCES
  CHECKPOINTS  folder of checkpoint folders, e.g. shared/fixtures/architectures
  REFERENCES   folder of NAME.gguf files that llama.cpp's converter wrote from them, e.g. shared/fixtures/gguf
Checkpoints without a reference are converted and read back. Ends with 1 if anything differs.
Needs: pip install gguf
"""

import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
from gguf_conversion.architectures import Options
from gguf_conversion.writing import Conversion

# Counts that the reader synthesises from the header and that follow from the rest.
HEADER = {"GGUF.version", "GGUF.tensor_count", "GGUF.kv_count"}


def differences(ours: gguf.GGUFReader, reference: gguf.GGUFReader) -> list[str]:
    found = []
    for key in sorted((set(ours.fields) | set(reference.fields)) - HEADER):
        mine, theirs = ours.fields.get(key), reference.fields.get(key)
        if mine is None or theirs is None:
            found.append(f"key {key}: only in {'the reference' if mine is None else 'ours'}")
        elif mine.types != theirs.types:
            found.append(f"key {key}: type {mine.types}, reference {theirs.types}")
        elif mine.contents() != theirs.contents():
            found.append(f"key {key}: {str(mine.contents())[:60]}, reference {str(theirs.contents())[:60]}")
    my_tensors = {tensor.name: tensor for tensor in ours.tensors}
    their_tensors = {tensor.name: tensor for tensor in reference.tensors}
    for name in sorted(set(my_tensors) | set(their_tensors)):
        mine, theirs = my_tensors.get(name), their_tensors.get(name)
        if mine is None or theirs is None:
            found.append(f"tensor {name}: only in {'the reference' if mine is None else 'ours'}")
        elif (list(mine.shape), mine.tensor_type) != (list(theirs.shape), theirs.tensor_type):
            found.append(f"tensor {name}: {mine.tensor_type.name} {mine.shape}, reference {theirs.shape}")
        elif not np.array_equal(mine.data, theirs.data):
            found.append(f"tensor {name}: other values, by at most {np.abs(mine.data - theirs.data).max()}")
    return found


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    checkpoints, references = map(Path, sys.argv[1:])
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sorted(path for path in checkpoints.iterdir() if path.is_dir()):
            output = Path(scratch) / f"{folder.name}.gguf"
            Conversion(folder, None, Options(), None).write(output, 0, progress=False)
            ours = gguf.GGUFReader(output)
            size = f"{len(ours.fields) - len(HEADER)} keys, {len(ours.tensors)} tensors"
            reference = references / output.name
            if not reference.is_file():
                print(f"{folder.name}: {size}, no reference")
                continue
            found = differences(ours, gguf.GGUFReader(reference))
            failed = failed or bool(found)
            print(f"{folder.name}: {size}, {'all equal' if not found else f'{len(found)} differences'}")
            for line in found:
                print(f"  {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
