"""Where jobs are done on this machine: in copies of a warm process, or in a process and a kernel each."""

from __future__ import annotations

import contextlib
import json
import os
import signal
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
SETTLED = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
"""What must not differ between the machines and users that build an edition."""
ONE_CORE = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Each job keeps to one core: with a job on every core, threads only get into each other's way."""

WARM = "import gc, os; gc.disable(); from npr.factory.warm import Warm; Warm().run(); os._exit(0)"
"""Imports are objects that stay: looking for garbage among them, or taking them down, only takes time."""


class Pool(Protocol):
    """Does jobs, several at a time."""

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer, as they are done; `keep` names the edition to have open for all."""
        ...

    def start(self) -> object:
        """Begin to make ready for jobs that are likely to come."""
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
    """Give the answer of a job whose process was lost, with the last line that it wrote."""
    log = Path(job["staging"]) / "worker.log"
    try:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    cause = f"its worker failed: {last[0] if last else how}"
    return failed(job, cause, "Earlier reports are kept. Build it again; if it fails again, report it.")


def failed(job: Job, cause: str, todo: str, exit_code: int = 1) -> Answer:
    """Give the answer of a job that no notebook is to blame for."""
    failure = {"name": job["name"], "cause": cause, "todo": todo, "exit_code": exit_code, "lines": []}
    return {"failure": {**failure, "edition": job["parameters"]["edition"], "parameters": job["parameters"]}}


class WarmPool:
    """Copies of one warm process; needs `fork` (Linux, macOS)."""

    def __init__(self, at_once: int) -> None:
        self.at_once = max(1, at_once)
        self._warm: subprocess.Popen[bytes] | None = None
        self._ready = False

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer; a warm process that was killed is started again, its jobs with it."""
        waiting = list(reversed(self._in_order(jobs)))
        running: dict[int, Job] = {}
        tries = dict.fromkeys((one["number"] for one in jobs), 0)
        while waiting or running:
            warm = self._kept_open(keep)
            # After a loss the jobs that it may have been caused by run alone, so that the right one is blamed.
            at_once = 1 if any(tries[one["number"]] for one in waiting) else self.at_once
            try:
                while waiting and len(running) < at_once:
                    job = waiting.pop()
                    running[job["number"]] = job
                    tries[job["number"]] += 1
                    _send(warm, {"job": job})
                if any(one["ahead"] for one in waiting):
                    _send(warm, {"ahead": True})
                told = warm.stdout.readline() if warm.stdout else b""
            except BrokenPipeError:
                told = b""
            if told:
                heard = json.loads(told)
                job = running.pop(heard["number"])
                answer = heard["answer"]
                yield job, lost(job, answer["died"]) if "died" in answer else answer
                continue
            how = f"the warm process ended with {warm.wait()}"
            self._warm = None
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

    def start(self) -> subprocess.Popen[bytes]:
        """Start the warm process, without waiting until it is ready."""
        if self._warm is None:
            self._ready = False
            self._warm = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-c", WARM],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
                env={**os.environ, **SETTLED, **ONE_CORE},
            )  # fmt: skip
        return self._warm

    def close(self) -> None:
        """End the warm process and its copies: it does so itself when its line in is closed."""
        warm, self._warm = self._warm, None
        if warm is None:
            return
        if not self._ready:  # it has no copies, and does not listen yet
            warm.kill()
        with contextlib.suppress(OSError):
            warm.stdin.close()  # type: ignore[union-attr]
        try:
            warm.wait(timeout=5)
        except subprocess.TimeoutExpired:
            warm.kill()
            warm.wait()
        warm.stdout.close()  # type: ignore[union-attr]

    def _kept_open(self, keep: dict[str, Any]) -> subprocess.Popen[bytes]:
        """Give the warm process, ready, with an edition open."""
        warm = self.start()
        if not self._ready:
            if not warm.stdout or not warm.stdout.readline():
                raise NprError(
                    "The process that runs the notebooks could not be started; see above",
                    todo="Set the environment up anew with `make`, or build with --engine kernel.",
                )
            self._ready = True
            with contextlib.suppress(BrokenPipeError):
                _send(warm, {"keep": keep})
        return warm


class KernelPool:
    """A process and a stock kernel for each job; works where nothing can be forked."""

    def __init__(self, at_once: int) -> None:
        self.at_once = max(1, at_once)
        self._running: set[subprocess.Popen[str]] = set()
        self._guard = threading.Lock()
        self._ended = False

    def start(self) -> None:
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
