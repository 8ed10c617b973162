"""Writes files whole or not at all, and removes what killed processes left half-written."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

PART = ".part"


def aside_name(name: str) -> str:
    """Give a name for something while it is written: hidden, with the writing process in it, so that it can be swept.

    >>> import re
    >>> bool(re.fullmatch(r"[.]lock[.]yml[.][0-9]+-[0-9a-f]{16}[.]part", aside_name("lock.yml")))
    True
    """
    return f".{name}.{os.getpid()}-{secrets.token_hex(8)}{PART}"


def write_through(path: Path, content: bytes) -> None:
    """Write a new file, down to the disk itself.

    Raises:
        OSError: no room, no leave to write, or there is such a file.
    """
    with path.open("xb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: aside first, then renamed; its folder is made.

    Raises:
        OSError: no room, no leave to write; what was there is kept, and nothing half-written is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(aside_name(path.name))
    try:
        write_through(aside, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def sweep(left: Iterable[Path]) -> None:
    """Remove those of some files and folders whose writing process has ended; what a living one is writing stays."""
    for path in left:
        owner = re.search(r"(\d+)-[0-9A-Za-z_]+(\.part)?$", path.name)
        if os.name != "posix" or owner is None or lives(int(owner[1])):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def lives(process: int) -> bool:
    """Say whether a process is still running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
