"""Runs one notebook with Papermill, by the engine that is asked for, and tells what stopped it."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.validator import NotebookValidationError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors, remove_error_markers
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from papermill.translators import PythonTranslator, papermill_translators
from papermill.utils import chdir

from npr.briefing.inputs import VARIABLE as READS
from npr.briefing.inputs import Inputs, recorded_inputs
from npr.factory.causes import Stop, explain
from npr.factory.child import Fork
from npr.factory.failures import Failure, FailureError
from npr.factory.limits import Limits
from npr.factory.parameters import declared
from npr.factory.redact import Redactor

KERNEL = "npr-python"
FAST = "npr"
HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)


Stamp = tuple[int, int, int]
NOTHING: tuple[Stamp | None, Any, frozenset[str]] = (None, None, frozenset())
_ahead: dict[Path, tuple[Stamp | None, Any, frozenset[str]]] = {}
"""Notebooks that were read ahead, each for one run in a process: a run writes into it."""


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


def execute(
    source: Path,
    parameters: Mapping[str, Any],
    name: str,
    *,
    engine: str = "kernel",
    limits: Limits | None = None,
    fork: Fork | None = None,
) -> tuple[Any, Inputs]:
    """Run a notebook in a folder of its own; give it executed, free of times, paths and secrets, and what it read.

    `engine` is "fast" (a forked copy of the process that `fork` names, else of this one) or "kernel" (a new kernel of
    this Python).

    Raises:
        FailureError: a cell raised, took too long or too much, or its process ended.
        CellsLostError: that process was lost, and nobody saw how.
    """
    given = limits or Limits()
    running: dict[int, Any] = {}
    with tempfile.TemporaryDirectory(prefix="npr-run-") as folder, _kernel(Path(folder) / ".jupyter"):
        work = Path(folder) / "work"
        work.mkdir()
        reads = work / ".reads.json"
        os.environ[READS] = str(reads)
        options: dict[str, Any] = {}
        if engine == "fast":
            options = {"folder": work, "memory": given.memory, "fork": fork, "timed": False}
        try:
            prepared = prepare(source, parameters)
            with chdir(str(work)):
                notebook = papermill_engines.execute_notebook_with_engine(
                    FAST if engine == "fast" else None,
                    prepared,
                    kernel_name=KERNEL,
                    progress_bar=False,
                    execution_timeout=given.seconds,
                    on_cell_execute=lambda cell, cell_index: running.update({cell_index: cell}),
                    **options,
                )
            raise_for_execution_errors(notebook, None)
        except PapermillExecutionError as error:
            cell = running[error.cell_index]
            ename, evalue = _printed_error(cell) or (error.ename, str(error.evalue or ""))
            stop = Stop(ename, evalue, error.traceback or [], given.seconds, given.memory)
            raise _failure(source, cell, parameters, name, stop) from None
        except (DeadKernelError, CellTimeoutError, TimeoutError, NotebookValidationError) as error:
            stop = Stop(type(error).__name__, str(error), [], given.seconds, given.memory)
            last = running[max(running)] if running else None
            raise _failure(source, last, parameters, name, stop) from None
        for cell in notebook.cells:
            if cell.metadata.get("papermill", {}).get("exception"):  # `sys.exit()`, which Papermill lets pass
                raise _failure(source, cell, parameters, name, Stop("SystemExit", "", [], given.seconds, given.memory))
        read = recorded_inputs(reads)
    return clean(notebook, json.loads(source.read_bytes())["metadata"]), read


def prepare(source: Path, parameters: Mapping[str, Any]) -> Any:
    """Give a notebook with its parameters, as the first half of Papermill's `execute_notebook` does.

    That function also writes it, even to nowhere, which takes as long as several cells.
    """
    stamp, notebook, dates = _ahead.pop(source, NOTHING)
    if not stamp or stamp != _stamp(source):
        notebook, dates = _read(source)
    given = {name: Day(one) if name in dates and isinstance(one, str) else one for name, one in parameters.items()}
    notebook = parameterize_notebook(notebook, given, kernel_name=KERNEL)
    return remove_error_markers(prepare_notebook_metadata(notebook, str(source), None))


def read_ahead(source: Path) -> None:
    """Read a notebook for all copies of this process; what is wrong with it is told by who runs it."""
    with suppress(Exception), redirect_stderr(io.StringIO()):
        stamp = _stamp(source)
        if _ahead.get(source, NOTHING)[0] != stamp:
            _ahead[source] = (stamp, *_read(source))


def _read(source: Path) -> tuple[Any, frozenset[str]]:
    """Give a notebook, and those of its parameters that are dates."""
    known = declared(source, source.name)
    return load_notebook_node(str(source)), frozenset(name for name, one in known.items() if "date" in one.kinds)


def _stamp(source: Path) -> Stamp | None:
    """Give what changes when a file is written again; None when there is none."""
    with suppress(OSError):
        found = source.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns
    return None


@contextmanager
def _kernel(folder: Path) -> Any:
    """Offer a kernel of this very Python, whatever kernels and profiles the user has; its warnings are kept quiet."""
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    settings = {"IPYTHONDIR": str(folder / "ipython"), "PYTHONHASHSEED": "0"}
    content = {"argv": command, "display_name": "Python 3", "language": "python", "env": settings}
    (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
    before = {name: os.environ.get(name) for name in ("JUPYTER_PATH", READS)}
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(folder), *filter(None, [before["JUPYTER_PATH"]])])
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# How Python prints the head of a group of exceptions.
GROUP = re.compile(r"^ +\| (.+: .* \(\d+ sub-exceptions?\))$", re.MULTILINE)
# What differs from run to run in texts that Python writes: the file that a cell was compiled as, and addresses.
OF_THE_RUN = [
    (re.compile(r"(?<![^\s\"'])[^\s\"']*/ipykernel_\d+/\d+\.py"), "cell"),  # from the beginning of a word only
    (re.compile(r" at 0x[0-9a-f]{6,}"), " at 0x…"),
]
DATED = re.compile(r"(?<=<dc:date>)[^<]*")  # when matplotlib drew it
STYLED = re.compile(r'(?<=<table id=")T_[0-9a-f]{5}(?=")')  # what pandas calls a styled table


def clean(notebook: Any, metadata: Mapping[str, Any]) -> Any:
    """Strip what differs from run to run (times, paths, addresses, how a stream was cut into pieces) and secrets.

    The metadata of the notebook become those that it had before it ran.
    """
    redactor, styled = Redactor(), dict[str, str]()
    notebook.metadata = nbformat.from_dict(dict(metadata))
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
            cell["source"] = redactor.text(cell["source"])
        if "outputs" in cell:
            cell["outputs"] = redactor.tree(_joined(cell["outputs"], styled))
    return notebook


def _joined(outputs: list[Any], styled: dict[str, str]) -> list[Any]:
    """Join pieces of one stream that follow each other; strip every output. `styled` names tables anew, in order."""
    settle: dict[str, Callable[[str], str]] = {
        "text/plain": _settled, "image/svg+xml": _undated, "text/html": partial(_named, styled),
    }  # fmt: skip
    kept: list[Any] = []
    for output in outputs:
        output.pop("transient", None)
        data = output.get("data", {})
        if output["output_type"] == "stream":
            output["text"] = _settled(output["text"])
            if kept and kept[-1]["output_type"] == "stream" and kept[-1]["name"] == output["name"]:
                kept[-1]["text"] += output["text"]
                continue
        for kind, settled in settle.items():
            if isinstance(data.get(kind), str):
                data[kind] = settled(data[kind])
        kept.append(output)
    return kept


def _settled(text: str) -> str:
    for pattern, settled in OF_THE_RUN:
        text = pattern.sub(settled, text)
    return text.replace(f"{sys.prefix}{os.sep}", "")


def _undated(svg: str) -> str:
    return DATED.sub("", svg)


def _named(styled: dict[str, str], page: str) -> str:
    for name in STYLED.findall(page):
        settled = styled.setdefault(name, f"T_{len(styled):05x}")
        for before in ("#", '"'):  # in styles and in attributes; what stands in a cell is the notebook's
            page = page.replace(before + name, before + settled)
    return page


def _printed_error(cell: Any) -> tuple[str, str] | None:
    """Give name and words of an error that the kernel printed instead of raising it, such as for an unknown magic."""
    if any(one["output_type"] == "error" for one in cell["outputs"]):
        return None
    shown = [one["text"] for one in cell["outputs"] if one["output_type"] == "stream" and one["name"] == "stderr"]
    printed = "".join(shown)
    groups = GROUP.findall(printed)
    last = groups[:1] or printed.strip().splitlines()[-1:]
    name, parted, words = "".join(last).partition(": ")
    return (name, words) if parted and name.replace(".", "").isidentifier() else None


def _failure(source: Path, cell: Any, parameters: Mapping[str, Any], name: str, stop: Stop) -> FailureError:
    cells = list(nbformat.read(source, as_version=4).cells)
    numbers = [at for at, one in enumerate(cells, start=1) if cell is not None and one.get("id") == cell.get("id")]
    number = numbers[0] if numbers else 0
    code = str(cell.get("source", "")) if cell is not None else ""
    line = cell.metadata.get("papermill", {}).get("line") if cell is not None else None
    cause = explain(stop)
    failure = Failure(
        name=name,
        edition=str(parameters.get("edition", "")),
        parameters=dict(parameters),
        section=_section(cells[:number], str(parameters.get("language", "sv"))),
        cell=number,
        cell_id=str(cell.get("id", "")) if cell is not None else "",
        lines=_lines(code, line or _marked_line(code, stop.traceback)),
        cause=cause.what,
        todo=cause.todo,
        exit_code=cause.exit_code,
    )
    return FailureError(failure.hidden(Redactor()))


def _section(before: list[Any], language: str) -> str:
    """Give the last heading before a cell, in the language of the briefing."""
    texts = [str(cell.source) for cell in before]
    found = [heading for text in texts if text.startswith(f"%%{language}") for heading in HEADING.findall(text)]
    return re.sub(r"\{.*?\}", "…", found[-1]) if found else "the beginning"


def _marked_line(code: str, traceback: list[str]) -> int | None:
    """Give the number of the cell's line that a traceback names: it begins with the cell that ran."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    named = re.search(r"^ *(?:Cell|File).* line (\d+)$", plain, re.MULTILINE)
    return int(named[1]) if named else None


def _lines(code: str, at: int | None) -> tuple[str, ...]:
    """Give the failing line of a cell, marked, between its neighbours; the first ones when none is known."""
    lines = code.splitlines()
    if at is None or not 1 <= at <= len(lines):
        return tuple(f"  {number} {text}" for number, text in enumerate(lines[:5], start=1))
    near = range(max(1, at - 2), min(len(lines), at + 1) + 1)
    return tuple(f"{'>' if number == at else ' '} {number} {lines[number - 1]}" for number in near)
