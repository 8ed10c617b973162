"""Where reports lie: a folder of this machine, or any storage that fsspec knows (s3://, memory://)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npr import disk
from npr.errors import NprError, RenderError
from npr.factory.locks import alone
from npr.vintages.places import open_address

ADVICE = "Make room on the disk, or mend the permissions of the folder, or name another place with --reports."


class Place:
    """A folder of reports; paths are relative to it, with "/"."""

    def __init__(self, root: str | Path) -> None:
        """Open a folder, or what an address such as s3://bucket/reports names.

        Raises:
            UsageError: fsspec knows no such kind of address, or lacks a package for it.
        """
        text = str(root)
        self.folder: Path | None = None if "://" in text else Path(root).resolve()
        self._far: Any = None if self.folder else open_address(text, "Reports")
        self.shown = str(self.folder) if self.folder else text.rstrip("/")

    def make(self) -> None:
        """Make the folder.

        Raises:
            RenderError: it cannot be made.
        """
        try:
            if self.folder:
                self.folder.mkdir(parents=True, exist_ok=True)
            else:
                self._far.mkdir(parents=True, exist_ok=True)
        except Exception as error:  # each storage has errors of its own
            raise _refused(self.shown, error, "No kernel was started.") from error

    def lags_behind(self, sources: Path) -> bool:
        """Guess at a glance whether something is to be built: nothing was, or a notebook was written since.

        Only of a folder of this machine; others are not asked for a guess.
        """
        if not self.folder:
            return False
        built = [path.stat().st_mtime_ns for path in self.folder.glob("*/manifest.json")]
        return not built or any(path.stat().st_mtime_ns > max(built) for path in sources.glob("*.ipynb"))

    def read(self, path: str) -> bytes:
        """Give a file.

        Raises:
            OSError: it is not there, or cannot be read.
        """
        return bytes((self.folder / path if self.folder else self._far / path).read_bytes())

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all.

        Raises:
            RenderError: no room, no leave to write; what was there is kept.
        """
        try:
            if self.folder:
                disk.write_whole(self.folder / path, content)
            else:
                target = self._far / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except Exception as error:  # each storage has errors of its own
            raise _refused(f"{self.shown}/{path}", error) from error

    def take(self, made: Path, path: str) -> None:
        """Put a file that was made on this machine into its place.

        Raises:
            RenderError: as `write`.
        """
        if not self.folder:
            self.write(path, made.read_bytes())
            return
        try:
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            made.replace(place)
        except OSError as error:
            raise _refused(f"{self.shown}/{path}", error) from error

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""
        return bool((self.folder / path if self.folder else self._far / path).exists())

    def size(self, path: str) -> int:
        """Give the size of a file in bytes."""
        return int((self.folder / path if self.folder else self._far / path).stat().st_size)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        (self.folder / path if self.folder else self._far / path).unlink(missing_ok=True)

    def editions(self) -> list[str]:
        """Give the editions that have a manifest here, by name."""
        root = self.folder or self._far
        if not root.exists():
            return []
        return sorted(one.name for one in root.iterdir() if (one / "manifest.json").exists())

    @contextlib.contextmanager
    def alone(self, folder: str = "") -> Iterator[None]:
        """Hold the lock of a folder of this machine; storages far away have none (one build at a time there)."""
        if not self.folder:
            yield
            return
        with alone(self.folder / folder):
            yield


def _refused(
    where: str, error: Exception, kept: str = "What was there is kept; nothing half-written was left."
) -> NprError:
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return RenderError(f"{where.rpartition('/')[2]} could not be written: {told}", where=where, kept=kept, todo=ADVICE)
