"""Set-up: what `make` does on machines that are not as one hopes."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """What set-up reads, in a folder with a space and a letter beyond ASCII."""
    folder = tmp_path / "två ord"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", ".ci/set_up.py"):
        shutil.copy(HOME / name, folder / name)
    return folder


@pytest.fixture
def set_up(checkout, monkeypatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", checkout / ".ci" / "set_up.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # The make that runs these tests must not hand its own flags down.
    clean = {name: told for name, told in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "COUNTRIES"))}
    return subprocess.run(
        ["make", *words], cwd=folder, env=clean | variables, capture_output=True, text=True, check=False
    )


def test_an_old_python_is_named_and_nothing_is_made(checkout):
    old = checkout / "old"
    # The Python that runs this test, passing for one that is older.
    old.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'import sys; sys.version_info = (3, 10, 9)\n'\"$2\"\n")
    old.chmod(0o755)
    done = make(checkout, "briefings", "PYTHON=./old")
    assert done.returncode == 2
    assert "npr needs Python 3.11 or later; ./old is older" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_not_there_is_named(checkout):
    done = make(checkout, "test", "PYTHON=python3.99")
    assert done.returncode == 2
    assert "there is no python3.99 here" in done.stderr


def test_a_python_without_venv_is_named_with_what_to_install(set_up, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert set_up.main([]) == 2
    told = capsys.readouterr().err
    assert "ensurepip is missing" in told
    assert "python3-venv" in told
    assert not set_up.VENV.exists()


def test_an_environment_that_was_not_finished_is_not_ready_and_is_made_anew(set_up, monkeypatch, capsys):
    def without_network(python, *words):
        if "venv" in words:
            set_up.VENV.mkdir()
            (set_up.VENV / "made").touch()
        return 1 if "pip" in words else 0

    monkeypatch.setattr(set_up, "run", without_network)
    assert set_up.main([]) == 1
    assert "could not all be installed" in capsys.readouterr().err
    assert not set_up.READY.exists()
    (set_up.VENV / "left over").touch()
    monkeypatch.setattr(set_up, "run", lambda python, *words: set_up.VENV.mkdir() or 0 if "venv" in words else 0)
    assert set_up.main([]) == 0
    assert set_up.READY.read_text(encoding="utf-8") == set_up.state()
    assert not (set_up.VENV / "left over").exists()


def test_an_environment_that_is_ready_is_left_alone(set_up, monkeypatch):
    set_up.VENV.mkdir()
    set_up.READY.write_text(set_up.state(), encoding="utf-8")
    os.utime(set_up.READY, (0, 0))
    monkeypatch.setattr(set_up, "runs", lambda python: True)
    monkeypatch.setattr(set_up, "run", lambda *words: pytest.fail("nothing is to be installed"))
    assert set_up.main([]) == 0
    assert set_up.READY.stat().st_mtime > 0  # now newer than the lock, so that make asks no more


def test_what_the_environment_is_made_from_decides_whether_it_is_made_anew(set_up):
    before, declared = set_up.state(), set_up.HOME / "pyproject.toml"
    declared.write_text(declared.read_text(encoding="utf-8").replace("line-length = 120", "line-length = 100"))
    assert set_up.state() == before
    declared.write_text(declared.read_text(encoding="utf-8").replace('"babel>=2.16"', '"babel>=2.17"'))
    after = set_up.state()
    assert after != before
    with (set_up.HOME / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert set_up.state() != after


def test_an_environment_that_was_moved_is_made_anew(checkout):
    ready = checkout / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.write_text(f"{checkout.resolve()}\nhash\n", encoding="utf-8")
    assert "set_up.py" not in make(checkout, "-n", "lab").stdout
    ready.write_text("/somewhere/else\nhash\n", encoding="utf-8")
    assert "set_up.py" in make(checkout, "-n", "lab").stdout


def test_settings_that_lead_to_the_registry_are_kept_and_those_that_lead_packages_astray_are_not(set_up, monkeypatch):
    seen = {}
    monkeypatch.setattr(subprocess, "run", lambda words, env, **_: seen.update(env) or SimpleNamespace(returncode=0))
    for name in ("PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY", "PIP_TARGET", "PIP_PREFIX", "PIP_CONSTRAINT", "PYTHONPATH"):
        monkeypatch.setenv(name, "told")
    monkeypatch.setenv("PIP_USER", "1")
    assert set_up.run(Path(sys.executable), "-m", "pip") == 0
    assert {name for name, told in seen.items() if told == "told"} == {"PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY"}
    assert seen["PIP_USER"] == "0"


def test_countries_are_words_and_never_commands(checkout):
    # Two words: one that the shell would run, one that make would. Nothing is run, the words are quoted as they are.
    done = make(checkout, "-n", "briefings", COUNTRIES="SWE;ls $(shell touch made)")
    assert done.returncode == 0
    assert "--country 'SWE;ls' --country '$(shell' --country 'touch' --country 'made)'" in done.stdout
    assert not (checkout / "made").exists()


def test_help_lists_every_command_that_the_documents_name():
    listed = set(re.findall(r"^([a-z]+) {2,}\S", make(HOME, "help").stdout, re.M))
    texts = [HOME / "README.md", HOME / "CONTRIBUTING.md", HOME / "environment.yml", *(HOME / "docs").rglob("*.md")]
    named = {
        one for path in texts for one in re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"), re.M)
    }
    assert {"briefings", "test", "lab", "install", "lock"} <= named <= listed
