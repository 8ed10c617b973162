"""The evidence: facts with their publications, the demands of the decision, instruments and terms, cross-checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.decision import Decision, Event, decision_faults, event_faults
from npr.catalogue.declarations import Declaration, Id, Language, Sentence, Text
from npr.catalogue.faults import join_key, show, validate
from npr.catalogue.reads import Recorded
from npr.catalogue.scenarios import cited_facts
from npr.catalogue.yaml_files import read_yaml
from npr.errors import ContentError, Fault, UsageError, did_you_mean

FOLDER = Path("data", "evidence")
Model = TypeVar("Model", bound=Declaration)


class Reference(Declaration):
    """A publication, once; `year` is None where it was not seen. The place in it stands on the fact.

    `language` is that of the title, which a page must say where it differs from its own.
    """

    id: Id
    title: Sentence
    language: Language
    publisher: Sentence
    year: int | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None


class EvidenceFact(Declaration):
    """A fact in the project's own words, with the place in the publication that it was read in.

    `confidence`: the source itself was read, only its abstract, or a third party relays it (secondary).
    `value` is a number, or text, a list or a mapping where the fact holds several; only one number can be printed.
    Unit: as `unit` says, which goes with the value. `value_year` is the year that the value is for.
    """

    id: Id
    kind: Literal["fact", "policy", "indicator", "risk", "scenario", "definition", "opportunity"]
    themes: Annotated[tuple[Id, ...], Field(min_length=1)]
    statement: Text
    value: Any = None
    unit: str | None = None
    value_year: int | None = None
    reference: Id
    locator: str | None = None
    confidence: Literal["read", "abstract", "secondary"]
    source_kind: Literal["primary", "copy_of_primary", "news", "third_party"]
    conflicts_with: tuple[Id, ...] = ()
    note: str | None = None


class Demand(Declaration):
    """One demand of the Government's decision: its own Swedish `words`, and in plain words what is asked.

    `briefing` is the one that must answer it, in a section that its notebook names with `b.answers(...)`.
    `force`: shall (ska), may (får, exempelvis), expected (förväntas), states (description). A deadline has its day.
    """

    id: Annotated[str, StringConstraints(pattern=r"^R-[0-9]{2}$")]
    kind: Literal[
        "obligation", "limit", "deadline", "actor", "theme", "activity", "basis", "purpose", "context", "addressee"
    ]
    force: Literal["shall", "may", "expected", "states"]
    last_day: date | None = None
    section: Sentence
    words: Sentence
    demand: Text
    briefing: Id
    themes: tuple[Id, ...] = ()
    note: Text | None = None


class Instrument(Declaration):
    """A class of instruments of the state, with the facts on OECD's advice and on Swedish measures.

    `advice`, `measures` and `effect` say in a line what the facts say: of OECD, of Sweden, and on what came of it.
    Without `measures` no Swedish measure was read.
    """

    id: Id
    name: Text
    reach: Literal["breadth", "spearhead", "framework"]
    oecd: tuple[Id, ...]
    sweden: tuple[Id, ...]
    themes: tuple[Id, ...]
    advice: Text
    measures: Text | None = None
    effect: Text


class Term(Declaration):
    """A term in both languages; `origin` says whether the pair was read in a source or is the project's own."""

    sv: Sentence
    en: Sentence
    origin: Literal["read", "own"]
    group: Sentence


@dataclass(frozen=True)
class Evidence:
    """Everything in data/evidence, by id, checked: each reference leads somewhere."""

    facts: Mapping[str, EvidenceFact]
    references: Mapping[str, Reference]
    demands: Mapping[str, Demand]
    instruments: Mapping[str, Instrument]
    terms: tuple[Term, ...]
    decision: Decision
    events: tuple[Event, ...]

    def fact(self, fact_id: str) -> EvidenceFact:
        """Give a fact.

        Raises:
            UsageError: no such fact; the nearest one is named.
        """
        if fact_id not in self.facts:
            raise UsageError(
                f"Unknown fact {fact_id!r}",
                expected=f"one of {len(self.facts)} facts",
                found=repr(fact_id),
                todo=did_you_mean(fact_id, self.facts) or "The facts are in data/evidence/facts.",
            )
        return self.facts[fact_id]

    def demand(self, demand_id: str) -> Demand:
        """Give a demand.

        Raises:
            UsageError: no such demand; the nearest one is named.
        """
        if demand_id not in self.demands:
            todo = did_you_mean(demand_id, self.demands) or "The demands are in data/evidence/demands.yml."
            raise UsageError(f"Unknown demand {demand_id!r}", expected="R-01 to R-57", found=repr(demand_id), todo=todo)
        return self.demands[demand_id]


@dataclass
class _Reading:
    """What one reading has found so far; `first` tells where each id of a kind stands, also of faulty entries."""

    home: Path
    faults: list[Fault] = field(default_factory=list)
    first: dict[str, dict[str, str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def refer(self, file: str, key: str, kind: str, name: str) -> None:
        """Note a fault when nothing of that kind has the name; when its file cannot be read, nothing can be said."""
        known = self.first.get(kind, {})
        if name not in known and kind not in self.unread:
            self.faults.append(Fault(file, key, f"a known {kind}", repr(name), did_you_mean(name, known)))

    def may_know(self, name: str, *kinds: str) -> bool:
        """Say whether a name stands for something that has faults of its own, or might, in a file that is unread."""
        return any(name in self.first.get(kind, {}) or kind in self.unread for kind in kinds)


def load_evidence(home: Path, catalogue: Catalogue) -> Evidence:
    """Read and check the evidence of a workspace, and the demands that its briefings say they answer.

    Raises:
        ContentError: all faults of all files, together: syntax, duplicate or unknown keys, wrong types, missing
            texts, duplicate ids, references that lead nowhere.
    """
    reading = _Reading(home)
    reading.first["theme"] = dict.fromkeys(catalogue.themes, "data/catalogue/themes.yml")
    reading.first["briefing"] = dict.fromkeys(catalogue.briefings, "data/catalogue/briefings")
    if not catalogue.briefings:  # they could not be read, which has its own fault
        reading.unread.add("briefing")
    facts = [pair for path in _fact_files(reading) for pair in _read(reading, path, "fact", EvidenceFact)]
    folder = home / FOLDER
    references = _read(reading, folder / "references.yml", "reference", Reference)
    demands = _read(reading, folder / "demands.yml", "demand", Demand)
    instruments = _read(reading, folder / "instruments.yml", "instrument", Instrument)
    terms = _read(reading, folder / "glossary.yml", "term", Term, id_key="sv")
    events = _read(reading, folder / "timeline.yml", "event", Event)
    decision = _read_decision(reading, folder)
    for file, fact in facts:
        _check_fact(reading, file, fact)
    for file, demand in demands:
        _check_demand(reading, file, demand)
    for file, instrument in instruments:
        _check_instrument(reading, file, instrument)
    for file, key, name in cited_facts(home):
        reading.refer(file, key, "fact", name)
    if decision:
        words = {one.id: one.words for _, one in demands}
        reading.faults += decision_faults(reading.home, decision, words)
    named = {one.id: one for _, one in facts} | {one.id: one for _, one in demands}
    for file, event in events:
        if event.source in named or not reading.may_know(event.source, "fact", "demand"):
            reading.faults += event_faults(file, event, named)
    if reading.faults or decision is None:
        raise ContentError(sorted(reading.faults, key=lambda fault: fault.file))
    return Evidence(
        facts=Recorded("fact", {one.id: one for _, one in facts}),
        references=Recorded("reference", {one.id: one for _, one in references}),
        demands=Recorded("demand", {one.id: one for _, one in demands}),
        instruments=Recorded("instrument", {one.id: one for _, one in instruments}),
        terms=tuple(one for _, one in terms),
        decision=decision,
        events=tuple(one for _, one in events),
    )


def _fact_files(reading: _Reading) -> Iterator[Path]:
    """Give the files of facts, one a theme; anything else beside them is a fault, and so is their absence."""
    folder = reading.home / FOLDER / "facts"
    paths = [one for one in sorted(folder.glob("*")) if not one.name.startswith(".")]
    if not paths:
        reading.unread.add("fact")
        reading.faults.append(Fault((FOLDER / "facts").as_posix(), "(folder)", "facts, a file for each theme", "none"))
    for path in paths:
        if path.suffix == ".yml":
            yield path
        else:
            file = path.relative_to(reading.home).as_posix()
            reading.faults.append(Fault(file, "(file)", "only files named <theme>.yml here", repr(path.name)))


def _read(reading: _Reading, path: Path, kind: str, model: type[Model], id_key: str = "id") -> list[tuple[str, Model]]:
    """Read a file that is a list; give (file, entry) for each entry without a fault of its own."""
    file = path.relative_to(reading.home).as_posix()
    content, found = read_yaml(reading.home, path)
    reading.faults += found
    if not isinstance(content, list):
        reading.unread.add(kind)
        if content is not None:
            reading.faults.append(Fault(file, "(file)", f"a list, each entry a {kind}", show(content)))
        return []
    read = []
    for index, item in enumerate(content):
        name = item.get(id_key) if isinstance(item, dict) else None
        if isinstance(name, str):
            other = reading.first.setdefault(kind, {}).setdefault(name, f"{file}[{index}]")
            if other != f"{file}[{index}]":
                reading.faults.append(Fault(file, join_key(index), f"each {kind} once", f"{name!r}, also {other}"))
        one, wrong = validate(model, item, file=file, key=name if isinstance(name, str) else join_key(index))
        reading.faults += wrong
        if one is not None:
            read.append((file, one))
    return read


def _read_decision(reading: _Reading, folder: Path) -> Decision | None:
    path = folder / "decision.yml"
    content, found = read_yaml(reading.home, path)
    reading.faults += found
    if found:
        return None
    decision, wrong = validate(Decision, content, file=path.relative_to(reading.home).as_posix())
    reading.faults += wrong
    return decision


def _check_fact(reading: _Reading, file: str, fact: EvidenceFact) -> None:
    reading.refer(file, join_key(fact.id, "reference"), "reference", fact.reference)
    for index, other in enumerate(fact.conflicts_with):
        reading.refer(file, join_key(fact.id, "conflicts_with", index), "fact", other)
    _check_themes(reading, file, fact.id, fact.themes)
    theme, stem = fact.themes[0], Path(file).stem
    if theme != stem:
        expected, hint = f"'{stem}', as the file is named", f"Move the fact to {theme}.yml, or mend its first theme."
        reading.faults.append(Fault(file, join_key(fact.id, "themes", 0), expected, repr(theme), hint))
    if fact.value is not None and not _is_value(fact.value):
        expected = "a number, a text, or a list or mapping of them"
        reading.faults.append(Fault(file, join_key(fact.id, "value"), expected, show(fact.value)))
    if (fact.value is None) != (fact.unit is None):
        expected = "both value and unit, or neither"
        found = "a value alone" if fact.unit is None else "a unit alone"
        reading.faults.append(Fault(file, join_key(fact.id, "unit"), expected, found))


def _is_value(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_value(one) for one in value.values())
    if isinstance(value, list | tuple):
        return all(_is_value(one) for one in value)
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _check_demand(reading: _Reading, file: str, demand: Demand) -> None:
    _check_themes(reading, file, demand.id, demand.themes)
    reading.refer(file, join_key(demand.id, "briefing"), "briefing", demand.briefing)
    if demand.kind == "deadline" and demand.last_day is None:
        reading.faults.append(Fault(file, join_key(demand.id, "last_day"), "the last day of a deadline", "nothing"))


def _check_instrument(reading: _Reading, file: str, instrument: Instrument) -> None:
    _check_themes(reading, file, instrument.id, instrument.themes)
    for key, facts in (("oecd", instrument.oecd), ("sweden", instrument.sweden)):
        for index, one in enumerate(facts):
            reading.refer(file, join_key(instrument.id, key, index), "fact", one)


def _check_themes(reading: _Reading, file: str, key: str, themes: tuple[str, ...]) -> None:
    for index, theme in enumerate(themes):
        reading.refer(file, join_key(key, "themes", index), "theme", theme)
