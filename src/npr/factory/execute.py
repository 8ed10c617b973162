"""Runs one notebook with Papermill, and says in a person's words what stopped it."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from papermill.translators import PythonTranslator, papermill_translators

from npr.errors import ContentError, IntegrityError, NotebookError, UsageError
from npr.factory.parameters import declared

KERNEL = "npr-python"
SECONDS_A_CELL = 300
# What ends a cell with an error of ours keeps its own exit code.
OWN_CODES = {one.__name__: one.exit_code for one in (UsageError, ContentError, IntegrityError)}
HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)


class Day(str):
    """A date as text: Papermill can keep it as JSON, and `_Python` writes it into the notebook as a date."""

    __slots__ = ()


class _Python(PythonTranslator):  # type: ignore[misc]
    """Papermill's way to write parameters as Python, with dates, which it does not know."""

    @classmethod
    def translate(cls, val: Any) -> str:
        """Give a parameter as an expression; the parameters cell has imported `date`, which it is annotated with."""
        return f"date.fromisoformat({str(val)!r})" if isinstance(val, Day) else str(super().translate(val))


papermill_translators.register("python", _Python)


def execute(source: Path, parameters: Mapping[str, Any], name: str, *, seconds: int = SECONDS_A_CELL) -> Any:
    """Run a notebook in a kernel of this Python and give the executed notebook, free of times and paths.

    Raises:
        NotebookError: a cell raised, took too long, or its kernel died.
    """
    with tempfile.TemporaryDirectory(prefix="npr-run-") as folder, _kernel(Path(folder)):
        out = Path(folder) / "out.ipynb"
        try:
            notebook = papermill.execute_notebook(
                str(source),
                str(out),
                parameters=_with_dates(source, parameters),
                kernel_name=KERNEL,
                progress_bar=False,
                execution_timeout=seconds,
            )
        except PapermillExecutionError as error:
            raise _raised(source, out, parameters, name, error) from None
        except DeadKernelError:
            cause = "the kernel died: the cell ended its process, or the machine ran out of memory"
            raise _stopped(source, out, parameters, name, cause) from None
        except (CellTimeoutError, TimeoutError):
            cause = f"the cell ran for more than {seconds} seconds"
            raise _stopped(source, out, parameters, name, cause) from None
    return clean(notebook, nbformat.read(source, as_version=4))


def _with_dates(source: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    known = declared(source, source.name)
    dates = {name for name, one in known.items() if "date" in one.kinds}
    return {name: Day(one) if name in dates and isinstance(one, str) else one for name, one in parameters.items()}


@contextmanager
def _kernel(folder: Path) -> Any:
    """Offer a kernel of this very Python, whatever kernels the user has installed; its warnings are kept quiet."""
    spec = folder / "jupyter" / "kernels" / KERNEL
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    content = {"argv": command, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(folder / "jupyter"), *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before


def clean(notebook: Any, source: Any) -> Any:
    """Strip what differs from run to run: times, paths, counters of the kernel."""
    notebook.metadata = nbformat.from_dict(dict(source.metadata))
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    return notebook


def _raised(source: Path, out: Path, parameters: Mapping[str, Any], name: str, error: Any) -> NotebookError:
    cell = _at(out, error.cell_index)
    told = re.sub(r"\x1b\[[0-9;]*m", "", str(error.evalue or "")).strip()
    first, _, rest = told.partition("\n")
    line = _line(cell.get("source", ""), error.traceback or [])
    cause = f"{error.ename}: {first}" if first else str(error.ename)
    more = rest.strip() or "Open the notebook with `make lab`, run it with these parameters, and mend the cell."
    report = _report(source, cell, parameters, name, f"{cause}{f' at `{line}`' if line else ''}", more)
    report.exit_code = OWN_CODES.get(str(error.ename), report.exit_code)
    return report


def _stopped(source: Path, out: Path, parameters: Mapping[str, Any], name: str, cause: str) -> NotebookError:
    # Papermill marks even the cells that it never came to as completed; these have no time when they began.
    begun = [cell for cell in _cells(out) if cell.metadata.get("papermill", {}).get("start_time")]
    todo = "Look at what the cell asks for, and run it in `make lab`; then build again."
    return _report(source, begun[-1] if begun else nbformat.v4.new_code_cell(""), parameters, name, cause, todo)


def _report(source: Path, cell: Any, parameters: Mapping[str, Any], name: str, cause: str, todo: str) -> NotebookError:
    cells = list(nbformat.read(source, as_version=4).cells)
    numbers = [at for at, one in enumerate(cells, start=1) if one.get("id") == cell.get("id")]
    number = numbers[0] if numbers else 0
    section = _section(cells[:number], str(parameters.get("language", "sv")))
    given = ", ".join(f"{key}={value}" for key, value in parameters.items())
    return NotebookError(
        f"{name} stopped in cell {number or '?'} ({cell.get('id', '?')}), section “{section}”: {cause}",
        where=f"parameters {given}",
        kept="An earlier report of it is kept; the other briefings go on.",
        todo=todo,
    )


def _section(before: list[Any], language: str) -> str:
    """Give the last heading before a cell, in the language of the briefing."""
    texts = [str(cell.source) for cell in before]
    found = [heading for text in texts if text.startswith(f"%%{language}") for heading in HEADING.findall(text)]
    return re.sub(r"\{.*?\}", "…", found[-1]) if found else "the beginning"


def _line(code: str, traceback: list[str]) -> str:
    """Give the failing line of a cell's code, as the traceback marks it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    marked = [one.strip() for one in re.findall(r"^-+> *\d+ (.*)$", plain, re.MULTILINE)]
    return next((one for one in marked if one and one in code), "")


def _cells(out: Path) -> list[Any]:
    return list(nbformat.read(out, as_version=4).cells) if out.exists() else []


def _at(out: Path, index: int) -> Any:
    cells = _cells(out)
    found = [cell for cell in cells if any(one.get("output_type") == "error" for one in cell.get("outputs", []))]
    return found[0] if found else cells[index] if index < len(cells) else nbformat.v4.new_code_cell("")
