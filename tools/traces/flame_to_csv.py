#!/usr/bin/env python3
"""Turns traces of FLAME-MoE (Parquet, a file for each layer) into the CSV that `sluice trace import` reads.

usage: flame_to_csv.py LAYER.parquet... -o TRACE.csv [--samples SAMPLES.parquet] [--rows N] [--window N]

  LAYER.parquet  files named after their layer, such as layer_02.parquet or .../layer_02/part-0.parquet;
                 columns `indices` (list of int16, the experts) and, if there, `scores` (list of float16)
  --samples      a file with the column `token_id`, one for each row of the layers' files
  --rows N       stop after N tokens: a whole capture has 52 million (default: 100000; 0 takes all)
  --window N     tokens of a text (default: 2048); the files do not mark where a text starts

What the format does not say: texts (cut every --window tokens), phases (this is training traffic, so that
all of it counts as prefill) and steps (every token is one). Needs PyArrow.

Source: huggingface.co/datasets/CMU-FLAME/FLAME-MoE-Traces, dataset card.
"""

import argparse
import itertools
import pathlib
import re
import sys

import pyarrow.parquet as parquet

BATCH_ROWS = 4096


def fail(message):
    sys.exit(f"flame_to_csv.py: {message}")


def layer_of(path):
    """The layer in a path: the last layer_NN."""
    numbers = re.findall(r"layer_(\d+)", str(path))
    if not numbers:
        fail(f"{path}: no layer_NN in the name; rename the file after its layer")
    return int(numbers[-1])


def rows(path):
    """(experts, scores or None) of each token of a layer's file."""
    file = parquet.ParquetFile(path)
    names = file.schema_arrow.names
    if "indices" not in names:
        fail(f"{path}: no column 'indices' among {', '.join(names)}; give a file of routed experts")
    columns = [name for name in ("indices", "scores") if name in names]
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
        experts = batch.column(0).to_pylist()
        yield from zip(experts, batch.column(1).to_pylist() if len(columns) == 2 else itertools.repeat(None))


def token_ids(path):
    file = parquet.ParquetFile(path)
    if "token_id" not in file.schema_arrow.names:
        fail(f"{path}: no column 'token_id'; give the file of samples")
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=["token_id"]):
        yield from batch.column(0).to_pylist()


def write(arguments, layers, out):
    print("# routing trace of FLAME-MoE", file=out)
    print("sequence,position,token,phase,layer,rank,expert,weight", file=out)
    tokens = token_ids(arguments.samples) if arguments.samples else itertools.repeat("")
    streams = zip(tokens, *(rows(path) for _, path in layers))
    limit = arguments.rows or None
    count = 0
    for row, (token, *choices) in enumerate(itertools.islice(streams, limit)):
        head = f"{row // arguments.window},{row % arguments.window},{token},prefill"
        for (layer, _), (experts, scores) in zip(layers, choices):
            # The strongest first, where the scores tell.
            order = list(range(len(experts)))
            if scores:
                order.sort(key=lambda rank: -scores[rank])
            for rank, place in enumerate(order):
                weight = f"{scores[place]:.6g}" if scores else ""
                print(f"{head},{layer},{rank},{experts[place]},{weight}", file=out)
        count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="+", type=pathlib.Path)
    parser.add_argument("-o", "--out", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--window", type=int, default=2048)
    arguments = parser.parse_args()
    if arguments.rows < 0 or arguments.window < 1:
        fail("--rows must be 0 or more and --window 1 or more")
    layers = sorted((layer_of(path), path) for path in arguments.layers)
    numbers = [layer for layer, _ in layers]
    if len(set(numbers)) != len(numbers):
        fail("two files of the same layer; give one for each")
    with open(arguments.out, "w", encoding="ascii") as out:
        count = write(arguments, layers, out)
    print(f"{count} tokens, {len(layers)} layers, {arguments.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
