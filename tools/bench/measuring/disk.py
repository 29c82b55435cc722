"""The disk below a file, for runs that start cold: its read-ahead, its bandwidth, what is cached of it."""

import ctypes
import mmap
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The probe reads so many pieces at random, as large as an expert's matrix may be, a few at a time.
PROBE_PIECES = 256
PROBE_BYTES = 2 << 20
PROBE_DEPTH = 4


def forget() -> None:
    """Empties the page cache: what is read next comes from the disk."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError as error:
        sys.exit(f"the page cache cannot be emptied: {error}; the bench needs to be root")


def cached_bytes(path: Path) -> int:
    """How much of a file lies in the page cache, whoever read it.

    Pages that a process outside a memory group brought in count there, and serve those in the group for
    nothing; the pages of a mapping in use are not emptied either.
    """
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.restype = ctypes.c_void_p
    library.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    library.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
    library.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    size = path.stat().st_size
    pages = ctypes.create_string_buffer(-(-size // mmap.PAGESIZE))
    with open(path, "rb") as file:
        address = library.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
    if address == ctypes.c_void_p(-1).value:
        sys.exit(f"{path} cannot be mapped: {os.strerror(ctypes.get_errno())}")
    status = library.mincore(address, size, pages)
    library.munmap(address, size)
    if status != 0:
        sys.exit(f"mincore of {path}: {os.strerror(ctypes.get_errno())}")
    return pages.raw.count(b"\1") * mmap.PAGESIZE


def _settings(path: Path) -> Path:
    """The folder of the settings of the disk that a file lies on; a partition has its disk's."""
    number = path.stat().st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve()
    for folder in (device, device.parent):
        if (folder / "queue/read_ahead_kb").exists():
            return folder / "queue"
    sys.exit(f"the disk of {path} cannot be told; --read-ahead 0 leaves its settings alone")


class ReadAhead:
    """While it is entered, the disks of some files read ahead so far; afterwards as before.

    It decides how much a page fault of a mapped file reads, and machines differ in it.
    """

    def __init__(self, kibibytes: int, paths: list):
        self._wanted = str(kibibytes)
        self._files = {_settings(path) / "read_ahead_kb" for path in paths} if kibibytes else set()
        self._before: dict = {}

    def __enter__(self) -> "ReadAhead":
        for file in self._files:
            self._before[file] = file.read_text(encoding="ascii").strip()
            file.write_text(self._wanted, encoding="ascii")
        return self

    def __exit__(self, *_) -> None:
        for file, before in self._before.items():
            file.write_text(before, encoding="ascii")


def bandwidth(path: Path, seed: int) -> float | None:
    """Bytes per second of direct reads at random places of a file; None where it refuses direct reads.

    The first reads of a place can be slower than later ones, as where a host caches its guests' disks. A
    program that reads the same experts over and over sees the later ones, so all places are read once before.
    """
    pieces = path.stat().st_size // PROBE_BYTES
    if pieces < 1 or not hasattr(os, "O_DIRECT"):
        return None
    try:
        file = os.open(path, os.O_RDONLY | os.O_DIRECT)
    except OSError:
        return None
    generator = random.Random(seed)
    places = [generator.randrange(pieces) * PROBE_BYTES for _ in range(PROBE_PIECES)]
    # Direct reads want aligned memory, which a mapping is.
    buffers = [mmap.mmap(-1, PROBE_BYTES) for _ in range(PROBE_DEPTH)]

    def read(reader: int) -> int:
        return sum(os.preadv(file, [buffers[reader]], place) for place in places[reader::PROBE_DEPTH])
    try:
        with ThreadPoolExecutor(PROBE_DEPTH) as pool:
            list(pool.map(read, range(PROBE_DEPTH)))
            start = time.perf_counter()
            total = sum(pool.map(read, range(PROBE_DEPTH)))
            return total / (time.perf_counter() - start)
    except OSError:
        return None
    finally:
        os.close(file)
