"""Runs a command as a person does, and watches it: its time, what it says, and the memory of it and all it starts.

Memory is the sum of the proportional set sizes (PSS) of the whole tree, so that pages which processes share are counted
once. Only Linux tells that; elsewhere it is not a number.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

INTERVAL = 0.2
"""Seconds between two samples; fewer at the beginning, so that short commands are seen too."""
SCRIPTS = Path(sys.executable).parent


@dataclass
class Watched:
    """What a command took: seconds, its standard output, and lines and samples (in MB) with the second they came at."""

    seconds: float = 0.0
    out: str = ""
    lines: list[tuple[float, str]] = field(default_factory=list)
    samples: list[tuple[float, float]] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """Give the most memory seen, in MB; not a number where none was."""
        return max((one for _, one in self.samples), default=math.nan)

    def between(self, since: float, until: float) -> float:
        """Give the most memory seen between two seconds, in MB; not a number where none was."""
        return max((one for at, one in self.samples if since <= at <= until), default=math.nan)


def watch(
    words: Sequence[str | Path], folder: Path, settings: Mapping[str, str] | None = None, *, memory: bool = False
) -> Watched:
    """Run a command in a folder, with settings added to the environment, and this Python's scripts found first.

    Its memory is sampled only when that is asked for: it costs the command a tenth of its time.

    A command that fails ends the benchmark with the last lines that it wrote.
    """
    path = f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"
    seen, ended = Watched(), threading.Event()
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [str(one) for one in words],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            errors="replace", cwd=folder, env={**os.environ, "PATH": path, **(settings or {})},
        )  # fmt: skip

        def hear() -> None:
            for line in process.stderr or ():
                seen.lines.append((time.perf_counter() - started, line.rstrip("\n")))

        def sample() -> None:
            while not ended.is_set():
                held, at = tree_memory(process.pid), time.perf_counter() - started
                if held:
                    seen.samples.append((at, held))
                ended.wait(min(INTERVAL, max(0.02, at / 10)))

        watching = [hear, sample] if memory else [hear]
        threads = [threading.Thread(target=one, daemon=True) for one in watching]
        for one in threads:
            one.start()
        code = process.wait()
        seen.seconds = time.perf_counter() - started
        ended.set()
        for one in threads:
            one.join(timeout=5)  # what a command leaves running may keep its standard error open
        out.seek(0)
        seen.out = out.read().decode("utf-8", "replace")
    if code:
        told = "\n".join(line for _, line in seen.lines[-20:])
        raise SystemExit(f"{' '.join(map(str, words))}\nended with {code}:\n{told}")
    return seen


def tree_memory(pid: int) -> float:
    """Give the memory of a process and all that it has started, in MB; 0 when it is gone or nobody tells."""
    try:
        root = psutil.Process(pid)
        tree = [pid, *(one.pid for one in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(map(_memory, tree)) / 1024


def _memory(pid: int) -> int:
    """Give the proportional set size of one process, in kB."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
