"""A memory limit that a program is run under: a memory cgroup, of the first version or the second."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# How often a running program is looked at: its swap is gone when it has ended.
LOOK_SECONDS = 0.05
# A group can be removed only when the kernel has let go of its last process.
REMOVAL_ATTEMPTS = 50


@dataclass(frozen=True)
class Ended:
    """What a program left: status as in `subprocess`, what it wrote, and what it took."""

    status: int
    output: str
    errors: str
    seconds: float
    read_bytes: int
    major_faults: int
    swap_bytes: int


def _find_parent() -> tuple:
    """The folder of the system's memory groups and their version."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    for _, folder, kind, options, *_ in mounts:
        if kind == "cgroup" and "memory" in options.split(","):
            return Path(folder), 1
    for _, folder, kind, *_ in mounts:
        controllers = Path(folder) / "cgroup.controllers"
        if kind == "cgroup2" and "memory" in controllers.read_text(encoding="utf-8").split():
            return Path(folder), 2
    sys.exit("this system has no memory cgroups")


class MemoryGroup:
    """While it is entered, a group whose processes have so much memory, their page cache counted."""

    def __init__(self, limit_bytes: int):
        self.limit_bytes = limit_bytes
        parent, self._version = _find_parent()
        self._folder = parent / f"sluice-bench-{os.getpid()}"

    def __enter__(self) -> "MemoryGroup":
        try:
            if self._version == 2:
                (self._folder.parent / "cgroup.subtree_control").write_text("+memory", encoding="ascii")
            self._folder.mkdir()
        except OSError as error:
            sys.exit(f"no memory group can be made: {error}; the bench needs to be root")
        name = "memory.limit_in_bytes" if self._version == 1 else "memory.max"
        (self._folder / name).write_text(str(self.limit_bytes), encoding="ascii")
        return self

    def __exit__(self, *_) -> None:
        for _ in range(REMOVAL_ATTEMPTS):
            try:
                self._folder.rmdir()
                return
            except OSError:
                time.sleep(0.1)
        print(f"{self._folder} could not be removed", file=sys.stderr)

    @property
    def kills(self) -> int:
        """Processes of the group that the kernel ended for want of memory."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        lines = (self._folder / name).read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    @property
    def peak_bytes(self) -> int | None:
        """The most that was used at once, page cache counted; None where the kernel does not tell."""
        path = self._folder / ("memory.max_usage_in_bytes" if self._version == 1 else "memory.peak")
        return int(path.read_text(encoding="ascii")) if path.exists() else None

    def _enter_child(self) -> None:
        (self._folder / "cgroup.procs").write_text("0", encoding="ascii")

    def run(self, command: list, given: str = "", environment: dict | None = None,
            observe=lambda process: None) -> Ended:
        """Runs a program in the group to its end. It does not survive this call, whatever ends it.

        `observe` is called with the process now and then while it runs.
        """
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as output, \
                tempfile.TemporaryFile() as errors:
            source.write(given.encode())
            source.seek(0)
            start = time.monotonic()
            process = subprocess.Popen(command, stdin=source, stdout=output, stderr=errors, env=environment,
                                       preexec_fn=self._enter_child)
            swap = 0
            try:
                while True:
                    pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                    if pid:
                        process.returncode = os.waitstatus_to_exitcode(status)
                        break
                    swap = max(swap, _swapped(process.pid))
                    observe(process)
                    time.sleep(LOOK_SECONDS)
            finally:
                if process.returncode is None:
                    process.kill()
                    process.wait()
            seconds = time.monotonic() - start
            output.seek(0)
            errors.seek(0)
            # Linux counts blocks of 512 bytes.
            return Ended(process.returncode, output.read().decode(), errors.read().decode(errors="replace"),
                         seconds, usage.ru_inblock * 512, usage.ru_majflt, swap)


def _swapped(pid: int) -> int:
    """Bytes of a process that lie in swap; 0 of one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmSwap:")]
    return int(found[0]) * 1024 if found else 0


def facts(ended: Ended, group: MemoryGroup) -> dict:
    """What is recorded of every run, failed or not."""
    found = {"run_seconds": ended.seconds, "read_bytes": ended.read_bytes,
             "major_faults": ended.major_faults, "swap_bytes": ended.swap_bytes,
             "limit_bytes": group.limit_bytes, "peak_bytes": group.peak_bytes, "kills": group.kills}
    if ended.status == 0:
        return found
    lines = ended.errors.strip().splitlines() or [f"ended with {ended.status}"]
    return {**found, "failure": "killed: out of memory" if group.kills else lines[-1]}


def end_orderly() -> None:
    """Lets a request to end unwind as Ctrl-C does, so that settings of the machine are put back."""
    def leave(number: int, _) -> None:
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
