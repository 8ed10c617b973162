"""The manifest of an edition's reports: every file with its hash, what it stands on, and how long it took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from npr import disk
from npr.errors import NprError, RenderError

WAIT_SECONDS = 60.0


class File(BaseModel):
    """One rendered file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    briefing: str
    country: str
    language: str
    format: str
    parameters: dict[str, Any]
    parts: dict[str, str]
    vintages: dict[str, str]
    seconds: float


class Manifest(BaseModel):
    """The files of an edition, by their path in its folder."""

    model_config = ConfigDict(extra="forbid")

    edition: str
    files: dict[str, File] = {}


def read_manifest(folder: Path, edition: str) -> tuple[Manifest, bool]:
    """Read an edition's manifest; a missing or cut one is empty. The second says whether it was cut."""
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes()), False
    except (FileNotFoundError, NotADirectoryError):
        return Manifest(edition=edition), False
    except (ValidationError, OSError):
        return Manifest(edition=edition), True


def add_files(folder: Path, edition: str, files: dict[str, File]) -> Manifest:
    """Add files to the manifest. Two builds at once wait for each other."""
    with alone(folder):
        manifest, _ = read_manifest(folder, edition)
        manifest.files = dict(sorted({**manifest.files, **files}.items()))
        write_whole(folder / "manifest.json", (manifest.model_dump_json(indent=1) + "\n").encode())
    return manifest


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: aside first, then renamed.

    Raises:
        RenderError: the disk is full or cannot be written; what was there is kept.
    """
    try:
        disk.write_whole(path, content)
    except OSError as error:
        raise RenderError(
            f"{path.name} could not be written: {error.strerror}",
            where=str(path),
            kept="What was there is kept; nothing half-written was left.",
            todo="Make room on the disk, or mend the permissions of the folder, and build again.",
        ) from error


def _open(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as error:
        raise RenderError(
            f"{path.name} could not be written: {error.strerror}",
            where=str(path),
            kept="What was there is kept.",
            todo="Make room on the disk, or mend the permissions of the folder, and build again.",
        ) from error


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; a lock file that nobody holds any more is no hindrance."""
    with _open(folder / ".lock") as lock:
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
