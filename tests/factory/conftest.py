"""A workspace of its own for each test: the project's data, and a small notebook."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from factory_specimens import DECLARATION, REPOSITORY, cells, write_notebook


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Make a workspace with one small briefing, `demo`."""
    home = tmp_path / "workspace"
    (home / "data").mkdir(parents=True)
    (home / "notebooks").mkdir()
    shutil.copytree(REPOSITORY / "data" / "catalogue", home / "data" / "catalogue")
    for name in ("evidence", "vintages", "editions"):
        shutil.copytree(REPOSITORY / "data" / name, home / "data" / name)
    for path in (home / "data" / "catalogue" / "briefings").glob("*.yml"):
        path.unlink()
    (home / "data" / "catalogue" / "briefings" / "demo.yml").write_text(DECLARATION, encoding="utf-8")
    demands = home / "data" / "evidence" / "demands.yml"
    text = demands.read_text(encoding="utf-8")
    demands.write_text(re.sub(r"(?m)^  briefing: .*$", "  briefing: demo", text), encoding="utf-8")
    write_notebook(home, *cells())
    return home


@pytest.fixture
def npr(workspace: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in the workspace."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "npr.cli", "--home", str(workspace), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run
