"""The two programs that are compared: how each is asked for one test, and what it answers."""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Test:
    """`pp512` or `tg128`, with so many tokens in the context before it starts."""

    name: str
    depth: int = 0

    @staticmethod
    def check(name: str) -> str:
        """The name, where it is one."""
        if not re.fullmatch(r"(pp|tg)[1-9][0-9]*", name):
            raise ValueError(f"{name} is no test; expected pp or tg and a number of tokens, such as tg128")
        return name

    @property
    def is_decode(self) -> bool:
        """Whether tokens are generated one by one, each reading the weights."""
        return self.name.startswith("tg")

    @property
    def sizes(self) -> list:
        """The arguments that both programs spell alike."""
        count = self.name[2:]
        return ["-p", "0", "-n", count] if self.is_decode else ["-p", count, "-n", "0"]


def _answer(command: list, environment: dict | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr.strip()[-600:]}")
    return done.stdout


def _first_line(command: list) -> str:
    """What a program says of itself; empty where it cannot be asked."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split("\n")[0]
    except OSError:
        return ""


def digest(*paths: Path) -> str:
    """Tells one build of a program from another."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Peer:
    """llama.cpp's `llama-bench`. It maps the file and copies what it repacks, where it is told to."""

    name = "llama.cpp"

    def __init__(self, folder: Path):
        self._program = folder / "llama-bench"
        if not self._program.is_file():
            sys.exit(f"{folder} holds no llama-bench; --peer names the folder bin of a build of llama.cpp")
        self._environment = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
        options = _answer([str(self._program), "--help"], self._environment)
        # Builds from before the option existed have one way to run.
        self.variants = (
            {"repack": ["--repack", "1"], "no repack": ["--repack", "0"]} if "--repack" in options
            else {"default": []})
        version = subprocess.run([self._program, "--version"], capture_output=True, text=True, check=False,
                                 env=self._environment)
        self.version = " ".join((version.stdout + version.stderr).split())
        self.digest = digest(self._program, *sorted(folder.glob("libggml-cpu.so*")))

    def run(self, model: Path, test: Test, threads: int, variant: str, repetitions: int) -> dict:
        """One start of the program: tokens per second of each repetition, in their order."""
        command = [str(self._program), "-m", str(model), *test.sizes, "-t", str(threads), "-r",
                   str(repetitions), "-o", "json", *self.variants[variant]]
        if test.depth:
            command += ["-d", str(test.depth)]
        result = json.loads(_answer(command, self._environment))
        return {"tokens_per_second": result[0]["samples_ts"]}


class Sluice:
    """Our own `sluice bench`."""

    name = "sluice"
    variants = {"default": []}

    def __init__(self, program: Path):
        if not program.is_file():
            sys.exit(f"{program} is missing: swift build -c release --product sluice")
        self._program = str(program)
        self.digest = digest(program)
        self._knows_depth = "--n-depth" in _answer([self._program, "bench", "--help"])
        source = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
        self.version = ", ".join(filter(None, (_first_line(source), _first_line(["swift", "--version"]))))

    def run(self, model: Path, test: Test, threads: int, variant: str, repetitions: int) -> dict:
        """One start of the program: speeds, and the bytes of weights that a token reads."""
        command = [self._program, "bench", "-m", str(model), *test.sizes, "-t", str(threads), "-r",
                   str(repetitions), "--json", "-q", *self.variants[variant]]
        if test.depth:
            if not self._knows_depth:
                sys.exit("this build of sluice has no bench --n-depth")
            command += ["--n-depth", str(test.depth)]
        result = json.loads(_answer(command))[0]
        speeds = result["tokens_per_second"]
        # Only these three are told; one or two repetitions lose nothing by that.
        known = {1: ["median"], 2: ["min", "max"]}.get(repetitions, ["min", "median", "max"])
        return {"tokens_per_second": [speeds[name] for name in known],
                "bytes_per_token": result["bytes_per_token"],
                "instruction_set": result["receipt"]["instruction_set"]}

    def bandwidths(self) -> dict:
        """Bytes per second that this machine reads, by number of threads."""
        found = json.loads(_answer([self._program, "doctor", "--json"]))["memory_bandwidth"]
        return {row["threads"]: row["bytes_per_second"] for row in found}
