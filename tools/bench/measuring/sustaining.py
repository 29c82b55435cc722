"""Our program alone, generating for minutes under a limit that the kernel enforces."""

import time

from . import disk
from .memory_group import MemoryGroup, facts
from .streaming_cells import StreamingCell
from .streaming_programs import HEADROOM, Sluice, Work

# How often it is told how far a run is.
TELLING_SECONDS = 30


def sustain(program: Sluice, cell: StreamingCell, prompt: tuple, options, tell) -> dict:
    """Generates for so many minutes in one group of the budget and 2 %; what the kernel saw of it.

    A request ends where its context is full, and the next one starts with another seed: the larger the
    context, the longer a process lives. Sampled, not greedy: a text that repeats itself misses few experts.
    The last request is ended when the time is over, which is no failure.
    """
    end = time.monotonic() + 60 * options.sustain
    work = Work(cell.model, prompt, options.context - len(prompt), options.context, cell.threads)
    command = [*program.command(work, cell.limit_bytes), "--temp", "1", "-q"]
    found = {"model": cell.model.stem, "memory_share": cell.share, "budget_bytes": cell.limit_bytes,
             "minutes": 0.0, "requests": 0, "requests_finished": 0, "generated_bytes": 0,
             "failure": None, "swap_bytes": 0}
    told = [time.monotonic()]

    def observe(process) -> None:
        now = time.monotonic()
        if now >= end:
            process.kill()
        elif now - told[0] >= TELLING_SECONDS:
            told[0] = now
            tell(f"    {(end - now) / 60:.1f} min left, request {found['requests']}")

    disk.forget()
    with MemoryGroup(int(cell.limit_bytes * HEADROOM)) as group:
        start = time.monotonic()
        while time.monotonic() < end and not found["failure"]:
            found["requests"] += 1
            ended = group.run([*command, "--seed", str(found["requests"])], observe=observe)
            taken = facts(ended, group)
            found["requests_finished"] += ended.status == 0
            found["generated_bytes"] += len(ended.output.encode())
            found["swap_bytes"] = max(found["swap_bytes"], taken["swap_bytes"])
            if time.monotonic() < end or group.kills:
                found["failure"] = taken.get("failure")
        found["minutes"] = (time.monotonic() - start) / 60
        return {**found, "kills": group.kills, "peak_bytes": group.peak_bytes,
                "limit_bytes": group.limit_bytes}
