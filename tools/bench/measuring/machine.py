"""The machine while something is measured on it: what it is, who else uses it, what lies in its memory."""

import mmap
import os
import resource
import subprocess
import sys
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# Reading a file once in pieces of this size brings it into the page cache.
PIECE_BYTES = 16 << 20
# Advice to the kernel of Linux 5.14 that Python has no name for.
MADV_POPULATE_WRITE = 23


def description() -> dict:
    """Processor, memory and kernel of this machine."""
    processor = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            processor = line.split(":", 1)[1].strip()
            break
    return {"processor": processor, "cores": len(os.sched_getaffinity(0)),
            "memory_bytes": memory("MemTotal"), "system": " ".join(os.uname()[i] for i in (0, 2, 4))}


def memory(field: str) -> int:
    """A size of /proc/meminfo in bytes, such as MemAvailable."""
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        name, value = line.split(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise LookupError(f"/proc/meminfo has no {field}")


def warm(path: Path) -> None:
    """Reads a file to its end, so that the page cache holds it.

    A file that does not fit is refused: every run would read it from disk, and the disk would be measured.
    """
    size, available = path.stat().st_size, memory("MemAvailable")
    if size > available * 0.9:
        sys.exit(f"{path} has {size / 1e9:.1f} GB and {available / 1e9:.1f} GB of memory are available: "
                 "not resident")
    buffer = bytearray(PIECE_BYTES)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def touch(size: int) -> None:
    """Fills so much memory and frees it again, as far as there is so much.

    A virtual machine may have given memory that was free for some seconds back to its host. Who takes it then
    waits for the host at every page, twenty times as long as for the same page freed just now.
    """
    size = max(mmap.PAGESIZE, min(size, memory("MemAvailable") // 2))
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages:
        pages.madvise(mmap.MADV_HUGEPAGE)
        pages.madvise(MADV_POPULATE_WRITE)


def _processor_seconds(pid: int) -> float:
    """User and system time that a process has taken so far; 0 for one that is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _processes() -> dict:
    """Seconds and name of every process that runs now."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name = (entry / "comm").read_text(encoding="utf-8", errors="replace").strip()
            except OSError:
                continue
            found[int(entry.name)] = (_processor_seconds(int(entry.name)), name)
    return found


class Watch:
    """While it is entered, counts the processor time that others took: neither we nor our children.

    `others` and `stolen` are shares of one core; `busiest` names the process that took most of it, as far as
    it still runs. A process in `tolerated`, one that was started to disturb, counts as ours.
    """

    def __init__(self, tolerated: tuple = ()):
        self.tolerated = tolerated

    def _state(self) -> tuple:
        total = Path("/proc/stat").read_text(encoding="utf-8").split("\n")[0]
        fields = [int(text) for text in total.split()[1:]]
        user, nice, system, _, _, interrupts, soft, stolen = fields[:8]
        own = sum(_processor_seconds(pid) for pid in self.tolerated)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            own += usage.ru_utime + usage.ru_stime
        return (user + nice + system + interrupts + soft) / TICKS, stolen / TICKS, own, os.times().elapsed

    def __enter__(self) -> "Watch":
        self.load = os.getloadavg()[0]
        self._before = _processes()
        self._start = self._state()
        return self

    def __exit__(self, *_) -> None:
        used, stolen, own, wall = (now - then for now, then in zip(self._state(), self._start))
        self.seconds = wall
        self.others = max(0.0, used - own) / max(wall, 1e-9)
        self.stolen = stolen / max(wall, 1e-9)
        ours = {os.getpid(), *self.tolerated}
        taken = [(seconds - self._before.get(pid, (0.0, ""))[0], name)
                 for pid, (seconds, name) in _processes().items() if pid not in ours]
        self.busiest = max(taken, default=(0.0, ""))[1]


class BusyLoop:
    """A process that does nothing but take one core, to which it is pinned, until it is left."""

    def __init__(self, core: int):
        self.core = core

    def __enter__(self) -> int:
        """The id of the process."""
        code = "while True: pass"
        self._process = subprocess.Popen([sys.executable, "-c", code])
        os.sched_setaffinity(self._process.pid, {self.core})
        return self._process.pid

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()
