"""Lets a notebook's process write in its own folder alone, and take no more memory than it is given.

On Linux the kernel guards it (Landlock, which holds for C code and child processes too); elsewhere Python does, by an
audit hook, which holds for Python's own file operations.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from npr.factory.processes import libc

# From linux/landlock.h: system calls, and the rights to write, remove, make, move and cut that are taken away.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
WRITING = [1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12)]
SINCE = {2: 1 << 13, 3: 1 << 14}  # moving between folders, and cutting, came with later versions
PR_SET_NO_NEW_PRIVS = 38
DEVICES = "/dev"
LARGEST_FILE = 1 << 30
OPENS_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events whose first arguments are paths that are written, by how many of them.
EVENTS = {
    "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.truncate": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2,
    "os.chmod": 1, "os.chown": 1, "shutil.rmtree": 1,
}  # fmt: skip


def write_only_in(folders: Iterable[Path]) -> None:
    """Refuse this process and its children every write outside some folders; a PermissionError says so."""
    allowed = [one.resolve() for one in folders]
    if not _landlock(allowed):
        sys.addaudithook(_Watch([*allowed, Path(DEVICES)]))


def limit_memory(more: int) -> None:
    """Give this process so many bytes of memory beyond what it has (Linux); asking for more is a MemoryError."""
    try:
        import resource

        held = int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGESIZE")
    except (ImportError, OSError):
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = held + more
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def _landlock(allowed: list[Path]) -> bool:
    """Have the kernel guard; False where it cannot."""
    if sys.platform != "linux":
        return False
    calls = libc()
    version = calls.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = sum(WRITING) + sum(right for since, right in SINCE.items() if version >= since)
    wanted = struct.pack("Q", rights)
    rules = calls.syscall(CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        for folder in [*allowed, Path(DEVICES)]:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", rights, place)
            failed = calls.syscall(ADD_RULE, rules, 1, rule, 0)
            os.close(place)
            if failed:
                return False
        calls.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0)
        return bool(calls.syscall(RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


class _Watch:
    """The audit hook."""

    def __init__(self, allowed: list[Path]) -> None:
        self.allowed = [str(one) for one in allowed]

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & OPENS_TO_WRITE:
            self._refuse(arguments[0])
        elif event in EVENTS:
            for path in arguments[: EVENTS[event]]:
                self._refuse(path)

    def _refuse(self, path: Any) -> None:
        if isinstance(path, int) or path is None:  # already open
            return
        place = os.path.realpath(os.fsdecode(path))
        if not any(place == one or place.startswith(one + os.sep) for one in self.allowed):
            raise PermissionError(13, "Permission denied", place)
