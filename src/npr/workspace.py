"""Finds the workspace: the folder that holds `data/` and `notebooks/`."""

from __future__ import annotations

import os
from pathlib import Path

from npr.errors import UsageError


def is_workspace(folder: Path) -> bool:
    """Say whether a folder holds the declarations and the notebooks."""
    return (folder / "data" / "catalogue").is_dir() and (folder / "notebooks").is_dir()


def find_workspace(home: str | Path | None = None, start: Path | None = None) -> Path:
    """Give the workspace named by `home` or NPR_HOME, or else the nearest one above `start` (the current folder).

    Raises:
        UsageError: no workspace there.
    """
    named = home or os.environ.get("NPR_HOME")
    if named:
        folder = Path(named).expanduser().resolve()
        if is_workspace(folder):
            return folder
        raise UsageError(
            f"{folder} is not a workspace",
            expected="a folder with data/catalogue and notebooks",
            found="something else" if folder.exists() else "no such folder",
            todo="Name the workspace with --home DIR or NPR_HOME.",
        )
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if is_workspace(folder):
            return folder
    raise UsageError(
        f"No workspace at or above {here}",
        expected="a folder with data/catalogue and notebooks",
        found="none",
        todo="Go to the workspace, or name it with --home DIR or NPR_HOME.",
    )
