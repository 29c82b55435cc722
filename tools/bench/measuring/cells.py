"""The cells of a table of speeds, what was measured of them, and how they are printed."""

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

from .programs import Test


@dataclass(frozen=True)
class Cell:
    """One comparison: what both programs are asked to do, under one condition."""

    model: Path
    threads: int
    test: Test
    is_busy: bool = False

    @property
    def key(self) -> list:
        """Names the cell in a record."""
        return [self.model.stem, self.threads, self.test.name, self.test.depth, self.is_busy]

    @property
    def title(self) -> str:
        """Names the cell to people."""
        depth = f" @ {self.test.depth}" if self.test.depth else ""
        return f"{self.model.stem} {self.test.name}{depth} -t {self.threads}{' busy' if self.is_busy else ''}"


class Record:
    """Everything that was measured, a line of JSON each; in a file, where one is named, to go on from.

    `builds` tells which builds of the programs were measured: figures of two builds do not mix.
    """

    def __init__(self, path: Path | None, builds: dict):
        self._path = path
        self.rows: list = []
        if path and path.exists():
            self.rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            known = [row["builds"] for row in self.rows if "builds" in row]
            if any(other != builds for other in known):
                raise ValueError(f"{path} was measured with other builds; name another file or remove it")
        if not any("builds" in row for row in self.rows):
            self.add({"builds": builds})

    def add(self, row: dict) -> None:
        """Keeps one line."""
        self.rows.append(row)
        if self._path:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def of(self, cell: Cell) -> list:
        """The lines about a cell."""
        return [row for row in self.rows if row.get("cell") == cell.key]

    def rounds(self, cell: Cell) -> int:
        """Rounds of a cell that were finished."""
        return max((row["round"] for row in self.of(cell)), default=0)

    def bandwidths(self, cell: Cell | None = None) -> dict:
        """The median of the bandwidths measured in a cell, or in all: bytes per second by threads."""
        found: dict = {}
        for row in self.rows:
            if cell and row.get("probe") != cell.key:
                continue
            for threads, speed in row.get("bandwidths", {}).items():
                found.setdefault(int(threads), []).append(speed)
        return {threads: statistics.median(speeds) for threads, speeds in found.items()}


def speeds(rows: list, program: str) -> tuple:
    """The variant of a program with the best median over rounds, and that variant's speed in each round."""
    by_variant: dict = {}
    for row in rows:
        if row["program"] == program:
            by_variant.setdefault(row["variant"], []).append(statistics.median(row["tokens_per_second"]))
    if not by_variant:
        return "", []
    return max(by_variant.items(), key=lambda item: statistics.median(item[1]))


def summary(cell: Cell, record: Record) -> dict:
    """What one line of the table says."""
    rows = record.of(cell)
    name, depth = cell.test.name, cell.test.depth
    found = {"model": cell.model.stem, "threads": cell.threads, "test": name, "depth": depth,
             "busy": cell.is_busy, "rounds": record.rounds(cell),
             "disturbed": sum(row["is_disturbed"] for row in rows),
             "load_average": max((row["load"] for row in rows), default=None)}
    moved = [row["bytes_per_token"] for row in rows if "bytes_per_token" in row]
    limit = None
    bandwidth = record.bandwidths(cell).get(cell.threads)
    if cell.test.is_decode and moved and bandwidth:
        found["bytes_per_token"] = moved[0]
        limit = bandwidth / moved[0]
    for program in ("llama.cpp", "sluice"):
        variant, values = speeds(rows, program)
        if values:
            median = statistics.median(values)
            found[program] = {"variant": variant, "median": median, "min": min(values), "max": max(values),
                              "share_of_limit": median / limit if limit else None}
    if "llama.cpp" in found and "sluice" in found:
        found["ratio"] = found["sluice"]["median"] / found["llama.cpp"]["median"]
    return found


def _speed(found: dict | None) -> str:
    if not found:
        return "-"
    digits = 1 if found["median"] >= 10 else 2
    return f"{found['median']:.{digits}f} [{found['min']:.{digits}f}..{found['max']:.{digits}f}]"


def _share(found: dict | None) -> str:
    share = (found or {}).get("share_of_limit")
    return "-" if share is None else f"{100 * share:.0f} %"


def lines(header: list, rows: list) -> str:
    """A table that reads as text and as Markdown."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    def line(row: list) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|",
                      *map(line, rows)])


def table(summaries: list) -> str:
    """The table of speeds, in tokens per second, and where conditions were varied what each program kept."""
    rows = []
    for found in summaries:
        test = found["test"] + (f" @ {found['depth']}" if found["depth"] else "")
        peer, ours = found.get("llama.cpp"), found.get("sluice")
        disturbed = f", {found['disturbed']} disturbed" if found["disturbed"] else ""
        rows.append([
            found["model"], test + (" busy" if found["busy"] else ""), str(found["threads"]), _speed(peer),
            peer["variant"] if peer else "-", _speed(ours),
            f"{found['ratio']:.2f}" if "ratio" in found else "-", _share(peer), _share(ours),
            f"{found['rounds']}{disturbed}"])
    text = lines(["model", "test", "threads", "llama.cpp", "with", "Sluice", "ratio",
                   "its share of limit", "our share", "rounds"], rows)
    kept = _kept(summaries)
    return text + (f"\n\n{kept}" if kept else "")


def _kept(summaries: list) -> str:
    """What is left of a program's speed in a busy machine or a long context."""
    def base(found: dict) -> dict | None:
        same = ("model", "threads", "test")
        return next((other for other in summaries if not other["busy"] and other["depth"] == 0
                     and all(other[key] == found[key] for key in same)), None)
    rows = []
    for found in summaries:
        plain = base(found)
        if plain is None or plain is found:
            continue
        condition = " ".join(filter(None, ["one core busy" if found["busy"] else "",
                                           f"@ {found['depth']}" if found["depth"] else ""]))
        shares = [f"{100 * found[name]['median'] / plain[name]['median']:.0f} %"
                  if name in found and name in plain else "-" for name in ("llama.cpp", "sluice")]
        rows.append([found["model"], found["test"], str(found["threads"]), condition, *shares])
    header = ["model", "test", "threads", "condition", "llama.cpp keeps", "Sluice keeps"]
    return lines(header, rows) if rows else ""
