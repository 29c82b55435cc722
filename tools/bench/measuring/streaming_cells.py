"""The cells of a table of runs under a memory limit, and how they are printed."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from .cells import Record, lines


@dataclass(frozen=True)
class StreamingCell:
    """One comparison: a model, the memory for it as a share of its file, and what is fed and generated."""

    model: Path
    share: float
    prompt: int
    generated: int
    threads: int
    # What else figures must agree in to be compared: context, kind of prompt, read-ahead, our arguments.
    conditions: str

    @property
    def key(self) -> list:
        """Names the cell in a record."""
        return [self.model.stem, self.share, self.prompt, self.generated, self.threads, self.conditions]

    @property
    def title(self) -> str:
        """Names the cell to people."""
        return f"{self.model.stem} at {100 * self.share:g} % of {self.size_bytes / 1e9:.2f} GB"

    @property
    def size_bytes(self) -> int:
        """The size of the file."""
        return self.model.stat().st_size

    @property
    def limit_bytes(self) -> int:
        """The memory that each program has."""
        return int(self.share * self.size_bytes)

    @property
    def is_decode(self) -> bool:
        """Whether tokens one by one are timed, or the prompt."""
        return self.generated > 1


def speed(row: dict, is_decode: bool) -> float:
    """Tokens per second of a run. The first token comes from the prompt's logits, at no step of its own."""
    if is_decode:
        return (len(row["tokens"]) - 1) / row["decode_seconds"]
    return row["prompt"] / row["prefill_seconds"]


def _middle(rows: list, value) -> float | None:
    """The median of what `value` finds in the rows that have it."""
    found = [value(row) for row in rows]
    found = [number for number in found if number is not None]
    return statistics.median(found) if found else None


def _per_step(row: dict, name: str) -> float | None:
    return None if row.get(name) is None else row[name] / (len(row["tokens"]) - 1)


def _reading_seconds(row: dict, expert_bytes: int) -> float | None:
    """The time to read the experts that the prompt needs, each once, at the bandwidth of the run's reads.

    An expert of a layer counts once in a step, so requests are experts while the prompt is one step; no more
    than all experts are read in any case.
    """
    if not row.get("prefill_misses") or not row.get("read_bandwidth"):
        return None
    touched = row["prefill_requests"] * row["prefill_bytes"] / row["prefill_misses"]
    return min(touched, expert_bytes) / row["read_bandwidth"]


def _least_disturbed(rows: list) -> list:
    """Of the attempts at a run the one that others disturbed least."""
    found: dict = {}
    for row in rows:
        key = (row["round"], row["program"])
        if key not in found or (row["is_disturbed"], row["others"]) < (
                found[key]["is_disturbed"], found[key]["others"]):
            found[key] = row
    return list(found.values())


def _agreeing(rows: list) -> int | None:
    """The number of places in which both programs' first runs chose the same token."""
    both = [next((row["tokens"] for row in rows if row["program"] == name and "tokens" in row), None)
            for name in ("sluice", "llama.cpp")]
    return None if None in both else sum(one == other for one, other in zip(*both))


def _of_program(cell: StreamingCell, rows: list) -> dict:
    """What is told of each program alike."""
    good = [row for row in rows if "failure" not in row]
    found = {"runs": len(rows), "failures": sorted({row["failure"] for row in rows if "failure" in row}),
             "disturbed": sum(row["is_disturbed"] for row in rows),
             "kills": sum(row["kills"] for row in rows),
             "swap_bytes": max(row["swap_bytes"] for row in rows),
             "peak_bytes": max((row["peak_bytes"] or 0 for row in rows))}
    if not good:
        return found
    speeds = [speed(row, cell.is_decode) for row in good]
    found |= {"median": statistics.median(speeds), "min": min(speeds), "max": max(speeds),
              "tokens": min(len(row["tokens"]) for row in good),
              "prefill_seconds": _middle(good, lambda row: row["prefill_seconds"]),
              "load_seconds": _middle(good, lambda row: row["run_seconds"] - row["prefill_seconds"]
                                      - row["decode_seconds"]),
              "major_faults": _middle(good, lambda row: row["major_faults"]),
              "read_bytes": _middle(good, lambda row: row["read_bytes"])}
    if cell.is_decode:
        found["bytes_per_token"] = _middle(good, lambda row: _per_step(row, "decode_bytes"))
    return found


def summary(cell: StreamingCell, record: Record) -> dict:
    """What one line of the tables says."""
    rows = _least_disturbed(record.of(cell))
    found = {"model": cell.model.stem, "memory_share": cell.share, "limit_bytes": cell.limit_bytes,
             "prompt_tokens": cell.prompt, "threads": cell.threads, "conditions": cell.conditions,
             "agreeing_tokens": _agreeing(rows),
             "disk_bandwidth": _middle(rows, lambda row: row["disk_bandwidth"])}
    for name in ("sluice", "llama.cpp"):
        own = [row for row in rows if row["program"] == name]
        if own:
            found[name] = _of_program(cell, own)
    good = [row for row in rows if row["program"] == "sluice" and "failure" not in row]
    if good:
        ours = found["sluice"]
        for name in ("hit_rate", "residency", "share", "read_bandwidth"):
            ours[name] = _middle(good, lambda row, name=name: row.get(name))
        if cell.is_decode:
            ours["stall_seconds_per_token"] = _middle(good, lambda row: _per_step(row, "stall_seconds"))
        else:
            expert_bytes = good[0]["expert_bytes"]
            ours["reading_seconds"] = _middle(good, lambda row: _reading_seconds(row, expert_bytes))
            ours["over_reading"] = _middle(good, lambda row: _over(row, expert_bytes))
    if all("median" in found.get(name, {}) for name in ("sluice", "llama.cpp")):
        found["ratio"] = found["sluice"]["median"] / found["llama.cpp"]["median"]
    return found


def _over(row: dict, expert_bytes: int) -> float | None:
    seconds = _reading_seconds(row, expert_bytes)
    return row["prefill_seconds"] / seconds if seconds else None


def _number(value: float | None, digits: int = 2, factor: float = 1.0) -> str:
    return "-" if value is None else f"{value * factor:.{digits}f}"


def _speed(found: dict | None, wanted: int) -> str:
    """A program's speed, or why there is none; of a run that was cut short, also how many tokens it made."""
    if not found:
        return "-"
    failed = "; ".join(found["failures"])
    if "median" not in found:
        return failed
    digits = 1 if found["median"] >= 10 else 2
    text = f"{found['median']:.{digits}f} [{found['min']:.{digits}f}..{found['max']:.{digits}f}]"
    if found["tokens"] < wanted:
        text += f" of {found['tokens']} tokens"
    return text + (f", else {failed}" if failed else "")


def _rounds(found: dict) -> str:
    programs = [found[name] for name in ("sluice", "llama.cpp") if name in found]
    disturbed = sum(each["disturbed"] for each in programs)
    return f"{min((each['runs'] for each in programs), default=0)}" + (
        f", {disturbed} runs disturbed" if disturbed else "")


def _memory(found: dict) -> str:
    return f"{100 * found['memory_share']:g} %, {found['limit_bytes'] / 1e6:.0f} MB"


def decode_table(summaries: list, wanted: int) -> str:
    """Tokens per second one by one."""
    rows = []
    for found in summaries:
        ours, peer = found.get("sluice", {}), found.get("llama.cpp", {})
        rows.append([found["model"], _memory(found), _speed(ours, wanted), _speed(peer, wanted),
                     _number(found.get("ratio")), _number(ours.get("bytes_per_token"), 0, 1e-6),
                     _number(peer.get("bytes_per_token"), 0, 1e-6), _number(ours.get("hit_rate")),
                     _number(ours.get("share")), _rounds(found)])
    return lines(["model", "memory", "Sluice", "llama.cpp", "ratio", "our MB/token", "its MB/token",
                  "hit rate", "our share of limit", "rounds"], rows)


def prefill_table(summaries: list) -> str:
    """Tokens per second of the prompt, and ours against reading the experts that it needs."""
    rows = []
    for found in summaries:
        ours, peer = found.get("sluice", {}), found.get("llama.cpp", {})
        rows.append([found["model"], _memory(found), _speed(ours, 1), _speed(peer, 1),
                     _number(found.get("ratio")), _number(ours.get("prefill_seconds")),
                     _number(ours.get("reading_seconds")), _number(ours.get("over_reading")),
                     _rounds(found)])
    return lines(["model", "memory", "Sluice", "llama.cpp", "ratio", "our seconds",
                  "seconds to read its experts", "times that", "rounds"], rows)


def cache_table(summaries: list) -> str:
    """What became of the memory and the disk."""
    rows = []
    for found in summaries:
        for name, label in (("sluice", "Sluice"), ("llama.cpp", "llama.cpp")):
            own = found.get(name)
            if not own:
                continue
            rows.append([
                found["model"], _memory(found), label, _number(own.get("residency")),
                _number(own.get("hit_rate")), _number(own.get("stall_seconds_per_token"), 1, 1e3),
                _number(own.get("read_bandwidth"), 2, 1e-9), _number(found["disk_bandwidth"], 2, 1e-9),
                _number(own.get("read_bytes"), 2, 1e-9), _number(own.get("major_faults"), 0),
                _number(own.get("load_seconds"), 1), _number(own.get("prefill_seconds"), 1),
                f"{100 * own['peak_bytes'] / found['limit_bytes']:.1f} %", str(own["kills"]),
                str(own["swap_bytes"]), _number(found["agreeing_tokens"], 0)])
    return lines(["model", "memory", "program", "residency", "hit rate", "stall ms/token", "reads GB/s",
                  "probe GB/s", "GB read", "major faults", "load s", "prompt s", "peak of limit", "kills",
                  "swap bytes", "tokens alike"], rows)
