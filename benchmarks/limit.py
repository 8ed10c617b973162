"""Measures what a briefing costs in a warm process: `python benchmarks/limit.py HOME COUNTRY` prints seconds as JSON.

The limit is the cells alone: the code and the prose of a notebook in a process that has imported everything and read
the edition, its evidence and its back-test; no kernel, no notebook read or written, no page. That process runs all the
notebooks, each once, one after the other. Beside it stand the same cells in a fresh copy of that process, and the
same cells as the fast engine runs them, in IPython in a copy of a build's warm process, until it has ended and the
notebook holds what they showed; and the notebook run and written, then run, written and rendered in all formats, as
jobs of a build whose processes are warm. All are medians of three, on one core.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors

from npr.briefing import display
from npr.briefing.cells import Cell, read_code
from npr.briefing.magic import parse_line
from npr.briefing.session import Session
from npr.catalogue import reads
from npr.catalogue.declarations import LANGUAGES, Briefing, Language
from npr.factory import cells as kernels
from npr.factory import pools, warm
from npr.factory.child import ask
from npr.factory.execute import FAST, KERNEL, READS, prepare
from npr.factory.limits import Limits
from npr.factory.pools import Job
from npr.factory.processes import RARELY
from npr.factory.targets import FORMATS
from npr.indicators.knowledge import KnowledgeBase, open_knowledge_base
from npr.vintages.editions import newest_edition

REPEATS = 3
KINDS = ("limit", "copy", "engine", "run", "rendered")


def warm_up(home: Path) -> KnowledgeBase:
    """Import and read everything, as the warm process of a build does it."""
    gc.set_threshold(*RARELY)
    kernels.kernel()
    os.environ["NPR_HOME"] = str(home)
    edition = newest_edition(home)
    warm.keep(str(home), edition.id, list(edition.vintages))
    warm.look_ahead(str(home), edition.id)
    kernels.rehearse(*warm.REHEARSED)
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
    gc.freeze()  # as a keeper does: else the copy searches all of it for garbage
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


def each_once(works: Sequence[Callable[[], None]]) -> list[float]:
    """Give the seconds of each of some actions, done once each, one after the other, in one copy of this process."""
    hears, tells = os.pipe()

    def do() -> None:
        seconds = []
        for work in works:
            started = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - started)
        os.write(tells, json.dumps(seconds).encode())

    in_copy(do)
    os.close(tells)
    with os.fdopen(hears) as told:
        return list(json.load(told))


@contextlib.contextmanager
def warm_process(home: Path, base: KnowledgeBase) -> Iterator[socket.socket]:
    """Start the warm process of a build; give the way to ask it."""
    asks, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with asks:
        with asked:
            process = pools.start("warm", asked)
        assert process.stdin  # noqa: S101 - it was asked for
        assert process.stdout  # noqa: S101 - it was asked for
        kept = {"home": str(home), "edition": base.edition.id, "indicators": [*base.edition.vintages], "before": None}
        process.stdin.write(json.dumps(kept).encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        yield asks
        process.stdin.close()
        process.wait()


def by_engine(asks: socket.socket, notebook: Path, parameters: dict[str, str]) -> float:
    """Have the fast engine run a notebook that was read, in a copy of the warm process; give the seconds."""
    read = prepare(notebook, parameters)
    fork = partial(ask, asks, notebook=str(notebook), ahead=needs_back_test(notebook))
    with tempfile.TemporaryDirectory(prefix="npr-limit-") as folder:
        os.environ[READS] = str(Path(folder) / ".reads.json")
        started = time.perf_counter()
        ran = papermill_engines.execute_notebook_with_engine(
            FAST, read, kernel_name=KERNEL, progress_bar=False, folder=Path(folder), memory=Limits().memory, fork=fork,
            timed=False,
        )  # fmt: skip
        seconds = time.perf_counter() - started
        raise_for_execution_errors(ran, None)
    del os.environ[READS]
    return seconds


def needs_back_test(notebook: Path) -> bool:
    """Say what a build's plan says of a notebook."""
    return "look_ahead(" in notebook.read_text(encoding="utf-8")


def job_of(home: Path, briefing: Briefing, parameters: dict[str, str], formats: Sequence[str], staging: str) -> Job:
    """Give the job that a build would send to the press."""
    limits = Limits()
    return {
        "number": 0, "ahead": needs_back_test(home / briefing.notebook),
        "home": str(home), "notebook": str(home / briefing.notebook), "parameters": parameters, "name": briefing.id,
        "formats": list(formats), "ran": "", "staging": staging,
        "engine": "fast", "seconds": limits.seconds, "memory": limits.memory,
    }  # fmt: skip


def further(
    pool: pools.WarmPool, home: Path, briefing: Briefing, parameters: dict[str, str], formats: Sequence[str]
) -> float:
    """Have a job done by processes that are warm; give the seconds from asking to the answer."""
    keep = {"home": str(home), "edition": parameters["edition"], "indicators": list(newest_edition(home).vintages)}
    with tempfile.TemporaryDirectory(prefix="npr-limit-") as folder:
        job = job_of(home, briefing, parameters, formats, folder)
        started = time.perf_counter()
        [(_, told)] = pool.run([job], keep)
        if "failure" in told:
            raise SystemExit(f"{briefing.id}: {told['failure']}")
        return time.perf_counter() - started


def measure(home: Path, country: str) -> list[dict[str, Any]]:
    """Give the seconds of every briefing in both languages, as a row each."""
    base = warm_up(home)
    documents = [(one, language) for one in base.catalogue.briefings.values() for language in LANGUAGES]
    taken: list[dict[str, list[float]]] = [{kind: [] for kind in KINDS} for _ in documents]
    with warm_process(home, base) as asks, closing(pools.WarmPool(1)) as pool:
        for briefing, language in documents:  # the back-test is made when it is first asked for
            given = {"country": country, "language": language, "edition": base.edition.id}
            by_engine(asks, home / briefing.notebook, given)
            further(pool, home, briefing, given, ())
        works = [
            partial(cells_alone, base, one, country, language, read_code(home, one.notebook))
            for one, language in documents
        ]
        # Round by round, since a machine is not as fast all the time: what is set against each other is near in time.
        for _ in range(REPEATS):
            for seconds, limit in zip(taken, each_once(works), strict=True):
                seconds["limit"].append(limit)
            for (briefing, language), alone, seconds in zip(documents, works, taken, strict=True):
                given = {"country": country, "language": language, "edition": base.edition.id}
                seconds["copy"].append(in_copy(alone))
                seconds["engine"].append(by_engine(asks, home / briefing.notebook, given))
                seconds["run"].append(further(pool, home, briefing, given, ()))
                seconds["rendered"].append(further(pool, home, briefing, given, FORMATS))
    return [
        {"briefing": one.id, "language": language, **{kind: statistics.median(all_) for kind, all_ in seconds.items()}}
        for (one, language), seconds in zip(documents, taken, strict=True)
    ]


def on_one_core() -> None:
    """Keep this process and what it starts to one core, where that can be done: what is measured is time of a core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    on_one_core()
    print(json.dumps(measure(Path(sys.argv[1]).resolve(), sys.argv[2])))  # noqa: T201
