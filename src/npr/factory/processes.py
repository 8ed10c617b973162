"""Keeps the processes of a build together: none outlives the one that started it, and none is left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Collection
from functools import cache

import psutil

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
RARELY = (100_000, 50, 100)
"""How seldom forked copies collect garbage: each lives for a second or two."""


def die_with_parent(parent: int) -> None:
    """End this process when the one that forked it ends, however that ends (Linux; elsewhere a closed pipe tells)."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that `end_descendants` finds it (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def tell(line: bytes) -> None:
    """Tell a line to who started this process; end it when nobody is left to hear."""
    try:
        os.write(1, line + b"\n")
    except BrokenPipeError:
        raise SystemExit from None


def children() -> set[int]:
    """Give the processes that this one has started, or adopted."""
    return {one.pid for one in psutil.Process().children()}


def any_children() -> bool:
    """Say whether a process that this one has started, or adopted, still runs; those that have ended are let go."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def end_descendants(spared: Collection[int] = ()) -> None:
    """Kill every process below this one but those `spared` and what is below them, and wait for them.

    What they start meanwhile is found in another round.
    """
    while below := _below(spared):
        for one in below:
            with contextlib.suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(below, timeout=5)


def _below(spared: Collection[int]) -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        if child.pid not in spared:
            found.append(child)
            with contextlib.suppress(psutil.Error):
                found += child.children(recursive=True)
    return found


def how_it_ended(status: int) -> str:
    """Give in words what a wait status says.

    >>> how_it_ended(9)
    'it was killed by SIGKILL'
    """
    if os.WIFSIGNALED(status):
        return f"it was killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"it ended with {os.WEXITSTATUS(status)}"


@cache
def libc() -> ctypes.CDLL:
    """Give the system's calls."""
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0)
