"""What there is to build, and what of it is stale and why."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npr.briefing.notebooks import read_cells
from npr.catalogue.declarations import Briefing, Language
from npr.errors import ContentError
from npr.factory.manifest import Manifest

PACKAGE = Path(__file__).resolve().parents[1]
NOT_OURS = {"__pycache__"}


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


def key_parts(home: Path, target: Target, shared: Mapping[str, str]) -> dict[str, str]:
    """Give the hashes that a target's files stand on, each with its name."""
    return {
        "the notebook": _notebook_hash(home / target.briefing.notebook),
        "a notebook that it reads": _hash("".join(_notebook_hash(home / one) for one in target.reads)),
        "the parameters": _hash(json.dumps(dict(target.parameters), sort_keys=True)),
        **shared,
    }


def shared_parts(home: Path, edition: str) -> dict[str, str]:
    """Give the hashes that all targets of an edition share; computed once a build."""
    data = home / "data"
    locked = home / "requirements.lock"
    environment = locked.read_text(encoding="utf-8") if locked.exists() else ""
    return {
        "the edition": _files([data / "editions" / f"{edition}.yml"]),
        "the catalogue": _files(sorted((data / "catalogue").rglob("*.yml"))),
        "the evidence": _files(sorted((data / "evidence").rglob("*.yml"))),
        "the code": _files(
            path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and not NOT_OURS & set(path.parts)
        ),
        "the environment": _hash(f"{sys.version_info[:2]} {environment}"),
    }


def stale_because(reports: Path, target: Target, parts: Mapping[str, str], manifest: Manifest) -> str:
    """Say why a target must be built again, in words; "" when all its files are there and fresh."""
    for file_format in (*target.formats, "ipynb"):
        path = target.path(file_format)
        entry = manifest.files.get(path)
        file = reports / target.edition / path
        if entry is None:
            return f"no {file_format} was built"
        if not file.exists():
            return f"the {file_format} is gone"
        changed = [name for name, digest in parts.items() if entry.parts.get(name) != digest]
        if changed:
            return f"{changed[0]} changed"
        if hashlib.sha256(file.read_bytes()).hexdigest() != entry.sha256:
            return f"the {file_format} was altered"
    return ""


def _notebook_hash(path: Path) -> str:
    """Hash what counts in a notebook: its cells' kind, id, tags and source; not outputs. One gone or cut has ""."""
    try:
        cells = read_cells(path, path.name)
    except ContentError:
        return ""
    return _hash(json.dumps([[one.kind, one.id, one.tags, one.source] for one in cells]))


def _files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
