"""Runs and renders one target in a process of its own: `python -m npr.factory.worker`, a job on standard input.

The job and the answer are JSON. The files are put into a staging folder; the build that asked moves them into place.
A process a target keeps briefings apart, and one that is killed takes nothing else with it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import nbformat

from npr.errors import NprError, RenderError
from npr.factory.execute import execute
from npr.factory.manifest import write_whole
from npr.publish.document import Document, read_document
from npr.publish.html import render_html
from npr.publish.pdf import render_pdf

FORMATS = ("html", "pdf")


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Run and render a target; give the vintages that its numbers come from.

    Raises:
        NotebookError: the notebook stopped.
        RenderError: a page could not be made of it.
    """
    staging = Path(job["staging"])
    os.environ["NPR_HOME"] = job["home"]
    with tempfile.TemporaryDirectory(prefix="npr-work-") as scratch:
        # What a notebook writes beside itself must not land in the workspace.
        os.chdir(scratch)
        notebook = execute(Path(job["notebook"]), job["parameters"], job["name"], seconds=job["seconds_a_cell"])
        os.chdir(staging)
    document = read_document(notebook)
    for file_format in job["formats"]:
        write_whole(staging / f"out.{file_format}", _render(document, file_format))
    write_whole(staging / "out.ipynb", nbformat.writes(notebook).encode())
    return {"vintages": dict(sorted(_vintages(document.trace).items()))}


def _render(document: Document, file_format: str) -> bytes:
    if file_format == "html":
        return render_html(document).encode()
    if file_format == "pdf":
        return render_pdf(document)
    raise RenderError(f"No renderer for {file_format}", todo=f"Choose among {', '.join(FORMATS)}.")


def _vintages(records: list[dict[str, Any]]) -> dict[str, str]:
    """Give the vintage of every indicator that a number comes from, directly or through others."""
    found: dict[str, str] = {}
    for record in records:
        if record.get("indicator") and record.get("vintage"):
            found[record["indicator"]] = record["vintage"]
        found |= _vintages(record.get("from", []))
    return found


def _end_with(parent: int) -> None:
    """End this process when the build that started it is gone, so that none is left behind."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def main() -> None:
    """Read a job, do it, and answer."""
    job = json.loads(sys.stdin.read())
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        answer = work(job)
    except NprError as error:
        answer = {"error": error.message(), "exit_code": error.exit_code}
    with Path(job["staging"], "answer.json").open("w", encoding="utf-8") as out:
        json.dump(answer, out)


if __name__ == "__main__":
    main()
