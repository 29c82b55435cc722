#!/usr/bin/env python3
"""Tiny traces in other programs' binary formats, written by Python's struct and zlib and by NumPy.

usage: make_trace_fixtures.py --out Tests/TraceFilesTests/Fixtures

All files hold the same routing, which expected.json lists: two texts, of which the first has a prompt of
three tokens; 3 layers of 8 experts, 2 for a token. The byte layouts are those that the readers' doc comments
give, with their sources. Needs NumPy.
"""

import argparse
import base64
import io
import json
import pathlib
import random
import struct
import zlib

import numpy as np

LAYERS, EXPERTS, TOP_K, EXPERT_BYTES = 3, 8, 2, 4096
# (sequence, position, step, token, phase) of each row.
ROWS = [
    (0, 0, 1, 11, 0), (0, 1, 1, 12, 0), (0, 2, 1, 13, 0), (0, 3, 2, 14, 1),
    (1, 0, 3, 21, 0), (1, 1, 4, 22, 1), (1, 2, 5, -1, 1),
]


def routing():
    """[rows, layers, TOP_K], different experts in each layer of a row."""
    generator = random.Random(7)
    return np.array(
        [[generator.sample(range(EXPERTS), TOP_K) for _ in range(LAYERS)] for _ in ROWS], dtype=np.int16)


def slipstream(choices):
    header = struct.pack("<8sIIIIHHHH16sQ32s", b"PGRRT01\0", 1, 100, 44, 0x01020304, LAYERS, EXPERTS,
                         TOP_K, 0, bytes(range(16)), 1_700_000_000_000_000_000, b"\xab" * 32)
    out = header + struct.pack("<I", zlib.crc32(header)) + bytes(8)
    for step in sorted({row[2] for row in ROWS}):
        for layer in range(LAYERS):
            for index, (sequence, position, number, token, phase) in enumerate(ROWS):
                if number != step:
                    continue
                experts = list(choices[index, layer]) + [0xFFFF] * (10 - TOP_K)
                record = struct.pack("<QIiHBB10H", step, position, token, sequence, phase, layer, *experts)
                out += record + struct.pack("<I", zlib.crc32(record))
    return out


def requests(choices):
    """(time, object, size, next request from 1 or -1), by looking ahead from each."""
    objects = [(row, layer << 16 | int(expert)) for row in range(len(ROWS)) for layer in range(LAYERS)
               for expert in choices[row, layer]]
    out = []
    for index, (row, thing) in enumerate(objects):
        later = [number for number in range(index + 1, len(objects)) if objects[number][1] == thing]
        out.append((row, thing, EXPERT_BYTES, later[0] + 1 if later else -1))
    return out


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(compressed=False, **arrays):
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    choices = routing()
    prompt, answer, second = choices[:3], choices[3:4], choices[4:]
    counts = np.stack([
        np.array([[np.sum(part[:, layer] == expert) for expert in range(EXPERTS)]
                  for layer in range(LAYERS)], dtype=np.float32) for part in (choices[:4], second)])
    response = {
        "object": "text_completion",
        "usage": {"prompt_tokens": 3},
        "prompt_token_ids": [11, 12, 13],
        "choices": [{"index": 0, "token_ids": [14], "text": "x",
                     "routed_experts": base64.b64encode(npy(choices[:4].astype(np.uint8))).decode()}],
    }
    lists = {"prompt_routed_experts": prompt.tolist(), "prompt_token_ids": [11, 12, 13],
             "choices": [{"routed_experts": answer.tolist(), "token_ids": [14]},
                         {"routed_experts": second.tolist()}]}
    files = {
        "slipstream.bin": slipstream(choices),
        "oracle-general.bin": b"".join(struct.pack("<IQIq", *request) for request in requests(choices)),
        "oracle-general.csv": ("time,obj_id,obj_size,next_access_vtime\n" + "".join(
            ",".join(map(str, request)) + "\n" for request in requests(choices))).encode(),
        "usage-iku1.bin": (struct.pack("<4sII", b"IKU1", LAYERS, EXPERTS)
                           + counts.sum(axis=0).astype("<u4").tobytes()),
        "moe-infinity.npy": npy(counts),
        "routed-int32.npy": npy(choices.astype(np.int32)),
        "routed-fortran.npy": npy(np.asfortranarray(choices)),
        "routed-big-endian.npy": npy(choices.astype(">i2")),
        "routed.npz": npz(prompt_routed_experts_0=prompt, routed_experts_0=answer,
                          prompt_token_ids_0=np.array([11, 12, 13]), token_ids_0=np.array([14]),
                          routed_experts_1=second.astype(np.uint8), prompt_token_ids_1=np.array([21])),
        "routed-deflated.npz": npz(compressed=True, routed_experts=choices),
        "response-base64.json": json.dumps(response).encode(),
        "response-lists.json": json.dumps(lists).encode(),
        "expected.json": json.dumps({"rows": ROWS, "choices": choices.tolist(),
                                     "counts": counts.sum(axis=0).astype(int).tolist()}).encode() + b"\n",
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")


if __name__ == "__main__":
    main()
