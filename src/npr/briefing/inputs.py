"""What a briefing was made from: a fingerprint of each thing that it read. It is stale when one of them changes.

While a notebook runs, `catalogue.reads` records what is asked for. Where NPR_READS names a file, `record_inputs` adds
what was new to it after each cell, as a line; the build keeps it all beside the briefing (see `factory.plan`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from npr.briefing.cells import opening, read_code
from npr.briefing.demands import places
from npr.catalogue import Catalogue
from npr.catalogue.evidence import Evidence
from npr.catalogue.reads import ALL, NAMES, Read, asked
from npr.errors import ContentError, UsageError
from npr.vintages.editions import Edition, load_edition

VARIABLE = "NPR_READS"
DIGITS = 16
ALWAYS: tuple[Read, ...] = (("area", ALL),)
"""What every briefing reads: the members of OECD are worked out once and then kept, so that it goes unrecorded."""
DECLARED = (
    "unit", "source", "flow", "area", "theme", "indicator", "briefing", "scenario set", "vintage",
    "fact", "reference", "demand", "instrument",
)  # fmt: skip
"""The kinds of what is declared, by name."""
Inputs = dict[str, dict[str, str]]
"""Fingerprints by kind and name; "" for what is not there."""


class Base(Protocol):
    """What a fingerprint is taken of: a knowledge base, or the parts of it that need no tables."""

    home: Path
    catalogue: Catalogue
    edition: Edition

    @property
    def evidence(self) -> Evidence:
        """Give the evidence."""
        ...


class Fingerprints:
    """Takes fingerprints of declarations, evidence, vintages and openings of notebooks; each once."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._taken: dict[Read, str] = {}

    def of(self, reads: Iterable[Read]) -> Inputs:
        """Give the fingerprints of what was read, in order of kind and name."""
        found: Inputs = {}
        for kind, name in sorted({*reads, *ALWAYS}):
            found.setdefault(kind, {})[name] = self.one(kind, name)
        return found

    def one(self, kind: str, name: str) -> str:
        """Give one fingerprint; "" for what is not there."""
        if (kind, name) not in self._taken:
            self._taken[kind, name] = self._take(kind, name)
        return self._taken[kind, name]

    def _take(self, kind: str, name: str) -> str:
        special: dict[str, Callable[[str], Any]] = {
            "edition": self._edition, "opening": self._opening, "answers": self._answers, "events": self._events,
        }  # fmt: skip
        if kind in special:
            try:
                return _digest(special[kind](name))
            except (ContentError, UsageError):  # a notebook that is gone or cut, an edition that is gone
                return ""
        held = self._declared(kind)
        if name == NAMES:
            return _digest(sorted(dict.keys(held)))
        if name == ALL:
            return _digest([[one, self.one(kind, one)] for one in sorted(dict.keys(held))])
        found = dict.get(held, name)
        return "" if found is None else _digest(found.model_dump(mode="json"))

    def _declared(self, kind: str) -> dict[str, Any]:
        """Give what is declared of a kind, by name."""
        catalogue, edition = self.base.catalogue, self.base.edition
        held: dict[str, Callable[[], Any]] = {
            "unit": lambda: catalogue.units, "source": lambda: catalogue.sources, "flow": lambda: catalogue.flows,
            "area": lambda: catalogue.areas, "theme": lambda: catalogue.themes,
            "indicator": lambda: catalogue.indicators, "briefing": lambda: catalogue.briefings,
            "scenario set": lambda: catalogue.scenarios, "vintage": lambda: edition.vintages,
            "fact": lambda: self.base.evidence.facts, "reference": lambda: self.base.evidence.references,
            "demand": lambda: self.base.evidence.demands, "instrument": lambda: self.base.evidence.instruments,
        }  # fmt: skip
        return held[kind]() if kind in held else {}

    def _edition(self, name: str) -> Any:
        """Give what a briefing says of its edition; of another one, which vintages it held too."""
        if name == self.base.edition.id:
            edition = self.base.edition
            return [edition.id, edition.follows, edition.frozen.isoformat(), edition.title.model_dump()]
        return load_edition(self.base.home, name).model_dump(mode="json")

    def _opening(self, name: str) -> Any:
        cells = opening(read_code(self.base.home, self.base.catalogue.briefing(name).notebook))
        return [one.source for one in cells]

    def _answers(self, name: str) -> Any:
        return [[one.demand, one.section] for one in places(self.base.home, [self.base.catalogue.briefing(name)])]

    def _events(self, _: str) -> Any:
        return [one.model_dump(mode="json") for one in self.base.evidence.events]


_foreseen: dict[Base, Fingerprints] = {}


def foresee(base: Base) -> None:
    """Take the fingerprints of all that is declared, for the notebooks that run in copies of this process."""
    prints = Fingerprints(base)
    for kind in DECLARED:
        for name in (NAMES, ALL):
            prints.one(kind, name)  # that of all of them takes each
    _foreseen[base] = prints


def record_inputs(shell: Any, base: Base) -> None:
    """Add what the notebook has read to a file after each of its cells, where NPR_READS names one."""
    place = os.environ.get(VARIABLE)
    if not place:
        return
    prints = _foreseen.get(base) or Fingerprints(base)
    written: set[Read] = set()

    def write(*_: Any) -> None:
        new = asked() - written
        if new:
            written.update(new)
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(json.dumps(prints.of(new)) + "\n")

    shell.events.register("post_run_cell", write)


def recorded_inputs(place: Path) -> Inputs:
    """Give what was recorded in a file, in order of kind and name; nothing when there is none."""
    found: Inputs = {}
    for line in place.read_text(encoding="utf-8").splitlines() if place.exists() else []:
        for kind, names in json.loads(line).items():
            found.setdefault(kind, {}).update(names)
    return {kind: dict(sorted(names.items())) for kind, names in sorted(found.items())}


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
