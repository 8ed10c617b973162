"""Small notebooks for the factory's tests."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

REPOSITORY = Path(__file__).resolve().parents[1]
OPEN = """from npr.briefing import open_briefing

b = open_briefing("demo", country=country, language=language, edition=edition)
ai = b.latest("ai_all")"""
DECLARATION = """
id: demo
notebook: notebooks/demo.ipynb
title: {sv: Prov, en: Trial}
description: {sv: Ett prov, en: A trial}
indicators: [ai_all, gerd]
peers: [FIN, NOR]
"""


def cells(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("parameters", 'country: str = "SWE"\nlanguage: str = "sv"\nedition: str = "starter"'),
        ("open", OPEN),
        ("title-sv", "%%sv title\nAndelen är {ai}"),
        ("title-en", "%%en title\nThe share is {ai}"),
        ("text-sv", "%%sv\n## Läget\n\nI {b.name} är andelen {ai}."),
        ("text-en", "%%en\n## The state of things\n\nIn {b.name} the share is {ai}."),
        ("answers", f"b.answers({', '.join(repr(f'R-{number:02d}') for number in range(1, 58))})"),
        *more,
    ]


def make_workspace(home: Path, *more: tuple[str, str]) -> Path:
    """Make a workspace with the project's data and one small briefing, `demo`; `more` are further cells of it."""
    shutil.copytree(REPOSITORY / "data", home / "data")
    (home / "notebooks").mkdir()
    for path in (home / "data" / "catalogue" / "briefings").glob("*.yml"):
        path.unlink()
    (home / "data" / "catalogue" / "briefings" / "demo.yml").write_text(DECLARATION, encoding="utf-8")
    demands = home / "data" / "evidence" / "demands.yml"
    text = demands.read_text(encoding="utf-8")
    demands.write_text(re.sub(r"(?m)^  briefing: .*$", "  briefing: demo", text), encoding="utf-8")
    write_notebook(home, *cells(*more))
    return home


def write_notebook(home: Path, *parts: tuple[str, str]) -> None:
    """Write the notebook of the briefing `demo`."""
    made = []
    for name, source in parts:
        cell = new_code_cell(source, id=name)
        if name == "parameters":
            cell.metadata["tags"] = ["parameters"]
        made.append(cell)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=made, metadata=kernel), home / "notebooks" / "demo.ipynb")


def manifest_of(home: Path) -> dict:
    return json.loads((home / "reports" / "starter" / "manifest.json").read_text(encoding="utf-8"))


def start_build(workspace: Path, engine: str = "fast") -> "subprocess.Popen[str]":
    """Start a build of a page in a session of its own, as a terminal does."""
    words = ["build", "--language", "sv", "--format", "html", "--engine", engine]
    command = [sys.executable, "-m", "npr.cli", "--home", str(workspace), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def make_slow(workspace: Path) -> socket.socket:
    """Give a notebook with a cell that tells its process to who listens, and then sleeps."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)
    call = f'socket.create_connection(("127.0.0.1", {listener.getsockname()[1]})).sendall(str(os.getpid()).encode())'
    write_notebook(workspace, *cells(("slow", f"import os, socket, time\n\n{call}\ntime.sleep(100)")))
    return listener


def wait_for_a_run(listener: socket.socket) -> int:
    """Wait until the slow cell runs; give its process."""
    with listener, listener.accept()[0] as told:
        return int(told.recv(100))


def ends(process: int) -> bool:
    """Say whether a process ends within a while."""
    end = time.monotonic() + 15
    while _alive(process) and time.monotonic() < end:
        time.sleep(0.1)
    return not _alive(process)


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
