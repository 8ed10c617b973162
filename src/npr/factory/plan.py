"""What there is to build, and what of it is stale and why.

A briefing's key is made of parts, each with a name that a person understands. What the notebook read (declarations,
evidence, vintages) is one of them, found by recording while it ran; the record lies in `.inputs/` of the edition's
reports.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from npr.briefing.inputs import Fingerprints, Inputs
from npr.briefing.notebooks import read_cells
from npr.catalogue import Catalogue
from npr.catalogue.declarations import Briefing, Language
from npr.catalogue.evidence import Evidence, load_evidence
from npr.catalogue.reads import ALL, NAMES, unrecorded
from npr.errors import ContentError
from npr.factory.manifest import Manifest
from npr.factory.places import Place
from npr.vintages.editions import Edition, load_edition
from npr.vintages.places import editions_root

PACKAGE = Path(__file__).resolve().parents[1]
# The code that decides what a notebook's outputs are, and that which makes pages of them. The other rooms do neither.
RENDERS = ("publish",)
NEITHER = ("cli", "search", "refresh", "oecd", "__pycache__")
RUNS_IN_FACTORY = (
    "execute.py", "cells.py", "child.py", "engine.py", "foreseen.py", "keeper.py", "parameters.py", "redact.py",
    "matplotlibrc",
)  # fmt: skip
NOTEBOOK, PARAMETERS, CODE = "the notebook", "the parameters", "the code"
ENVIRONMENT, READ, TEMPLATES, DATES = "the environment", "what it read", "the templates", "SOURCE_DATE_EPOCH"
RUN_PARTS = (NOTEBOOK, PARAMETERS, READ, CODE, ENVIRONMENT)
FROM_NOTEBOOKS = ("opening", "answers")
"""The kinds of what is read that are found in notebooks; all others are in files of data."""
EXECUTED = "ipynb"


@dataclass(frozen=True)
class Target:
    """One briefing for one country in one language, with all its parameters and the formats asked for.

    `reads` are the other notebooks that it takes something from.
    """

    briefing: Briefing
    country: str
    language: Language
    edition: str
    parameters: Mapping[str, Any]
    formats: tuple[str, ...]
    reads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the name that people read."""
        return f"{self.briefing.id} {self.country} {self.language}"

    def path(self, file_format: str) -> str:
        """Give where a format of it lies under the reports folder's edition."""
        return f"{self.country}/{self.briefing.id}.{self.language}.{file_format}"

    @property
    def inputs_path(self) -> str:
        """Give where the record of what it read lies there."""
        return f".inputs/{self.country}/{self.briefing.id}.{self.language}.json"


@dataclass(frozen=True)
class Staleness:
    """What must be done for a target: nothing, render some formats of what was run, or run it. `because` says why."""

    run: bool = False
    formats: tuple[str, ...] = ()
    because: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        """Say whether nothing is to be done."""
        return not self.run and not self.formats


@dataclass
class _Base:
    """What fingerprints are taken of, without any tables."""

    home: Path
    catalogue: Catalogue
    edition: Edition

    @cached_property
    def evidence(self) -> Evidence:
        with unrecorded():
            return load_evidence(self.home, self.catalogue)


@dataclass
class Plan:
    """What the targets of one edition are held against; everything is read once."""

    home: Path
    catalogue: Catalogue
    edition: str
    _notebooks: dict[str, str] = field(default_factory=dict)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """Give what takes fingerprints of what was read."""
        return Fingerprints(_Base(self.home, self.catalogue, load_edition(self.home, self.edition)))

    @cached_property
    def code(self) -> str:
        """Give the digest of the code that runs notebooks."""
        return code_digest(rendering=False)

    @cached_property
    def templates(self) -> str:
        """Give the digest of the code, styles and fonts that make pages of what was run."""
        return _files(path for path in _code() if _room(path) in RENDERS or path.suffix in (".ttf", ".woff2"))

    @cached_property
    def environment(self) -> str:
        """Give the digest of the locked packages and the version of Python."""
        locked = self.home / "requirements.lock"
        return _hash(f"{sys.version_info[:2]} {locked.read_text(encoding='utf-8') if locked.exists() else ''}")

    @cached_property
    def declared(self) -> str:
        """Give the digest of every file of data that a briefing could read: declarations, evidence and editions."""
        data = self.home / "data"
        return _below(data / "catalogue", data / "evidence", editions_root(self.home))

    @cached_property
    def data(self) -> str:
        """Give two digests, of all files of data and of all notebooks; what is in neither cannot have been read."""
        return f"{self.declared} {_below(self.home / 'notebooks')}"

    @cached_property
    def searched(self) -> str:
        """Give the digest of what the search of the index page is made of: what is declared, and code."""
        code = _files(sorted((PACKAGE / "search").rglob("*.py")))
        return _hash(f"{self.declared} {self.code} {self.templates} {code}")

    def notebook(self, name: str) -> str:
        """Give the digest of what counts in a notebook."""
        if name not in self._notebooks:
            self._notebooks[name] = _notebook_hash(self.home / name)
        return self._notebooks[name]

    def parts(self, target: Target, inputs: Inputs) -> dict[str, str]:
        """Give the parts of a target's key: a digest for each name. `inputs` is what it read."""
        return {
            NOTEBOOK: self.notebook(target.briefing.notebook),
            PARAMETERS: _hash(json.dumps(dict(target.parameters), sort_keys=True)),
            READ: _hash(json.dumps(inputs, sort_keys=True)),
            CODE: self.code,
            ENVIRONMENT: self.environment,
            TEMPLATES: self.templates,
            DATES: os.environ.get("SOURCE_DATE_EPOCH", ""),
        }

    def changed_inputs(self, inputs: Inputs) -> list[str]:
        """Name what was read and is another now, in words."""
        changed = []
        for kind, names in inputs.items():
            for name, before in names.items():
                now = self.fingerprints.one(kind, name)
                if now != before:
                    changed.append(_told(kind, name, gone=not now, new=not before))
        return changed

    def staleness(self, reports: Place, target: Target, manifest: Manifest) -> Staleness:
        """Say what must be done for a target, and why."""
        because = self._run_again(reports, target, manifest)
        if because:
            return Staleness(run=True, formats=target.formats, because=tuple(because))
        formats, told = [], []
        for one in target.formats:
            why = self._render_again(reports, target, one, manifest)
            if why:
                formats.append(one)
                told.append(why)
        return Staleness(formats=tuple(formats), because=tuple(dict.fromkeys(told)))

    def _run_again(self, reports: Place, target: Target, manifest: Manifest) -> list[str]:
        entry = manifest.files.get(target.path(EXECUTED))
        if entry is None:
            return ["it was never built"]
        damage = _damage(reports, target, EXECUTED, manifest)
        if damage:
            return [damage]
        inputs = read_inputs(reports, target)
        if inputs is None:
            return ["the record of what it read is gone"]
        now = self.parts(target, inputs)
        changed = [f"{name} changed" for name in RUN_PARTS if entry.parts.get(name) != now[name]]
        if entry.data != self.data:
            same = entry.data.startswith(f"{self.declared} ")
            changed += self.changed_inputs({one: inputs[one] for one in inputs if one in FROM_NOTEBOOKS or not same})
        return changed

    def _render_again(self, reports: Place, target: Target, file_format: str, manifest: Manifest) -> str:
        entry = manifest.files.get(target.path(file_format))
        ran = manifest.files[target.path(EXECUTED)]
        if entry is None:
            return f"no {file_format} was made"
        if entry.parts.get(TEMPLATES) != self.templates:
            return f"{TEMPLATES} changed"
        if entry.parts.get(DATES, "") != os.environ.get("SOURCE_DATE_EPOCH", ""):
            return f"{DATES} changed"
        if entry.ran != ran.sha256:
            return f"the {file_format} is older than what was run"
        return _damage(reports, target, file_format, manifest)


def code_digest(*, rendering: bool = True) -> str:
    """Give the digest of the code that runs notebooks, and of that which renders them too unless it is left out."""
    return _files(path for path in _code() if rendering or _room(path) not in RENDERS)


def key_of(parts: Mapping[str, str]) -> str:
    """Give the key that its parts make."""
    return _hash(json.dumps(dict(parts), sort_keys=True))


def read_inputs(reports: Place, target: Target) -> Inputs | None:
    """Give what a target read when it was run; None when there is no record, or a cut one."""
    try:
        found = json.loads(reports.read(f"{target.edition}/{target.inputs_path}"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and all(isinstance(one, dict) for one in found.values()) else None


def _damage(reports: Place, target: Target, file_format: str, manifest: Manifest) -> str:
    """Say what became of a file since it was built; "" when it is as it was."""
    path = target.path(file_format)
    try:
        content = reports.read(f"{target.edition}/{path}")
    except FileNotFoundError:
        return f"the {file_format} is gone"
    except OSError as error:
        return f"the {file_format} cannot be read ({error.strerror})"
    return (
        "" if hashlib.sha256(content).hexdigest() == manifest.files[path].sha256 else f"the {file_format} was altered"
    )


def _told(kind: str, name: str, *, gone: bool, new: bool) -> str:
    every = {"events": "the timeline"}.get(kind, f"which {kind}s there are, or one of them,")
    one = {
        "vintage": f"the vintage of {name}", "answers": f"where {name} answers the demands",
        "opening": f"the key messages of {name}", "edition": f"the edition {name}",
    }.get(kind, f"the {kind} {name}")  # fmt: skip
    what = every if name in (NAMES, ALL) else one
    return f"{what} {'is gone' if gone else 'is there now' if new else 'changed'}"


def _code() -> list[Path]:
    found = [path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return [one for one in found if _counts(one)]


def _counts(path: Path) -> bool:
    room = _room(path)
    return room not in NEITHER and (room != "factory" or path.name in RUNS_IN_FACTORY)


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def _notebook_hash(path: Path) -> str:
    """Hash what counts in a notebook: its cells' kind, id, tags and source; not outputs. One gone or cut has ""."""
    try:
        cells = read_cells(path, path.name)
    except ContentError:
        return ""
    return _hash(json.dumps([[one.kind, one.id, one.tags, one.source] for one in cells]))


def _below(*folders: Path) -> str:
    found = [path for one in folders for path in one.rglob("*") if path.suffix in (".yml", ".txt", ".ipynb")]
    return _files(sorted(found, key=str))


def _files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
