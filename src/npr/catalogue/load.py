"""Loads the catalogue: every declaration under `data/catalogue`, held against the others, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.declarations import Area, Briefing, Declaration, Flow, Indicator, Source, Theme, Unit
from npr.catalogue.faults import join_key, show, validate
from npr.catalogue.reads import Recorded
from npr.catalogue.references import key_faults, reference_faults
from npr.catalogue.scenario_rules import set_faults
from npr.catalogue.scenarios import ScenarioSet
from npr.catalogue.yaml_files import read_yaml
from npr.errors import ContentError, Fault

FOLDER = Path("data", "catalogue")
Model = TypeVar("Model", bound=Declaration)

# Kind, declaration, the key that names it, and where it stands: a list in a file, or one mapping a file in a folder.
_PLACES: tuple[tuple[str, type[Declaration], str, str], ...] = (
    ("unit", Unit, "id", "units.yml"),
    ("source", Source, "id", "sources.yml"),
    ("flow", Flow, "id", "flows.yml"),
    ("area", Area, "code", "areas.yml"),
    ("theme", Theme, "id", "themes.yml"),
    ("indicator", Indicator, "id", "indicators"),
    ("briefing", Briefing, "id", "briefings"),
    ("scenario set", ScenarioSet, "id", "scenarios"),
)


@dataclass(frozen=True)
class _Entry:
    """One declaration as it stands in a file, before it is held against its type."""

    kind: str
    model: type[Declaration]
    file: str
    name: str | None
    data: Any
    index: int | None = None

    @property
    def key(self) -> str:
        """Give the path of the declaration in its file: its id in a list, or its place when it has none."""
        if self.index is None:
            return ""
        return self.name or join_key(self.index)


@dataclass
class _Reading:
    """What one reading of the catalogue has found so far."""

    home: Path
    entries: list[_Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def known(self) -> dict[str, list[str]]:
        """Give the ids of each kind, also of faulty declarations and unreadable files, so that one fault stays one."""
        known: dict[str, list[str]] = {kind: [] for kind in (*(place[0] for place in _PLACES), "aggregate")}
        for entry in self.entries:
            if entry.name is not None:
                known[entry.kind].append(entry.name)
                if isinstance(entry.data, dict) and entry.data.get("kind") == "aggregate":
                    known["aggregate"].append(entry.name)
        return known


def load_catalogue(home: Path) -> Catalogue:
    """Read and check every declaration of a workspace.

    Raises:
        ContentError: all faults of all files, together: syntax, duplicate or unknown keys, wrong types, missing
            texts, ids that do not match their file, references that lead nowhere.
    """
    reading = _Reading(home)
    for kind, model, id_key, place in _PLACES:
        read = _read_list if place.endswith(".yml") else _read_folder
        read(reading, home / FOLDER / place, kind, model, id_key)
    declared = _declare(reading)
    if reading.faults:
        raise ContentError(sorted(reading.faults, key=lambda fault: fault.file))
    return Catalogue(
        units=_of(declared, "unit", Unit),
        sources=_of(declared, "source", Source),
        flows=_of(declared, "flow", Flow),
        areas=_of(declared, "area", Area),
        themes=_of(declared, "theme", Theme),
        indicators=_of(declared, "indicator", Indicator),
        briefings=_of(declared, "briefing", Briefing),
        scenarios=_of(declared, "scenario set", ScenarioSet),
    )


def _read_list(reading: _Reading, path: Path, kind: str, model: type[Declaration], id_key: str) -> None:
    """Read a file that is a list of declarations."""
    data, faults = read_yaml(reading.home, path)
    reading.faults += faults
    file = path.relative_to(reading.home).as_posix()
    if data is not None and not isinstance(data, list):
        reading.faults.append(Fault(file, "(file)", "a list of declarations", show(data)))
    for index, one in enumerate(data if isinstance(data, list) else []):
        reading.entries.append(_Entry(kind, model, file, _name_of(one, id_key), one, index))


def _read_folder(reading: _Reading, folder: Path, kind: str, model: type[Declaration], id_key: str) -> None:
    """Read a folder that holds one declaration a file, named after its id."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        file = path.relative_to(reading.home).as_posix()
        if path.suffix != ".yml":
            reading.faults.append(Fault(file, "(file)", f"only files named <{kind}>.yml here", repr(path.name)))
            continue
        data, faults = read_yaml(reading.home, path)
        reading.faults += faults
        name = _name_of(data, id_key) or path.stem
        if name != path.stem:
            hint = f"Name the file {name}.yml, or mend the id."
            reading.faults.append(Fault(file, id_key, f"'{path.stem}', as the file is named", repr(name), hint))
        reading.entries.append(_Entry(kind, model, file, name, data))


def _name_of(data: Any, id_key: str) -> str | None:
    name = data.get(id_key) if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def _declare(reading: _Reading) -> dict[tuple[str, str], Declaration]:
    """Hold each entry against its type and its references; the faults go into the reading."""
    known = reading.known()
    reading.faults += _declared_twice(reading.entries)
    declared: dict[tuple[str, str], Declaration] = {}
    for entry in reading.entries:
        if entry.data is None and entry.index is None:  # the file could not be read, and has its fault already
            continue
        one, faults = validate(entry.model, entry.data, file=entry.file, key=entry.key)
        reading.faults += faults
        if entry.model is ScenarioSet:
            reading.faults += set_faults(entry.data, entry.file, known)
        if one is not None:
            reading.faults += reference_faults(one, entry.file, entry.key, known)
            declared[entry.kind, entry.name or ""] = one
    flows = _of(declared, "flow", Flow)
    for indicator in _of(declared, "indicator", Indicator).values():
        if indicator.oecd and indicator.oecd.flow in flows:
            file = (FOLDER / "indicators" / f"{indicator.id}.yml").as_posix()
            reading.faults += key_faults(indicator, flows[indicator.oecd.flow], file)
    return declared


def _declared_twice(entries: list[_Entry]) -> Iterator[Fault]:
    """Give a fault for each declaration in a list whose id another one has already; files cannot collide."""
    first: dict[tuple[str, str], _Entry] = {}
    for entry in entries:
        if entry.name is None or entry.index is None:
            continue
        other = first.setdefault((entry.kind, entry.name), entry)
        if other is not entry:
            yield Fault(
                entry.file,
                join_key(entry.index),
                f"each {entry.kind} once",
                f"{entry.name!r} again, first at [{other.index}]",
            )


def _of(declared: dict[tuple[str, str], Declaration], kind: str, model: type[Model]) -> Recorded[Model]:
    return Recorded(kind, {name: one for (of, name), one in declared.items() if of == kind and isinstance(one, model)})
