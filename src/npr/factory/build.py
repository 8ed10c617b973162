"""Builds what is stale: has each target run and rendered, and puts its files into place when all of them are whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from npr import disk
from npr.catalogue import Catalogue
from npr.errors import ContentError, IntegrityError, NprError
from npr.factory import failures as told_of
from npr.factory import interrupts
from npr.factory import manifest as manifests
from npr.factory.failures import Failure
from npr.factory.index import NAME as INDEX
from npr.factory.index import search_data, write_index
from npr.factory.limits import Limits
from npr.factory.manifest import File, Manifest
from npr.factory.places import Place
from npr.factory.plan import DATES, EXECUTED, RUN_PARTS, TEMPLATES, Plan, Staleness, Target, key_of
from npr.factory.pools import Answer, Job, Pool
from npr.factory.redact import Redactor

STAGING = ".staging-"
SECONDS_A_KB = 0.02  # of a notebook: a guess for what was never built, to begin with the longest
Say = Callable[[str], None]
Noted = Callable[[int, int, str], None]
"""Told how many targets are done, of how many, and a line about the last one ("" before the first)."""


@dataclass
class Outcome:
    """What a build did: the files it wrote and those that were fresh, the targets in seconds, and what failed."""

    built: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    passed: list[tuple[str, float]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Give 0, or the code of the gravest failure: a fault of content or integrity before a notebook's own."""
        return min((one.exit_code for one in self.failures), default=0)


@dataclass
class _Work:
    """A target that is not fresh, with what it is held against."""

    target: Target
    stale: Staleness
    plan: Plan
    manifest: Manifest

    @property
    def seconds(self) -> float:
        """Give how long it took the last time, or a guess."""
        known = self.manifest.files.get(self.target.path(EXECUTED))
        size = (self.plan.home / self.target.briefing.notebook).stat().st_size if not known else 0
        return known.seconds if known else SECONDS_A_KB * size / 1000


class Builder:
    """A build of targets into a reports folder."""

    def __init__(
        self,
        home: Path,
        reports: Place,
        catalogue: Catalogue,
        say: Say,
        noted: Noted | None = None,
        limits: Limits | None = None,
        engine: str = "fast",
    ) -> None:
        self.home, self.reports, self.catalogue, self.say = home, reports, catalogue, say
        self.noted = noted or self._line
        self.limits = limits or Limits()
        self.engine = engine
        self._plans: dict[str, Plan] = {}
        self._ahead: dict[str, bool] = {}
        self._entries: dict[str, dict[str, File]] = {}
        self._written = time.monotonic()
        self._pause = 1.0

    def build(
        self, targets: Sequence[Target], pool: Pool, *, force: bool = False, failed: Sequence[Failure] = ()
    ) -> Outcome:
        """Build the stale ones of some targets; `failed` are those that could not even become targets.

        Raises:
            RenderError: the reports folder cannot be made.
            KeyboardInterrupt: interrupted; what ran was ended, nothing half-written is left.
        """
        outcome = Outcome(failures=list(failed))
        self.reports.make()
        works = self._stale(targets, outcome, force)
        if works:
            runs = any(one.stale.run for one in works)
            # What runs notebooks takes twice as long to get ready as what renders them, and needs a core for itself.
            pool.start(runs=runs, renders=not runs)
        search = self._search(targets[0].edition) if works else None  # while the pool gets ready
        if works:
            self.say(f"Building {len(works)} of {told_of.count(len(targets), 'briefing')}")
            self.noted(0, len(works), "")
            self._do(works, pool, outcome)
        if outcome.built or not self._index_stands():
            if not works and targets:
                search = self._search(targets[0].edition)
            write_index(self.reports, self.catalogue, search)
        if works or failed:
            for edition in {one.edition for one in targets} | {one.edition for one in failed}:
                self._report(edition, outcome)
        return outcome

    def _do(self, works: list[_Work], pool: Pool, outcome: Outcome) -> None:
        works.sort(key=lambda one: -one.seconds)  # the longest first, so that none is left alone at the end
        # Where reports lie far away, files are made on this machine first.
        here = contextlib.nullcontext("") if self.reports.folder else tempfile.TemporaryDirectory(prefix="npr-build-")
        with here as near:
            jobs = [self._job(number, one, Path(near)) for number, one in enumerate(works)]
            try:
                for done, (job, answer) in enumerate(pool.run(jobs, self._keep(works)), start=1):
                    line = self._enter(works[job["number"]], job, answer, outcome)
                    self.noted(done, len(works), line)
                    interrupts.look()
            finally:
                pool.close()
                self._write_manifests(at_once=True)
                for job in jobs:
                    shutil.rmtree(job["staging"], ignore_errors=True)

    def _search(self, edition: str) -> dict[str, Any] | None:
        """Give what the index page searches; when what is declared is faulty, say so and leave the search out."""
        try:
            return search_data(self.reports, self.home, self.catalogue, self._plans[edition].searched)
        except (ContentError, IntegrityError) as error:
            self.say(f"The index page has no search: {error.what}. Run `npr check` to see more.")
            return None

    def _stale(self, targets: Sequence[Target], outcome: Outcome, force: bool) -> list[_Work]:
        works = []
        self._sweep("")
        manifests_of: dict[str, Manifest] = {}
        for target in targets:
            edition = target.edition
            if edition not in self._plans:
                self._sweep(edition)
                manifest, cut = manifests.read_manifest(self.reports, edition)
                if cut:
                    self.say(f"The manifest of {edition} was damaged; its briefings are built again.")
                self._plans[edition], manifests_of[edition] = Plan(self.home, self.catalogue, edition), manifest
            plan, manifest = self._plans[edition], manifests_of[edition]
            stale = plan.staleness(self.reports, target, manifest)
            if force:
                stale = Staleness(run=True, formats=target.formats, because=("it was asked for",))
            if not stale.fresh:
                works.append(_Work(target, stale, plan, manifest))
            else:
                outcome.skipped.append(target.name)
            outcome.fresh += [f"{edition}/{target.path(one)}" for one in target.formats if one not in stale.formats]
        return works

    def _line(self, done: int, total: int, line: str) -> None:
        if line:
            self.say(f"  {done}/{total}  {line}")

    def _keep(self, works: Sequence[_Work]) -> dict[str, Any]:
        """Say what a warm process should have open: the indicators of the briefings to run, of the first edition."""
        running = [one for one in works if one.stale.run]
        briefings = {one.target.briefing.id: one.target.briefing for one in running}
        names = {name for one in briefings.values() for name in self.catalogue.indicators_of(one)}
        return {"home": str(self.home), "edition": works[0].target.edition, "indicators": sorted(names)}

    def _looks_ahead(self, work: _Work) -> bool:
        """Say whether a notebook needs the back-test; one that takes messages which need it looks ahead itself."""
        name = work.target.briefing.notebook
        if name not in self._ahead:
            self._ahead[name] = "look_ahead(" in _text(self.home / name)
        return work.stale.run and self._ahead[name]

    def _job(self, number: int, work: _Work, near: Path) -> Job:
        target, folder = work.target, self.reports.folder
        place = folder / target.edition if folder else near
        ran = "" if work.stale.run else target.path(EXECUTED)
        if ran and not folder:
            copy = near / f"{number}.ipynb"
            copy.write_bytes(self.reports.read(f"{target.edition}/{ran}"))
        return {
            "number": number,
            "ahead": self._looks_ahead(work),
            "home": str(self.home),
            "notebook": str(self.home / target.briefing.notebook),
            "parameters": dict(target.parameters),
            "name": target.name,
            "formats": list(work.stale.formats),
            "ran": ran and str(folder / target.edition / ran if folder else near / f"{number}.ipynb"),
            "staging": str(place / f"{STAGING}{os.getpid()}-{number}x{time.time_ns():x}"),
            # Where nothing can be forked, and where the stock engine is asked for; on a cluster too copies run cells.
            "engine": "kernel" if self.engine == "kernel" or not hasattr(os, "fork") else "fast",
            "seconds": self.limits.seconds,
            "memory": self.limits.memory,
        }

    def _enter(self, work: _Work, job: Job, answer: Answer, outcome: Outcome) -> str:
        """Put the files of a target into place, or note its failure; give a line about it."""
        target = work.target
        if "failure" not in answer:
            try:
                self._place(work, Path(job["staging"]), answer)
            except NprError as error:
                cause, _, todo = error.message().partition("\n")
                answer = {"failure": vars(Failure(target.name, cause, todo, error.exit_code, edition=target.edition))}
            else:
                outcome.built += [f"{target.edition}/{target.path(one)}" for one in work.stale.formats]
                outcome.passed.append((target.name, answer["seconds"]))
        shutil.rmtree(job["staging"], ignore_errors=True)
        if "failure" in answer:
            outcome.failures.append(Failure.from_json(answer["failure"]).hidden(Redactor()))
            return f"{target.name}  failed"
        return f"{target.name}  {answer['seconds']:.1f} s"

    def _place(self, work: _Work, staging: Path, answer: Answer) -> None:
        """Move the files into place, each whole, and note them for the manifest."""
        target, edition = work.target, work.target.edition
        executed = work.manifest.files.get(target.path(EXECUTED))
        if work.stale.run or executed is None:
            inputs = answer["inputs"]
            parts = work.plan.parts(target, inputs)
            data, ran = work.plan.data, _sha256(staging / f"out.{EXECUTED}")
            self.reports.write(f"{edition}/{target.inputs_path}", told_of.as_text(inputs).encode())
        else:
            now = {TEMPLATES: work.plan.templates, DATES: os.environ.get("SOURCE_DATE_EPOCH", "")}
            parts, data, ran = {**executed.parts, **now}, executed.data, executed.sha256
        made = [*work.stale.formats, *([EXECUTED] if work.stale.run else [])]
        for one in made:
            held = {name: digest for name, digest in parts.items() if one != EXECUTED or name in RUN_PARTS}
            entry = File(
                sha256=_sha256(staging / f"out.{one}"),
                briefing=target.briefing.id,
                country=target.country,
                language=target.language,
                format=one,
                parameters=dict(target.parameters),
                key=key_of(held),
                parts=held,
                data=data,
                ran=ran,
                vintages=answer["vintages"],
                seconds=answer["seconds"],
            )
            self.reports.take(staging / f"out.{one}", f"{edition}/{target.path(one)}")
            self._entries.setdefault(edition, {})[target.path(one)] = entry
        self._write_manifests()

    def _write_manifests(self, *, at_once: bool = False) -> None:
        """Write what is new into the manifests, now and then: each time the whole of it is written."""
        if not self._entries or (not at_once and time.monotonic() < self._written + self._pause):
            return
        started = time.monotonic()
        for edition, entries in self._entries.items():
            manifests.add_files(self.reports, edition, entries)
        self._entries = {}
        self._written = time.monotonic()
        self._pause = max(1.0, 20 * (self._written - started))

    def _report(self, edition: str, outcome: Outcome) -> None:
        """Write what failed for people and for machines, and take away what an earlier build said."""
        failed = outcome.failures
        pages = (told_of.as_markdown(failed), told_of.as_text(told_of.as_json(failed)))
        for name, page in zip(told_of.FILES, pages, strict=True):
            if failed:
                self.reports.write(f"{edition}/{name}", page.encode())
            else:
                self.reports.remove(f"{edition}/{name}")
        junit = told_of.as_junit(outcome.passed, outcome.skipped, failed)
        self.reports.write(f"{edition}/{told_of.JUNIT}", junit.encode())

    def _index_stands(self) -> bool:
        """Say whether the index page is there and no manifest is newer; far away, whether it is there."""
        if not self.reports.folder:
            return self.reports.exists(INDEX)
        index = self.reports.folder / INDEX
        if not index.exists():
            return False
        written = index.stat().st_mtime_ns
        return all(path.stat().st_mtime_ns <= written for path in self.reports.folder.glob("*/manifest.json"))

    def _sweep(self, edition: str) -> None:
        """Remove what builds that were killed have left."""
        if self.reports.folder:
            folder = self.reports.folder / edition
            disk.sweep([*folder.glob(f"{STAGING}*"), *folder.glob(f".*{disk.PART}")])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
