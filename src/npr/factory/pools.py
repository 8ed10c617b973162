"""Where jobs are done on this machine: in copies of warm processes, or in a process and a kernel each."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Protocol

from npr.errors import NprError, UsageError, did_you_mean

Job = dict[str, Any]
Answer = dict[str, Any]
ENGINES = ("fast", "kernel", "dask")
TRIES = 2
"""How often a job is begun whose process was lost from outside."""
SETTLED = {
    "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1",
    "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # figures are shown, also where CI wants none
}  # fmt: skip
"""What must not differ between the machines and users that build an edition."""
ONE_CORE = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Each job keeps to one core: with a job on every core, threads only get into each other's way."""

START = """import gc, sys
gc.disable()  # imports are objects that stay: looking for garbage among them only takes time
sys.modules.update(dict.fromkeys(sys.argv[2:]))  # packages that are to be taken as missing
from npr.factory.{} import main
main()"""
UNUSED = {
    # Papermill imports it for files on HDFS, and with it numpy: a tenth of a second for what no job needs. The others
    # check formats of texts, which the schema of notebooks does not ask for.
    "press": ["pyarrow", "isoduration", "rfc3986_validator", "rfc3987_syntax", "webcolors", "uri_template", "fqdn"],
    "warm": [],
}


NOTHING, RENDERING, RUNNING = range(3)
"""What the processes of a `WarmPool` are ready for."""


class Pool(Protocol):
    """Does jobs, several at a time."""

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer, as they are done; `keep` names the edition to have open for all."""
        ...

    def start(self, *, runs: bool, renders: bool = True) -> None:
        """Begin to make ready for jobs that will come, or are likely to: notebooks that are run, or rendered."""
        ...

    def close(self) -> None:
        """End everything that runs."""
        ...


def open_pool(engine: str, at_once: int, scheduler: str | None = None) -> Pool:
    """Give where jobs are done: "fast" (a stock kernel each where nothing can be forked), "kernel" or "dask".

    Raises:
        UsageError: no such engine, or a scheduler without Dask.
    """
    if engine not in ENGINES:
        todo = did_you_mean(engine, ENGINES) or "Choose one of them."
        raise UsageError(f"Unknown engine {engine!r}", expected=" or ".join(ENGINES), found=engine, todo=todo)
    if scheduler and engine != "dask":
        raise UsageError(f"--scheduler says where Dask is, and the engine is {engine!r}", todo="Add --engine dask.")
    if engine == "dask":
        from npr.factory.cluster import DaskPool  # Dask is slow to import

        return DaskPool(at_once, scheduler)
    return WarmPool(at_once) if engine == "fast" and hasattr(os, "fork") else KernelPool(at_once)


def lost(job: Job, how: str) -> Answer:
    """Give the answer of a job whose process was lost: how, and the last line that it wrote, which may tell why."""
    log = Path(job["staging"]) / "worker.log"
    try:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    cause = f"its worker failed: {how or 'nobody saw how'}" + (f"; it wrote last: {last[0]}" if last else "")
    return failed(job, cause, "Earlier reports are kept. Build it again; if it fails again, report it.")


def failed(job: Job, cause: str, todo: str, exit_code: int = 1) -> Answer:
    """Give the answer of a job that no notebook is to blame for."""
    failure = {"name": job["name"], "cause": cause, "todo": todo, "exit_code": exit_code, "lines": []}
    return {"failure": {**failure, "edition": job["parameters"]["edition"], "parameters": job["parameters"]}}


class WarmPool:
    """Copies of two processes that have imported everything: the press (`press`) and the warm process (`warm`).

    Needs `fork` (Linux, macOS).
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = max(1, at_once)
        self._press: subprocess.Popen[bytes] | None = None
        self._warm: subprocess.Popen[bytes] | None = None
        self._asks: socket.socket | None = None  # the press's end of the way to the warm process, until it starts
        self._ready_for = NOTHING

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer; when a process was killed, all are started again, and their jobs with them."""
        ordered = self._in_order(jobs)
        waiting = list(reversed(ordered))
        running: dict[int, Job] = {}
        tries = dict.fromkeys((one["number"] for one in jobs), 0)
        kept = {**keep, "before": _before_the_back_test(ordered)} if any(not one["ran"] for one in jobs) else None
        while waiting or running:
            press = self._ready(kept)
            # After a loss the jobs that it may have been caused by run alone, so that the right one is blamed.
            at_once = 1 if any(tries[one["number"]] for one in waiting) else self.at_once
            try:
                while waiting and len(running) < at_once:
                    job = waiting.pop()
                    running[job["number"]] = job
                    tries[job["number"]] += 1
                    _send(press, job)
                told = press.stdout.readline() if press.stdout else b""
            except BrokenPipeError:
                told = b""
            heard: dict[str, Any] = json.loads(told) if told else {"answer": {"lost": ""}}
            answer = heard["answer"]
            if "lost" not in answer:
                job = running.pop(heard["number"])
                yield job, lost(job, answer["died"]) if "died" in answer else answer
                continue
            how = self._how_lost() or answer["lost"]
            self.close()
            for job in running.values():
                if tries[job["number"]] < TRIES:
                    waiting.append(job)
                else:
                    yield job, lost(job, how)
            running.clear()

    def _in_order(self, jobs: Sequence[Job]) -> list[Job]:
        """Put those first that need no back-test: they run while the warm process makes it, for those after them."""
        plain = [one for one in jobs if not one["ahead"]][: self.at_once]
        begun = {one["number"] for one in plain}
        others = [one for one in jobs if one["number"] not in begun]
        return [*plain, *sorted(others, key=lambda one: not one["ahead"])]

    def start(self, *, runs: bool, renders: bool = True) -> None:
        """Start the warm process when notebooks are run, and the press, without waiting until they are ready.

        The warm process takes longer, and is alone on its core when it begins before the press.
        """
        if runs and not self._warm:
            self.close()  # a press that was only to render knows no warm process
            self._asks, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            with asked:
                self._warm = start("warm", asked)
        if renders and not self._press:
            with self._asks or socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asks:
                self._press = start("press", asks)

    def close(self) -> None:
        """End both processes and their copies: they do so themselves when their lines in are closed."""
        ending = [one for one in (self._press, self._warm) if one]
        self._press = self._warm = None
        if self._asks:
            self._asks.close()
            self._asks = None
        for one in ending:
            if self._ready_for == NOTHING:  # it has no copies, and does not listen yet
                one.kill()
            with contextlib.suppress(OSError):
                one.stdin.close()  # type: ignore[union-attr]
        for one in ending:
            told: Any = one.stdout
            select.select([told], [], [], 5)  # its end is heard sooner than `wait` looks for it
            try:
                one.wait(timeout=5)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
            told.close()
        self._ready_for = NOTHING

    def _ready(self, keep: dict[str, Any] | None) -> subprocess.Popen[bytes]:
        """Give the press, ready; so is the warm process, with the edition open that is to be kept, if any is."""
        wanted_for = RUNNING if keep else RENDERING
        if NOTHING < self._ready_for < wanted_for:
            self.close()
        self.start(runs=keep is not None)
        if self._ready_for == NOTHING:
            if keep and self._warm:
                with contextlib.suppress(BrokenPipeError):
                    _send(self._warm, keep)
            wanted = [one for one in (self._press, self._warm if keep else None) if one]
            if not all(one.stdout and one.stdout.readline() for one in wanted):
                raise NprError(
                    "The process that runs the notebooks could not be started; see above",
                    todo="Set the environment up anew with `make`, or build with --engine kernel.",
                )
            self._ready_for = wanted_for
        assert self._press  # noqa: S101 - it was started
        return self._press

    def _how_lost(self) -> str:
        """Say which of the processes ended, and how; "" when both run."""
        for name, one in (("warm process", self._warm), ("press", self._press)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                if one and one.wait(timeout=0.2) is not None:
                    return f"the {name} ended with {one.returncode}"
        return ""


def _before_the_back_test(ordered: Sequence[Job]) -> int | None:
    """Say how many notebooks begin before the first that needs the back-test; None when none does."""
    running = [one["ahead"] for one in ordered if not one["ran"]]
    return running.index(True) if True in running else None


def start(name: str, way: socket.socket) -> subprocess.Popen[bytes]:
    """Start the press or the warm process, with its end of the way between them."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", START.format(name), str(way.fileno()), *UNUSED[name]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, pass_fds=[way.fileno()],
        env={**os.environ, **SETTLED, **ONE_CORE},
    )  # fmt: skip


class KernelPool:
    """A process and a stock kernel for each job; works where nothing can be forked."""

    def __init__(self, at_once: int) -> None:
        self.at_once = max(1, at_once)
        self._running: set[subprocess.Popen[str]] = set()
        self._guard = threading.Lock()
        self._ended = False

    def start(self, *, runs: bool, renders: bool = True) -> None:
        """Do nothing: each job has a process of its own."""

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer; nothing is kept open."""
        with ThreadPoolExecutor(max_workers=self.at_once) as threads:
            futures = {threads.submit(self._one, job): job for job in jobs}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            finally:
                self.close()
                threads.shutdown(wait=True, cancel_futures=True)

    def _one(self, job: Job) -> Answer:
        with self._guard:
            if self._ended:
                raise NprError("The build was interrupted", todo="Build again.")
            worker = subprocess.Popen(
                [sys.executable, "-P", "-m", "npr.factory.worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
                env={**os.environ, **SETTLED, **ONE_CORE},
            )  # fmt: skip
            self._running.add(worker)
        told, _ = worker.communicate(json.dumps(job))
        self._running.discard(worker)
        if worker.returncode == 0 and told:
            return dict(json.loads(told))
        return lost(job, f"it ended with {worker.returncode}")

    def close(self) -> None:
        """Kill every process that runs."""
        with self._guard:
            self._ended = True
            for worker in list(self._running):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(worker.pid, signal.SIGKILL)


def _send(process: subprocess.Popen[bytes], content: Any) -> None:
    if process.stdin:
        process.stdin.write(json.dumps(content).encode() + b"\n")
        process.stdin.flush()
