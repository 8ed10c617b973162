"""A workspace of its own for each test: the project's data, and a small notebook."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from factory_specimens import make_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Make a workspace with one small briefing, `demo`."""
    return make_workspace(tmp_path / "workspace")


@pytest.fixture
def npr(workspace: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in the workspace."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "npr.cli", "--home", str(workspace), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 kB, where that is allowed."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no leave to mount a small disk here")
    yield place
    subprocess.run(["umount", str(place)], check=True)
