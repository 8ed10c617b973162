"""Keeps the processes of a build together: none outlives the one that started it, and none is left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

import psutil

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def die_with_parent(parent: int) -> None:
    """End this process when the one that forked it ends, however that ends (Linux; elsewhere a closed pipe tells)."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that `end_descendants` finds it (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_descendants() -> None:
    """Kill every process below this one and wait for them; what they start meanwhile is found in another round."""
    while below := psutil.Process().children(recursive=True):
        for one in below:
            with contextlib.suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(below, timeout=5)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass


def has_children() -> bool:
    """Say whether this process has a child that runs; those that have ended are laid to rest."""
    try:
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            del ended
    except ChildProcessError:
        return False
    return True


def how_it_ended(status: int) -> str:
    """Give in words what a wait status says.

    >>> how_it_ended(9)
    'it was killed by SIGKILL'
    """
    if os.WIFSIGNALED(status):
        return f"it was killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"it ended with {os.WEXITSTATUS(status)}"


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
