"""Where vintages lie, on a disk or on any storage that fsspec knows, and how files are written there whole.

A vintage is a folder that is complete when its receipt is there: on a disk the folder appears by one rename, on an
object store the receipt is written last.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from npr import disk
from npr.errors import UsageError

RECEIPT = "receipt.json"
TAKING = ".taking-"
VARIABLE, EDITIONS = "NPR_VINTAGES", "NPR_EDITIONS"


def vintages_root(home: Path) -> Path:
    """Give the folder of all vintages: `data/vintages` of the workspace, or what NPR_VINTAGES names (s3://...)."""
    return _elsewhere(VARIABLE) or home / "data" / "vintages"


def editions_root(home: Path) -> Path:
    """Give the folder of all lock files: `data/editions` of the workspace, or what NPR_EDITIONS names (s3://...)."""
    return _elsewhere(EDITIONS) or home / "data" / "editions"


def _elsewhere(variable: str) -> Any:
    """Give the place that a variable of the environment names: a Path by its calls, if not by its type."""
    named = os.environ.get(variable)
    return open_address(named, f"What {variable} names") if named else None


def open_address(address: str, what: str) -> Any:
    """Open a folder by its path or address: a Path by its calls, if not by its type.

    Raises:
        UsageError: fsspec knows no such kind of address, or lacks a package for it.
    """
    from upath import UPath  # slow to import, and most workspaces hold everything themselves

    try:
        place: Any = UPath(address)
        if not on_disk(place):
            _ = place.fs  # loads the package that it needs
    except (ValueError, ImportError) as error:
        raise UsageError(
            f"{what} cannot be kept at {address}",
            expected="a folder, or an address that fsspec knows, such as s3://bucket/reports",
            found=str(error),
            todo="Mend the address, or install the package that it needs (for s3: s3fs).",
        ) from error
    return place


def shown(path: Path, home: Path) -> str:
    """Give a place as a message names it: from the workspace where it lies in it."""
    return path.relative_to(home).as_posix() if on_disk(path) and path.is_relative_to(home) else str(path)


def on_disk(path: Path) -> bool:
    """Say whether a place is on a disk of this machine, where a folder can be renamed in one step."""
    return isinstance(path, type(Path()))


def write_folder(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Write a folder whole, its receipt last; False when somebody else was there first.

    Raises:
        OSError: no room, no leave to write; nothing is left behind.
    """
    return _write_on_disk(folder, files) if on_disk(folder) else _write_objects(folder, files)


def _write_on_disk(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Write the folder aside and rename it into place."""
    aside = folder.parent.parent / f"{TAKING}{os.getpid()}-{secrets.token_hex(8)}"
    try:
        aside.mkdir(parents=True)
        for name, held in files.items():
            disk.write_through(aside / name, held)
        _sync_folder(aside)
        folder.parent.mkdir(exist_ok=True)
        try:
            aside.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            return False
        _sync_folder(folder.parent)
        return True
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_objects(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Write each file as one object; what has no receipt is no vintage, and a later take writes over it."""
    if (folder / RECEIPT).exists():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: name == RECEIPT):
        (folder / name).write_bytes(files[name])
    return True


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: aside and renamed on a disk, one object elsewhere.

    Raises:
        OSError: no room, no leave to write; what was there is kept.
    """
    if on_disk(path):
        disk.write_whole(path, content)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def sweep(home: Path) -> None:
    """Remove what killed processes left aside among vintages and editions."""
    root = vintages_root(home)
    if on_disk(root):
        disk.sweep([*root.glob(f"{TAKING}*"), *root.glob(f"*/.*{disk.PART}")])
    if on_disk(editions_root(home)):
        disk.sweep(editions_root(home).glob(f".*{disk.PART}"))


def _sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk, where the system can."""
    with suppress(OSError):  # Windows cannot open a folder; there the rename itself must do
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
