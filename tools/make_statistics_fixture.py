#!/usr/bin/env python3
"""What the statistics of routing traces must be, computed with numpy in another way than the Swift code.

usage: make_statistics_fixture.py --traces FOLDER --out Tests/ResidencyTests/Fixtures
  --traces  a folder with demo-story.csv and demo-code.csv; left out, only the synthetic traces are computed
            anew and the demo traces' values are kept

Reads the synthetic traces from traces.json in the output folder and writes statistics.json. Every value is
taken from whole tables of (token, layer, expert), not token by token. Needs numpy.
"""

import argparse
import json
import pathlib

import numpy

WINDOWS = [1, 4, 16, 64, 256, 1024]


def popularity(chosen):
    """Per layer: uses, the shares of the most used eighth, quarter and half, and the entropy in bits."""
    result = []
    for table in chosen.transpose(1, 0, 2):
        uses = table.sum(axis=0)
        ranked = numpy.sort(uses)[::-1]
        shares = ranked[ranked > 0] / ranked.sum()
        result.append({
            "uses": uses.tolist(),
            "top": [float(ranked[: int(numpy.ceil(part * len(uses)))].sum() / ranked.sum())
                    for part in (0.125, 0.25, 0.5)],
            "entropy": float(-(shares * numpy.log2(shares)).sum()),
        })
    return result


def reuse(rows, layer, experts):
    """First uses, and the histograms of both distances, from the list of a layer's choices."""
    flat = [(token, expert) for token, row in enumerate(rows) for expert in row[layer]]
    where = {}
    for place, (_, expert) in enumerate(flat):
        where.setdefault(expert, []).append(place)
    tokens, depths = {}, [0] * experts
    for expert, places in where.items():
        for earlier, later in zip(places, places[1:]):
            distance = flat[later][0] - flat[earlier][0]
            bucket = int(numpy.ceil(numpy.log2(distance))) if distance > 1 else 0
            tokens[bucket] = tokens.get(bucket, 0) + 1
            depths[len({other for _, other in flat[earlier:later]}) - 1] += 1
    return {
        "first": len(where),
        "tokens": [tokens.get(bucket, 0) for bucket in range(max(tokens, default=-1) + 1)],
        "experts": depths,
    }


def demand(chosen):
    """Mean and most different experts of whole windows; the whole trace for the first length beyond it."""
    result = []
    for length in WINDOWS:
        count = len(chosen) // length
        if count == 0:
            count, length = 1, len(chosen)
        windows = chosen[: count * length].reshape(count, length, *chosen.shape[1:]).any(axis=1)
        sizes = windows.sum(axis=2)
        result.append({
            "tokens": length, "windows": count, "mean": float(sizes.sum(axis=1).mean()),
            "most": int(sizes.sum(axis=1).max()), "layers": sizes.mean(axis=0).tolist(),
        })
        if length == len(chosen):
            break
    return result


def overlap(chosen, sequences):
    """Per layer: pairs of neighbours in a text, the share of common choices, and the share by chance."""
    last, pairs = {}, []
    for token, sequence in enumerate(sequences):
        if sequence in last:
            pairs.append((last[sequence], token))
        last[sequence] = token
    earlier = numpy.array([pair[0] for pair in pairs], dtype=int)
    later = numpy.array([pair[1] for pair in pairs], dtype=int)
    common = (chosen[earlier] & chosen[later]).sum(axis=(0, 2))
    often = chosen.mean(axis=0)
    return {
        "pairs": len(pairs),
        "share": (common / chosen[later].sum(axis=(0, 2))).tolist(),
        "chance": ((often**2).sum(axis=1) / often.sum(axis=1)).tolist(),
    }


def association(rows, chosen, layer, width):
    """Recall of the conditional counts and of the popularity of all earlier tokens, for one layer."""
    before, here = chosen[:, layer - 1].astype(float), chosen[:, layer].astype(float)
    hits = popular_hits = 0
    # Counts of all tokens before each, held as running sums.
    causes, uses = numpy.zeros(before.shape[1]), numpy.zeros(here.shape[1])
    together = numpy.zeros((before.shape[1], here.shape[1]))
    for token, row in enumerate(rows):
        score = numpy.zeros(here.shape[1])
        for cause in row[layer - 1]:
            if causes[cause]:
                score += together[cause] / causes[cause]
        for values, kind in ((score, "score"), (uses, "uses")):
            named = numpy.argsort(-values, kind="stable")[:width]
            found = len(set(named.tolist()) & set(row[layer]))
            if kind == "score":
                hits += found
            else:
                popular_hits += found
        causes += before[token]
        uses += here[token]
        together += numpy.outer(before[token], here[token])
    choices = int(here.sum())
    return {"choices": choices, "recall": hits / choices, "popularity": popular_hits / choices}


def statistics(layers, experts, rows, sequences):
    width = max(len(choice) for row in rows for choice in row)
    chosen = numpy.zeros((len(rows), layers, experts), dtype=bool)
    for token, row in enumerate(rows):
        for layer, choice in enumerate(row):
            chosen[token, layer, choice] = True
    return {
        "tokens": len(rows), "sequences": len(set(sequences)), "choices": int(chosen.sum()),
        "popularity": popularity(chosen),
        "reuse": [reuse(rows, layer, experts) for layer in range(layers)],
        "demand": demand(chosen),
        "overlap": overlap(chosen, sequences),
        "association": [association(rows, chosen, layer, width) for layer in range(1, layers)],
    }


def synthetic(trace):
    rows = {}
    for tick, layer, *experts in trace["events"]:
        rows.setdefault(tick, [[] for _ in range(trace["layers"])])[layer] = experts
    tokens = [rows[tick] for tick in sorted(rows)]
    return statistics(trace["layers"], trace["experts"], tokens, [0] * len(tokens))


def demo(path):
    table = numpy.loadtxt(path, delimiter=",", comments=("#", "sequence"), usecols=(0, 1, 3, 4, 5), dtype=int)
    layers, width = table[:, 2].max() + 1, table[:, 3].max() + 1
    rows = table[:, 4].reshape(-1, layers, width).tolist()
    return statistics(layers, 32, rows, table[:: layers * width, 0].tolist())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--traces", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    target = arguments.out / "statistics.json"
    result = json.loads(target.read_text()) if target.exists() else {}
    for name, trace in json.loads((arguments.out / "traces.json").read_text()).items():
        result[name] = synthetic(trace)
    if arguments.traces:
        for name in ("demo-story", "demo-code"):
            result[name] = demo(arguments.traces / f"{name}.csv")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in result.items())
    target.write_text("{\n" + lines + "\n}\n")


main()
