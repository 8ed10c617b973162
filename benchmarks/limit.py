"""Measures what a briefing costs in a warm process: `python benchmarks/limit.py HOME COUNTRY` prints seconds as JSON.

The limit is the cells alone: the code and the prose of a notebook in a process that has imported everything and read
the edition, its evidence and its back-test; no kernel, no notebook read or written, no page. Beside it stand the same
cells in a fresh copy of that process, the notebook run by the fast engine, and run and rendered in all formats: each in
a copy that knows nothing of the others, as a build does it. All are medians of three. The limit is taken last, and is
the only one that may find in memory what an earlier run has left there.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timing import timed

from npr.briefing import display
from npr.briefing.cells import Cell, read_code
from npr.briefing.magic import parse_line
from npr.briefing.session import Session
from npr.catalogue import reads
from npr.catalogue.declarations import LANGUAGES, Briefing, Language
from npr.factory import cells as kernels
from npr.factory import warm, worker
from npr.factory.execute import execute
from npr.factory.limits import Limits
from npr.factory.targets import FORMATS
from npr.indicators.knowledge import KnowledgeBase, open_knowledge_base
from npr.vintages.editions import newest_edition

REPEATS = 3


def warm_up(home: Path) -> KnowledgeBase:
    """Import and read everything, as the warm process of a build does it."""
    gc.set_threshold(*warm.RARELY)
    kernels.kernel()
    os.environ["NPR_HOME"] = str(home)
    edition = newest_edition(home)
    warm.keep(str(home), edition.id, list(edition.vintages))
    warm.look_ahead(str(home), edition.id)
    return open_knowledge_base(home, edition.id)


def cells_alone(base: KnowledgeBase, briefing: Briefing, country: str, language: Language, cells: list[Cell]) -> None:
    """Run the cells of a notebook as a script, and render its prose."""
    names: dict[str, Any] = {}
    session = Session(base, briefing, country, language, names)
    with display.gathered() as shown, contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            if cell.prose:
                heading = parse_line(cell.prose.line)
                if cell.prose.language == language and heading.holds(names):
                    display.show_prose(heading.role, language, session.render(cell.prose.body))
            elif "open_briefing(" not in cell.source:
                exec(compile(cell.source, cell.where, "exec"), names)  # noqa: S102 - the notebook itself
            # Set again after each cell: that of the parameters holds their defaults.
            names |= {"country": country, "language": language, "edition": base.edition.id, "b": session}
    if not shown:
        raise SystemExit(f"{briefing.notebook} showed nothing")


def in_copy(action: Callable[[], object]) -> float:
    """Do something in a forked copy of this process; give the seconds until the copy has ended."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()
            reads.forget()
            action()
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("a copy of the warm process failed; see above")
    return time.perf_counter() - started


def rendered(home: Path, briefing: Briefing, parameters: dict[str, str]) -> float:
    """Run and render a briefing as a build does it, in a copy; the folder it is put into is made and removed aside."""
    limits = Limits()
    with tempfile.TemporaryDirectory(prefix="npr-limit-") as folder:
        job = {
            "number": 0, "ahead": False, "home": str(home), "notebook": str(home / briefing.notebook),
            "parameters": parameters, "name": briefing.id, "formats": list(FORMATS), "ran": "", "staging": folder,
            "engine": "fast", "seconds": limits.seconds, "memory": limits.memory,
        }  # fmt: skip

        def do() -> None:
            told = worker.answer(job)
            if "failure" in told:
                raise SystemExit(f"{briefing.id}: {told['failure']}")

        return in_copy(do)


def measure(home: Path, country: str) -> list[dict[str, Any]]:
    """Give the seconds of every briefing in both languages, as a row each."""
    base = warm_up(home)
    rows: list[dict[str, Any]] = []
    works: list[Callable[[], None]] = []
    for briefing in base.catalogue.briefings.values():
        cells = read_code(home, briefing.notebook)
        for language in LANGUAGES:
            given = {"country": country, "language": language, "edition": base.edition.id}
            source, name = home / briefing.notebook, f"{briefing.id} {language}"

            def alone(briefing: Briefing = briefing, language: Language = language, cells: list[Cell] = cells) -> None:
                cells_alone(base, briefing, country, language, cells)

            def run(source: Path = source, given: dict[str, str] = given, name: str = name) -> None:
                execute(source, given, name, engine="fast")

            copies = [in_copy(alone) for _ in range(REPEATS)]
            runs = [in_copy(run) for _ in range(REPEATS)]
            pages = [rendered(home, briefing, given) for _ in range(REPEATS)]
            medians = {"copy": copies, "run": runs, "rendered": pages}
            told = {kind: statistics.median(seconds) for kind, seconds in medians.items()}
            rows.append({"briefing": briefing.id, "language": language, **told})
            works.append(alone)
    for row, work in zip(rows, works, strict=True):
        row["limit"] = timed(work, REPEATS)
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]).resolve(), sys.argv[2])))  # noqa: T201
