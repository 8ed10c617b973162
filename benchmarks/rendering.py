"""Measures the rendering against the stock chain: `python benchmarks/rendering.py`, from the project's folder.

Everything is run as commands, in one run, on a temporary copy of the workspace: papermill, nbconvert and headless
Chromium one document after the other; `npr build` from nothing, again, after a changed sentence and without one PDF;
and all OECD countries (`--countries N`; 0 leaves them out). `--stock N` runs the stock chain on N documents only. The
limit that each further briefing is held against is in `limit.py`, the watching of memory in `memory.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from memory import SCRIPTS, Watched, watch

from npr.catalogue import Catalogue, load_catalogue
from npr.catalogue.declarations import LANGUAGES, Briefing, Language
from npr.factory.pools import ONE_CORE, SETTLED

HOME = Path(__file__).resolve().parents[1]
COUNTRY, EDITION, CHANGED = "SWE", "starter", "industri40"
REPEATS = 3
PARTS = 5  # of the stock chain, with a build from nothing before each
CORES = os.cpu_count() or 1
STAGES = {"papermill": "`papermill`", "nbconvert": "`jupyter nbconvert`", "chromium": "Chromium"}
DONE = re.compile(r"^ +\d+/\d+  (\S+) (\S+) (\S+)  ([\d.]+) s$")
Row = tuple[str, str, str]


@dataclass
class Stock:
    """What the stock chain took: seconds of each document by stage, and the most memory, in MB."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    peaks: list[float] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """Give how many documents were made."""
        return max(map(len, self.seconds.values()), default=0)

    @property
    def whole(self) -> float:
        """Give the seconds of all stages and documents."""
        return sum(map(sum, self.seconds.values()))


class Bench:
    """A copy of the workspace, and the commands that are run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "workspace"
        for one in ("data", "notebooks"):
            shutil.copytree(HOME / one, self.home / one)
        shutil.copy(HOME / "requirements.lock", self.home)
        self.catalogue: Catalogue = load_catalogue(self.home)
        self.names = (folder / f"reports-{number}" for number in count())

    def documents_of(self, most: int) -> list[tuple[Briefing, Language]]:
        """Give the documents for one country, so many at most."""
        return [(one, language) for one in self.catalogue.briefings.values() for language in LANGUAGES][:most]

    def stock(self, found: Stock, documents: list[tuple[Briefing, Language]], *, memory: bool = False) -> Stock:
        """Run, convert and print some documents with the stock chain, one after the other; add what was seen."""
        browser = shutil.which("chromium")
        for briefing, language in documents:
            note(f"stock chain: {briefing.id} {language}")
            with tempfile.TemporaryDirectory(dir=self.folder) as place:
                out = Path(place) / "out.ipynb"
                given = [("country", COUNTRY), ("language", language), ("edition", EDITION)]
                options = [word for name, value in given for word in ("-p", name, value)]
                page, printed = out.with_suffix(".html"), out.with_suffix(".pdf")
                stages: dict[str, tuple[list[str | Path], Path]] = {
                    "papermill": ([SCRIPTS / "papermill", self.home / briefing.notebook, out, *options], out),
                    "nbconvert": ([SCRIPTS / "jupyter", "nbconvert", "--to", "html", "--no-input", out], page),
                }
                if browser:
                    profile = f"--user-data-dir={place}/profile"
                    words = [browser, "--headless", "--no-sandbox", "--disable-gpu", profile]
                    stages["chromium"] = ([*words, f"--print-to-pdf={printed}", page.as_uri()], printed)
                for stage, (words, made) in stages.items():
                    seen = watch(words, Path(place), {"NPR_HOME": str(self.home)}, memory=memory)
                    if not made.exists():
                        raise SystemExit(f"{stage} made no {made.name} of {briefing.notebook}")
                    found.seconds.setdefault(stage, []).append(seen.seconds)
                    found.peaks.append(seen.peak)
        return found

    def build(
        self, reports: Path, *options: str, countries: tuple[str, ...] = (COUNTRY,), memory: bool = False
    ) -> tuple[Watched, list[str]]:
        """Run `npr build`; give what was seen, and the files that it built."""
        asked = [word for one in countries for word in ("--country", one)]
        words = [SCRIPTS / "npr", "--home", self.home, "build", *asked, "--reports", reports, "--json", *options]
        seen = watch(words, self.folder, memory=memory)
        return seen, json.loads(seen.out)["built"]

    def cold(self, *options: str, memory: bool = False) -> tuple[Watched, Path]:
        """Build from nothing; give what was seen, and the reports folder."""
        note(f"from nothing {' '.join(options)}")
        place = next(self.names)
        watched, built = self.build(place, *options, memory=memory)
        if len(built) != self.documents * 3:
            raise SystemExit(f"{len(built)} files built of {self.documents} documents")
        return watched, place

    @property
    def documents(self) -> int:
        """Give how many documents there are for one country."""
        return len(self.catalogue.briefings) * len(LANGUAGES)

    def change_sentences(self) -> Iterator[str]:
        """Change one word of one sentence in Swedish, again and again; give the name of the notebook each time."""
        path = self.home / self.catalogue.briefings[CHANGED].notebook
        words = (" och ", " samt ")
        while True:
            content = json.loads(path.read_text(encoding="utf-8"))
            for cell in content["cells"]:
                text = "".join(cell["source"])
                if text.startswith("%%sv\n") and words[0] in text:
                    cell["source"] = text.replace(*words, 1)
                    break
            else:
                raise SystemExit(f"no sentence to change in {path.name}")
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
            words = words[::-1]
            yield path.stem

    def limits(self) -> list[dict[str, Any]]:
        """Measure the limit, and each further briefing, in a process of its own."""
        words = [sys.executable, str(Path(__file__).with_name("limit.py")), str(self.home), COUNTRY]
        settings = {**os.environ, **SETTLED, **ONE_CORE}
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=settings)  # noqa: S603
        return json.loads(done.stdout)


def stock_rows(stock: Stock, documents: int) -> Iterator[Row]:
    """Tell of the stock chain."""
    if not stock.documents:
        return
    for stage, name in STAGES.items():
        told = stock.seconds.get(stage)
        yield (
            f"stock chain, {stock.documents} documents: {name}",
            f"{sum(told):.1f} s" if told else "not installed: no PDFs",
            "",
        )
    each = stock.whole / stock.documents
    peak = max(stock.peaks, default=math.nan)
    yield "the same in all", f"{stock.whole:.1f} s, {each:.1f} s a document, {peak:.0f} MB for one", ""
    if stock.documents < documents:
        yield f"estimate of {documents} documents", f"{each * documents:.0f} s", ""


def side_by_side(bench: Bench, most: int) -> tuple[Stock, list[Watched], Path]:
    """Run the stock chain, and builds from nothing between its parts: a machine is not as fast all the time.

    Memory is looked at in runs of their own.
    """
    stock, cold, documents = Stock(), [], bench.documents_of(most)
    share = max(1, -(-len(documents) // PARTS))
    for part in range(PARTS):
        cold.append(bench.cold()[0])
        bench.stock(stock, documents[part * share : (part + 1) * share])
    watched, reports = bench.cold(memory=True)
    cold[0].samples = watched.samples
    stock.peaks = bench.stock(Stock(), documents[:1], memory=True).peaks
    return stock, cold, reports


def build_rows(bench: Bench, stock: Stock, cold: list[Watched], reports: Path) -> list[Row]:
    """Tell of one country: from nothing with all cores and with one, unchanged, and with little changed."""
    documents, rows = bench.documents, []
    told = f"`npr build`, {documents} documents, HTML, PDF and XLSX"
    alone = stock.whole / stock.documents * documents if stock.documents else None
    one_core = [bench.cold("--jobs", "1")[0] for _ in range(REPEATS)]
    one_core[0].samples = bench.cold("--jobs", "1", memory=True)[0].samples
    for jobs, seen, target in ((CORES, cold, "at least 20 x"), (1, one_core, "")):
        seconds = statistics.median(one.seconds for one in seen)
        ratio = f", **{alone / seconds:.1f} x faster** than the stock chain" if alone else ""
        spread = f"{min(one.seconds for one in seen):.1f}–{max(one.seconds for one in seen):.1f}"
        measured = f"{seconds:.1f} s ({spread}), {seen[0].peak:.0f} MB{ratio}"
        rows.append((f"{told}, from nothing, {jobs} at a time", measured, target))
    note("nothing changed")
    again = [bench.build(reports) for _ in range(REPEATS)]
    rows.append(("nothing changed", f"{median(again)}; {files(again)} files built", "1 s"))
    note("one sentence changed")
    changed = [bench.build(reports) for _, _ in zip(range(REPEATS), bench.change_sentences(), strict=False)]
    built = sorted({one for _, each in changed for one in each})
    others = [one for one in built if Path(one).name.split(".")[0] != CHANGED]
    only = f"also {', '.join(others)}" if others else f"of {CHANGED} only"
    rows.append(("one sentence changed", f"{median(changed)}; {files(changed)} files built, {only}", "3 s"))
    note("one PDF gone")
    gone, printed = [], f"{EDITION}/{COUNTRY}/{CHANGED}.sv.pdf"
    for _ in range(REPEATS):
        (reports / printed).unlink()
        gone.append(bench.build(reports))
    only = "" if all(each == [printed] for _, each in gone) else ", not that one alone"
    rows.append(("one PDF gone, rendered without a run", f"{median(gone)}; {files(gone)} file built{only}", ""))
    return rows


def limit_rows(found: list[dict[str, Any]]) -> Iterator[Row]:
    """Tell of the limit and of each further briefing."""
    whole = {kind: sum(one[kind] for one in found) for kind in ("limit", "copy", "engine", "run", "rendered")}
    yield f"the limit: the cells of {len(found)} documents alone", f"{whole['limit']:.2f} s", ""
    names = {
        "copy": "the same cells, each in a fresh copy",
        "engine": "in IPython in a copy of the warm process, by the fast engine",
        "run": "run by it, the notebook read and written",
        "rendered": "run, written, and rendered in three formats",
    }
    for kind, name in names.items():
        ratio = f"{whole[kind] / whole['limit']:.2f} x the limit"
        yield (
            f"each further briefing: {name}",
            f"{whole[kind]:.2f} s, {ratio}",
            "at most 1.5 x" if kind == "engine" else "",
        )


def countries_rows(bench: Bench, number: int, cold: list[Watched], stock: Stock) -> Iterator[Row]:
    """Build many countries; tell of time and memory as the build goes on."""
    countries = bench.catalogue.members[:number]
    note(f"{len(countries)} countries")
    seen, built = bench.build(next(bench.names), "--jobs", str(CORES), countries=countries, memory=True)
    ends = [(at, *found.groups()) for at, line in seen.lines if (found := DONE.match(line))]
    documents = len(countries) * bench.documents
    if len(ends) != documents or len(built) != 3 * documents:
        raise SystemExit(f"{len(ends)} of {documents} documents built")
    one = statistics.median(each.seconds for each in cold)
    each, before = seen.seconds / documents, one / bench.documents
    told = f"{seen.seconds:.0f} s, {each:.2f} s a document (one country: {before:.2f} s)"
    yield f"{len(countries)} countries, {documents} documents, {CORES} at a time", told, "linear"
    usual = usual_seconds(cold)
    quarter = max(2, documents // 4)
    for name, part in (("first", ends[:quarter]), ("last", ends[-quarter:])):
        seconds, done = part[-1][0] - part[0][0], part[1:]
        ratio = seconds * CORES / sum(usual[briefing, language] for _, briefing, _, language, _ in done)
        told = (
            f"{len(done) / seconds:.2f} documents a second; {ratio:.2f} x what the same briefings take for one country"
        )
        yield f"the {name} quarter of them", told, "the same"
    tenths = [(round(documents * (share - 0.1)), round(documents * share) - 1) for share in (0.1, 0.5, 1.0)]
    at = ", ".join(f"{seen.between(ends[first][0], ends[last][0]):.0f} MB" for first, last in tenths)
    told = f"{seen.peak:.0f} MB; in the tenth of the documents before 10 %, 50 % and 100 %: {at}"
    yield "their memory in all, at most", told, "1,500 MB, flat"
    if stock.documents:
        each = stock.whole / stock.documents
        yield "the stock chain for as many, an estimate", f"{each * documents / 60:.0f} min", ""


def usual_seconds(cold: list[Watched]) -> dict[tuple[str, str], float]:
    """Give how long the job of each briefing in each language took when one country was built."""
    found: dict[tuple[str, str], list[float]] = {}
    for watched in cold:
        for _, line in watched.lines:
            if told := DONE.match(line):
                found.setdefault((told[1], told[3]), []).append(float(told[4]))
    return {name: statistics.mean(seconds) for name, seconds in found.items()}


def median(runs: list[tuple[Watched, list[str]]]) -> str:
    """Give the median of some builds."""
    return f"{statistics.median(seen.seconds for seen, _ in runs):.2f} s"


def files(runs: list[tuple[Watched, list[str]]]) -> str:
    """Give how many files some builds made, each."""
    return " or ".join(sorted({str(len(built)) for _, built in runs}))


def note(text: str) -> None:
    """Say what is done now."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main() -> None:
    """Measure, and print the tables."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--countries", type=int, default=38, help="how many OECD members; 0 leaves that step out")
    asked.add_argument("--stock", type=int, default=1000, help="how many documents of the stock chain; else all")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="npr-rendering-") as folder:
        bench = Bench(Path(folder))
        stock, cold, reports = side_by_side(bench, max(0, given.stock))
        rows = [*stock_rows(stock, bench.documents), *build_rows(bench, stock, cold, reports)]
        note("the limit")
        found = bench.limits()
        rows += limit_rows(found)
        if given.countries > 0:
            rows += countries_rows(bench, given.countries, cold, stock)
    used = ", ".join(f"{one} {version(one)}" for one in ("papermill", "nbconvert"))
    machine = f"{platform.machine()}, Python {platform.python_version()}, {CORES} cores"
    print(f"{date.today()}, {machine}; {used}:\n\n| step | measured | target |\n|---|---|---|")  # noqa: T201
    for row in rows:
        print(f"| {' | '.join(row)} |".replace("|  |", "| |"))  # noqa: T201
    kinds = ("limit", "copy", "engine", "run", "rendered")
    heads = ("limit", "in a copy", "by the engine", "run", "rendered", "engine / limit", "run / limit")
    print(f"\n| briefing | language | {' | '.join(heads)} |\n|---|---|{'--:|' * len(heads)}")  # noqa: T201
    for one in found:
        seconds = " | ".join(f"{one[kind]:.2f} s" for kind in kinds)
        ratios = " | ".join(f"{one[kind] / one['limit']:.2f}" for kind in ("engine", "run"))
        print(f"| {one['briefing']} | {one['language']} | {seconds} | {ratios} |")  # noqa: T201


if __name__ == "__main__":
    main()
