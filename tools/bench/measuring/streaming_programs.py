"""The two programs where the model is larger than their memory: the same tokens fed, as many generated.

llama.cpp maps the file and repacks nothing, the one way of its own that survives such a limit.
"""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .memory_group import MemoryGroup, facts
from .programs import digest

DRIVER = Path(__file__).parents[1] / "peer/decode.cpp"
# The limit of the group over what our program is told: the kernel counts pages in lots per processor.
HEADROOM = 1.02


@dataclass(frozen=True)
class Work:
    """What both programs are asked: this prompt, then so many tokens, in a context of so many positions.

    llama.cpp is fed `text` in place of the tokens it chose, as far as that goes.
    """

    model: Path
    prompt: tuple
    generated: int
    context: int
    threads: int
    text: tuple = ()


class Sluice:
    """`sluice run`, told the limit less the headroom, and what its receipt says."""

    name = "sluice"

    def __init__(self, program: Path, arguments: list):
        if not program.is_file():
            sys.exit(f"{program} is missing: swift build -c release --product sluice")
        self.program, self.arguments = str(program), arguments
        self.digest = digest(program)

    def ask(self, *command, given: str = ""):
        """The JSON that a command of ours prints."""
        done = subprocess.run([self.program, *command], input=given, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"sluice {' '.join(command)}: {done.stderr.strip()[-600:]}")
        return json.loads(done.stdout)

    def prompt(self, model: Path, text: Path | None, count: int) -> tuple:
        """The first tokens of a text; without one, tokens drawn at random, equally in every call."""
        if text is None:
            size = self.ask("inspect", str(model), "--json")["vocabulary_size"]
            generator = random.Random(1)
            return tuple(generator.randrange(size) for _ in range(count))
        # No token of the text is longer than 32 characters on average.
        head = text.read_text(encoding="utf-8")[:count * 32]
        found = self.ask("tokenize", str(model), "--no-special", given=head)[:count]
        if len(found) < count:
            sys.exit(f"{text} has {len(found)} tokens, the prompt wants {count}")
        return tuple(found)

    def command(self, work: Work, memory_bytes: int) -> list:
        """The command line, without what is to be written where."""
        return [self.program, "run", "-m", str(work.model), "--tokens", ",".join(map(str, work.prompt)),
                "-n", str(work.generated), "-c", str(work.context), "-t", str(work.threads), "--ignore-eos",
                "--memory", str(memory_bytes), *self.arguments]

    def run(self, work: Work, group: MemoryGroup) -> dict:
        """One run: times, tokens, and what came from the disk."""
        command = self.command(work, int(group.limit_bytes / HEADROOM))
        ended = group.run([*command, "--temp", "0", "--json", "-q"])
        found = facts(ended, group)
        if "failure" in found:
            return found
        result = json.loads(ended.output)
        receipt = result["receipt"]
        decode, prefill = (receipt["experts"].get(phase) or {} for phase in ("decode", "prefill"))
        return {**found, "tokens": result["tokens"], "prefill_seconds": receipt["prefill_seconds"],
                "decode_seconds": receipt["decode_seconds"], "prefill_bytes": prefill.get("bytes_read"),
                "prefill_requests": prefill.get("requests"), "prefill_misses": prefill.get("misses"),
                "decode_bytes": decode.get("bytes_read"), "hit_rate": decode.get("hit_rate"),
                "stall_seconds": decode.get("stall_seconds"), "residency": receipt["residency"],
                "slots": receipt["expert_slots"], "share": receipt["law"]["share"],
                "read_bandwidth": receipt["io"]["bandwidth"], "method": receipt["io"]["method"],
                "policy": receipt["policy"]}


class Peer:
    """llama.cpp's library under a driver of ours, which is compiled against the headers it was built from."""

    name = "llama.cpp"

    def __init__(self, libraries: Path, source: Path | None, folder: Path, longest_seconds: float):
        source = source or _source_of(libraries)
        if not (source / "include/llama.h").is_file():
            sys.exit(f"{source} has no include/llama.h; --peer-source names the folder of llama.cpp's source")
        self._program, self._longest = folder / "decode", longest_seconds
        command = [os.environ.get("CXX", "c++"), "-O2", "-std=c++17", f"-I{source / 'include'}",
                   f"-I{source / 'ggml/include'}", str(DRIVER), "-o", str(self._program), f"-L{libraries}",
                   "-lllama", "-lggml", "-lggml-base", f"-Wl,-rpath,{libraries.resolve()}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr.strip()[-1200:]}")
        self.digest = digest(DRIVER, *sorted(libraries.glob("libllama.so")),
                              *sorted(libraries.glob("libggml-cpu.so")))

    def run(self, work: Work, group: MemoryGroup) -> dict:
        """One run, as of our program."""
        numbers = (work.threads, work.context, len(work.prompt), work.generated, self._longest)
        ended = group.run([str(self._program), str(work.model), *map(str, numbers)],
                          given=" ".join(map(str, work.prompt + work.text)))
        found = facts(ended, group)
        return found if "failure" in found else {**found, **json.loads(ended.output)}


def _source_of(libraries: Path) -> Path:
    """The source that a folder of libraries was built from, as CMake noted it beside."""
    cache = libraries.parent / "CMakeCache.txt"
    lines = cache.read_text(encoding="utf-8").splitlines() if cache.is_file() else []
    found = [line.split("=", 1)[1] for line in lines if line.startswith("CMAKE_HOME_DIRECTORY:")]
    if not found:
        sys.exit(f"{cache} does not tell where llama.cpp's source is; --peer-source names it")
    return Path(found[0])
