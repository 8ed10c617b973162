"""One build at a time where it must be: a lock on a folder that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from npr.errors import NprError, RenderError

WAIT_SECONDS = 60.0


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; a lock file that nobody holds any more is no hindrance.

    Raises:
        RenderError: the folder cannot be written.
        NprError: another build has held it for too long.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a+b")
    except OSError as error:
        raise RenderError(
            f"{folder.name} could not be written: {error.strerror}",
            where=str(folder),
            kept="What was there is kept.",
            todo="Make room on the disk, or mend the permissions of the folder, and build again.",
        ) from error
    with lock:
        try:
            import fcntl
        except ImportError:  # no fcntl on Windows: there, writing whole files is all the safety there is
            yield
            return
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    raise NprError(
                        f"Another build has held {folder} for {WAIT_SECONDS:g} seconds",
                        todo="Wait for it to end, or end it, and build again.",
                    ) from None
                time.sleep(0.05)
        yield
