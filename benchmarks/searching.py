"""Measures the search: `python benchmarks/searching.py`, from the project's folder.

The first search of a process reads the stemmers and stems every word; a second index in the same process finds the
stems known. Times are the median of seven, in milliseconds; declarations are read before.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from timing import timed

HOME = Path(__file__).resolve().parents[1]
REPEATS = 7
QUERIES = ("testbädd", "robotar", "additive manufacturing", "statens roll i omställningen", "bädd")
FIRST = """
import time
from pathlib import Path
from npr.catalogue import load_catalogue
from npr.catalogue.evidence import load_evidence
home = Path({home!r})
catalogue = load_catalogue(home)
evidence = load_evidence(home, catalogue)
started = time.perf_counter()
from npr.search import Index, entries_of
Index(entries_of(catalogue, evidence)).search("robotar")
print(time.perf_counter() - started)
"""


def milliseconds(action: Callable[[], object]) -> float:
    """Give the median of some runs, in milliseconds."""
    return 1000 * timed(action, REPEATS)


def first() -> float:
    """Import, index and search once in a process of its own; in seconds."""
    words = [sys.executable, "-c", FIRST.format(home=str(HOME))]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)  # noqa: S603


def main() -> None:
    """Measure and print the table."""
    from npr.catalogue import load_catalogue
    from npr.search.page import workspace_page_data
    from npr.search.show import open_index

    entries = (index := open_index(HOME)).entries
    catalogue = load_catalogue(HOME)
    print(f"{date.today()}, {platform.machine()}, Python {platform.python_version()}, {len(entries)} entries\n")  # noqa: T201
    print("| step | measured | target |\n|---|---|---|")  # noqa: T201
    cold = 1000 * statistics.median(first() for _ in range(REPEATS))
    again = milliseconds(lambda: type(index)(entries).search("robotar"))
    for line in (
        f"| import, index and first search, in a new process | {cold:.0f} ms | 200 ms |",
        f"| index and search again in the same process | {again:.0f} ms | 200 ms |",
        *(f"| search: {one} | {milliseconds(lambda one=one: index.search(one)):.1f} ms | 20 ms |" for one in QUERIES),
        f"| a word that is nowhere, with its near words | {milliseconds(lambda: index.near('robbotar')):.1f} ms | |",
        f"| what the index page searches | {milliseconds(lambda: workspace_page_data(HOME, catalogue)):.0f} ms | |",
    ):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
