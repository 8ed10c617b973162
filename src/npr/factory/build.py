"""Builds what is stale: runs each target in a worker, and moves its files into place when all of them are whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npr import disk
from npr.catalogue import Catalogue
from npr.errors import ContentError, IntegrityError, NprError, RenderError
from npr.factory import manifest as manifests
from npr.factory.manifest import File, write_whole
from npr.factory.plan import Target, key_parts, shared_parts, stale_because

if TYPE_CHECKING:
    from npr.publish.site import Entry

STAGING = ".staging-"
SECONDS_A_CELL = 300
Say = Callable[[str], None]
Noted = Callable[[int, int, str], None]
"""Told how many targets are done, of how many, and a line about the last one ("" before the first)."""


@dataclass
class Outcome:
    """What a build did: the files it wrote, those that were fresh, and what failed with which exit code."""

    built: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    failures: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Give 0, or the code of the gravest failure: a fault of content or integrity before a notebook's own."""
        return min((code for _, _, code in self.failures), default=0)


class Builder:
    """A build: holds its running workers, so that an interrupt can end all of them."""

    def __init__(
        self,
        home: Path,
        reports: Path,
        catalogue: Catalogue,
        say: Say,
        noted: Noted | None = None,
        seconds_a_cell: int = SECONDS_A_CELL,
    ) -> None:
        self.home, self.reports, self.catalogue, self.say = home, reports, catalogue, say
        self.noted = noted or self._line
        self.seconds_a_cell = seconds_a_cell
        self._running: set[subprocess.Popen[str]] = set()
        self._guard = threading.Lock()
        self._ended = False

    def build(self, targets: Sequence[Target], *, jobs: int, force: bool = False) -> Outcome:
        """Build the stale ones of some targets of one edition, several at a time.

        Raises:
            RenderError: the reports folder cannot be made.
            KeyboardInterrupt: interrupted; the workers were ended, nothing half-written is left.
        """
        outcome = Outcome()
        _make_folder(self.reports)
        stale = self._stale(targets, outcome, force)
        if stale:
            self.say(f"Building {len(stale)} of {len(targets)} briefings")
            self.noted(0, len(stale), "")
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
            futures = {pool.submit(self._one, target, parts): target for target, parts in stale}
            try:
                for number, future in enumerate(as_completed(futures), start=1):
                    line = _enter(futures[future], future.result(), outcome)
                    self.noted(number, len(stale), line)
            except BaseException:
                self._end_all()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        if outcome.built or not _index_stands(self.reports):
            write_index(self.reports, self.catalogue, self._search())
        return outcome

    def _search(self) -> dict[str, Any] | None:
        """Give what the index page searches; when what is declared is faulty, say so and leave the search out."""
        from npr.search.page import workspace_page_data  # not needed when all is fresh
        from npr.vintages.editions import list_editions

        try:
            editions = [one.id for one in list_editions(self.home)]
            return {**workspace_page_data(self.home, self.catalogue), "editions": editions}
        except (ContentError, IntegrityError) as error:
            self.say(f"The index page has no search: {error.what}. Run `npr check` to see more.")
            return None

    def _stale(self, targets: Sequence[Target], outcome: Outcome, force: bool) -> list[tuple[Target, dict[str, str]]]:
        stale = []
        _sweep(self.reports)
        shared: dict[str, dict[str, str]] = {}
        for target in targets:
            edition = target.edition
            shared.setdefault(edition, shared_parts(self.home, edition))
            _sweep(self.reports / edition)
            manifest, cut = manifests.read_manifest(self.reports / edition, edition)
            if cut:
                self.say(f"The manifest of {edition} was damaged; its briefings are built again.")
            parts = key_parts(self.home, target, shared[edition])
            if force or stale_because(self.reports, target, parts, manifest):
                stale.append((target, parts))
            else:
                outcome.fresh += [f"{edition}/{target.path(one)}" for one in target.formats]
        return stale

    def _line(self, done: int, total: int, line: str) -> None:
        if line:
            self.say(f"  {done}/{total}  {line}")

    def _one(self, target: Target, parts: dict[str, str]) -> dict[str, Any]:
        """Run a target in a worker, and move what it made into place."""
        folder = self.reports / target.edition
        staging: Path | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=f"{STAGING}{os.getpid()}-", dir=folder))
            started = time.monotonic()
            answer = self._work(target, staging)
            answer["seconds"] = round(time.monotonic() - started, 2)
            if "error" not in answer:
                self._place(target, parts, staging, answer)
            return answer
        except NprError as error:
            return {"error": error.message(), "exit_code": error.exit_code}
        except OSError as error:
            told = f"{target.name} could not be written: {error.strerror} ({error.filename}).\n"
            return {
                "error": f"{told}Earlier reports are kept. Make room on the disk, or name another --reports.",
                "exit_code": 7,
            }
        finally:
            if staging:
                shutil.rmtree(staging, ignore_errors=True)

    def _work(self, target: Target, staging: Path) -> dict[str, Any]:
        job = {
            "home": str(self.home),
            "notebook": str(self.home / target.briefing.notebook),
            "parameters": dict(target.parameters),
            "name": target.name,
            "formats": target.formats,
            "staging": str(staging),
            "seconds_a_cell": self.seconds_a_cell,
        }
        log = staging / "worker.log"
        # Its scratch files lie in the staging folder, so that they are swept with it when all of this is killed.
        scratch = staging / "tmp"
        scratch.mkdir()
        with log.open("w", encoding="utf-8") as told, self._guard:
            if self._ended:
                raise NprError("The build was interrupted", todo="Build again.")
            worker = subprocess.Popen(
                [sys.executable, "-m", "npr.factory.worker"],
                stdin=subprocess.PIPE, stdout=told, stderr=told, text=True, start_new_session=True,
                env={**os.environ, "TMPDIR": str(scratch)},
            )  # fmt: skip
            self._running.add(worker)
        with contextlib.suppress(BrokenPipeError):
            worker.communicate(json.dumps(job))
        self._running.discard(worker)
        answered = staging / "answer.json"
        if worker.returncode == 0 and answered.exists():
            return dict(json.loads(answered.read_text(encoding="utf-8")))
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        cause = last[0] if last else f"it ended with {worker.returncode}"
        return {
            "error": f"The worker of {target.name} failed: {cause}\nEarlier reports are kept. Build it again.",
            "exit_code": 1,
        }

    def _place(self, target: Target, parts: dict[str, str], staging: Path, answer: dict[str, Any]) -> None:
        """Move the files into place, each whole, and enter them in the manifest."""
        folder = self.reports / target.edition
        entries = {}
        for file_format in (*target.formats, "ipynb"):
            made, place = staging / f"out.{file_format}", folder / target.path(file_format)
            entries[target.path(file_format)] = File(
                sha256=hashlib.sha256(made.read_bytes()).hexdigest(),
                briefing=target.briefing.id,
                country=target.country,
                language=target.language,
                format=file_format,
                parameters=dict(target.parameters),
                parts=parts,
                vintages=answer["vintages"],
                seconds=answer["seconds"],
            )
            place.parent.mkdir(parents=True, exist_ok=True)
            made.replace(place)
        manifests.add_files(folder, target.edition, entries)

    def _end_all(self) -> None:
        with self._guard:
            self._ended = True
            for worker in list(self._running):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(worker.pid, signal.SIGKILL)


def _enter(target: Target, answer: dict[str, Any], outcome: Outcome) -> str:
    """Enter a target into the outcome; give a line about it."""
    if "error" in answer:
        outcome.failures.append((target.name, answer["error"], answer["exit_code"]))
        return f"{target.name}  failed"
    outcome.built += [f"{target.edition}/{target.path(one)}" for one in target.formats]
    return f"{target.name}  {answer['seconds']:.1f} s"


def _make_folder(reports: Path) -> None:
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(
            f"The reports could not be written: {error.strerror}",
            where=str(reports),
            kept="No kernel was started.",
            todo="Name another folder with --reports.",
        ) from error


def write_index(reports: Path, catalogue: Catalogue, search: dict[str, Any] | None = None) -> None:
    """Write the index page over everything that the manifests name and that is there, with what it searches.

    Two builds at once write it one after the other, so that the last one names the files of both.
    """
    from npr.publish.site import index_page  # slow to import, and not needed when all is fresh

    with manifests.alone(reports):
        write_whole(reports / "index.html", index_page(_rendered(reports, catalogue), search).encode())


def _rendered(reports: Path, catalogue: Catalogue) -> list[Entry]:
    """Give the files that the manifests name and that are there."""
    from npr.language.names import area_name
    from npr.publish.site import Entry

    entries = []
    for path in sorted(reports.glob("*/manifest.json")):
        manifest, _ = manifests.read_manifest(path.parent, path.parent.name)
        for place, file in manifest.files.items():
            lies = path.parent / place
            if file.format == "ipynb" or not lies.exists() or file.briefing not in catalogue.briefings:
                continue
            language = "sv" if file.language == "sv" else "en"
            entries.append(
                Entry(
                    edition=manifest.edition,
                    country=file.country,
                    country_name=area_name(catalogue.area(file.country), language),  # type: ignore[arg-type]
                    title=catalogue.briefings[file.briefing].title[language],  # type: ignore[index]
                    language=language,
                    format=file.format,
                    path=f"{path.parent.name}/{place}",
                    size_kb=max(1, lies.stat().st_size // 1000),
                    briefing=file.briefing,
                    place=catalogue.briefings[file.briefing].place,
                )
            )
    return entries


def _index_stands(reports: Path) -> bool:
    """Say whether the index page is there and no manifest is newer."""
    index = reports / "index.html"
    if not index.exists():
        return False
    written = index.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= written for path in reports.glob("*/manifest.json"))


def _sweep(folder: Path) -> None:
    """Remove what builds that were killed have left."""
    disk.sweep([*folder.glob(f"{STAGING}*"), *folder.glob(f".*{disk.PART}")])
