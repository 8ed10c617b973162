"""Says in a person's words what stopped a notebook, and what to try."""

from __future__ import annotations

import re
from dataclasses import dataclass

from npr.errors import IntegrityError, NotebookError

EMPTY = re.compile(
    r"empty sequence|empty (?:Series|DataFrame)|zero-size array|out[- ]of[- ]bounds|out of range|No objects to concat|"
    r"iterable argument is empty|StopIteration|arg is an empty|array of size 1 to a Python|at least one data point"
)
LAB = "Open the notebook with `make lab`, run it with these parameters, and mend the cell."
AGAIN = "Look at what the cell asks for, and run it in `make lab`; then build again."


@dataclass(frozen=True)
class Stop:
    """What stopped a notebook: the error's name, text and traceback, and the limits that it ran under."""

    name: str
    text: str
    traceback: list[str]
    seconds: int
    memory: int

    @property
    def plain(self) -> str:
        """Give the error's text without colours, and without the name that a cell's code is compiled under."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.text).strip()
        return re.sub(r"\(\d+\.py, (line \d+)\)", r"(\1)", text)


@dataclass(frozen=True)
class Cause:
    """Why, what to try, and the exit code of the build."""

    what: str
    todo: str
    exit_code: int = NotebookError.exit_code


def explain(stop: Stop) -> Cause:
    """Give the cause of a stop; an error that is not known is given by its name."""
    first, _, rest = stop.plain.partition("\n")
    own = stop.name.endswith("Error") and rest.strip() != ""
    gigabytes = f"{stop.memory / (1 << 30):g} GB"
    if stop.name == "MemoryError" or "Unable to allocate" in first or "ArrowMemoryError" in stop.name:
        return Cause(
            f"the cell needed more memory than the {gigabytes} that a notebook is given ({stop.name}: {first})",
            "Select fewer rows or columns, or give more with NPR_MEMORY_GB.",
        )
    if stop.name in ("CellTimeoutError", "TimeoutError") and not stop.traceback:
        return Cause(
            f"the cell ran for more than {stop.seconds} seconds",
            "See whether it ends in `make lab`, or give more with NPR_CELL_SECONDS.",
        )
    if stop.name == "ShownTooMuchError":
        return Cause(
            "the cell printed or displayed more than 10 MB", "Print less; a briefing shows tables and figures."
        )
    if stop.name == "NotebookValidationError":
        return Cause(f"the cell displayed what a notebook cannot hold ({first})", "Give texts, or JSON as `…+json`.")
    if stop.name == "DeadKernelError":
        how = f" ({first})" if first.startswith("it ") else ""
        return Cause(f"the kernel died{how}: the cell ended its process, or the machine ran out of memory", AGAIN)
    if stop.name == "PermissionError":
        return Cause(
            f"the cell may write only in its own folder ({first})",
            "Show results with `b.show_…`; a file for others is made by `npr scenarios --export` or by the build.",
        )
    if stop.name == "OSError" and "No space left" in first:
        return Cause("the disk is full", "Make room, and build again.", 7)
    if stop.name in ("SystemExit", "KeyboardInterrupt"):
        return Cause(f"the cell ended the program ({stop.name})", "Take `exit` out of the cell.")
    if stop.name == "ModuleNotFoundError":
        return Cause(f"a package is missing ({first})", "Add it to pyproject.toml, run `make lock`, and build again.")
    if own:  # an error of ours says all, what to do in its last line
        code = IntegrityError.exit_code if stop.name == "IntegrityError" else NotebookError.exit_code
        *what, todo = stop.plain.splitlines()
        return Cause(f"{stop.name}: {' '.join(line.strip() for line in what)}", todo, code)
    if stop.name == "KeyError":
        return Cause(
            f"nothing is called {first} in what the cell selects from (KeyError)",
            "See which columns and rows are there, and mend the name or the selection.",
        )
    if EMPTY.search(first) or stop.name in ("IndexError", "StopIteration"):
        return Cause(
            f"the selection is empty ({stop.name}{f': {first}' if first else ''})",
            "The edition may have no number for this country: ask with `b.has(...)` first, or widen the selection.",
        )
    return Cause(f"{stop.name}: {first}" if first else stop.name, LAB)
