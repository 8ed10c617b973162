"""Runs and renders one target: a job in, an answer out, both plain data.

The files are put into a staging folder; the build that asked moves them into place. It runs in a forked copy of
the press (`press`), or, as `python -m npr.factory.worker`, in a process of its own with the job on standard input.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from nbformat.v4.rwbase import split_lines, strip_transient

from npr import disk
from npr.errors import NprError, RenderError
from npr.factory.child import CellsLostError, Fork
from npr.factory.execute import execute
from npr.factory.failures import Failure, FailureError
from npr.factory.limits import Limits
from npr.factory.redact import Redactor
from npr.publish.document import Document, read_document
from npr.publish.html import render_html
from npr.publish.pdf import render_pdf
from npr.publish.xlsx import render_xlsx

RENDERERS: dict[str, Callable[[Document], bytes]] = {
    "html": lambda document: render_html(document).encode(),
    "pdf": render_pdf,
    "xlsx": render_xlsx,
}


def answer(job: dict[str, Any], fork: Fork | None = None) -> dict[str, Any]:
    """Do a job; give its answer: vintages, inputs and seconds, or a failure, or that the process of its cells was lost.

    `fork` says which process the fast engine forks for the cells; none: this one.
    """
    started = time.monotonic()
    try:
        _begin(Path(job["staging"]))
        told = work(job, fork)
    except CellsLostError:
        return {"lost": "the process of its cells was lost"}
    except FailureError as error:
        return {"failure": asdict(error.failure)}
    except (NprError, OSError) as error:
        return {"failure": asdict(_failure(job, error).hidden(Redactor()))}
    return {**told, "seconds": round(time.monotonic() - started, 2)}


def work(job: dict[str, Any], fork: Fork | None = None) -> dict[str, Any]:
    """Run a notebook, or read one that was run (`ran`), and render it in the formats asked for.

    Raises:
        FailureError: the notebook stopped.
        CellsLostError: the process of its cells was lost, and nobody saw how.
        RenderError: a page could not be made of it.
        OSError: the staging folder cannot be written.
    """
    staging = Path(job["staging"])
    os.environ["NPR_HOME"] = job["home"]
    inputs = None
    if job["ran"]:
        text = Path(job["ran"]).read_bytes()
    else:
        limits = Limits(job["seconds"], job["memory"])
        source = Path(job["notebook"])
        given = {"engine": job["engine"], "limits": limits, "fork": fork}
        notebook, inputs = execute(source, job["parameters"], job["name"], **given)
        text = as_file(notebook)
        disk.write_whole(staging / "out.ipynb", text)
    # Read as it lies in the file, so that a page rendered again from there has the same bytes.
    document = read_document(json.loads(text))
    for one in job["formats"]:
        disk.write_whole(staging / f"out.{one}", RENDERERS[one](document))
    return {"vintages": dict(sorted(_vintages(document.trace).items())), "inputs": inputs}


def as_file(notebook: Any) -> bytes:
    """Give the text that `nbformat.writes` gives, and leave the notebook cut into lines as it is in there.

    That function copies and checks the notebook, whose outputs were checked as they came, and has Python's JSON indent
    it, which is slow.
    """
    cut = strip_transient(split_lines(notebook))
    packed = json.dumps(cut, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return msgspec.json.format(packed.encode(), indent=1)


def _begin(staging: Path) -> None:
    """Let what is written here and by others go into the staging folder, so that it is swept with it."""
    scratch = staging / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"], tempfile.tempdir = str(scratch), None
    log = os.open(staging / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for place in (1, 2):
        os.dup2(log, place)
    os.close(log)


def _failure(job: dict[str, Any], error: NprError | OSError) -> Failure:
    """Tell of what is no fault of a cell: the disk, or a page that could not be made."""
    if isinstance(error, NprError):
        cause, _, todo = error.message().partition("\n")
        code = error.exit_code
    else:
        cause = f"it could not be written: {error.strerror or error}"
        todo = "Earlier reports are kept. Make room on the disk, or name another --reports."
        code = RenderError.exit_code
    return Failure(
        job["name"], cause, todo, code, edition=str(job["parameters"].get("edition", "")), parameters=job["parameters"]
    )


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
    """Read a job, do it, and answer on what was standard output: what is printed meanwhile goes to the log."""
    job = json.loads(sys.stdin.read())
    tells = os.dup(1)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with os.fdopen(tells, "w", encoding="utf-8") as out:
        out.write(json.dumps(answer(job)))


if __name__ == "__main__":
    main()
