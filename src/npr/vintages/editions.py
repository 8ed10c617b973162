"""Editions: lock files that say which vintage of each indicator a set of briefings stands on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import yaml
from pydantic import StringConstraints, ValidationError

from npr.catalogue.declarations import Declaration, Id, Text
from npr.catalogue.yaml_files import read_yaml
from npr.errors import ContentError, Fault, IntegrityError, NprError, UsageError, did_you_mean
from npr.vintages.places import editions_root, shown, write_file

if TYPE_CHECKING:
    from npr.vintages.store import Vintage

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EDITION_ID = r"^[a-z0-9][a-z0-9_-]*$"
EditionId = Annotated[str, StringConstraints(pattern=EDITION_ID)]
LATEST = "latest"
"""What stands for the newest edition wherever one is named; no edition may be called so."""


class Stale(Declaration):
    """Since when a source has not confirmed a vintage: when it last did, and the day it was last asked in vain.

    `confirmed` is a day, or a month (2025-05) where no more is known.
    """

    confirmed: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")]
    tried: date


class Lock(Declaration):
    """What an edition holds of one indicator: the content hash of its vintage and the hash of that one's receipt.

    `stale` is there when the source could not be asked before the edition was frozen.
    """

    vintage: Sha256
    receipt: Sha256
    stale: Stale | None = None


class Edition(Declaration):
    """An edition as its lock file says. `follows` is the newest one before it, which orders those of one day."""

    edition: EditionId
    follows: EditionId | None = None
    frozen: date
    title: Text
    vintages: dict[Id, Lock]

    @property
    def id(self) -> str:
        """Give the name of the edition, which is that of its file."""
        return self.edition


def lock_of(vintage: Vintage) -> Lock:
    """Give the lock of a vintage in the store."""
    return Lock(vintage=vintage.content_sha256, receipt=vintage.receipt_sha256)


def list_editions(home: Path) -> list[Edition]:
    """Give all editions of a workspace, oldest first: by date, then as they follow each other, then by name.

    Raises:
        IntegrityError, ContentError: as `load_edition`.
    """
    editions = [_read_lock(home, edition_file(home, name)) for name in edition_names(home)]
    before = {edition.id: edition.follows for edition in editions}
    return sorted(editions, key=lambda edition: (edition.frozen, _depth(edition.id, before), edition.id))


def _depth(name: str, before: dict[str, str | None]) -> int:
    """Give how many editions come before one, as each names the one that it follows; a circle ends the count."""
    passed = {name}
    while (earlier := before.get(name)) and earlier not in passed:
        passed.add(earlier)
        name = earlier
    return len(passed)


def newest_edition(home: Path) -> Edition:
    """Give the edition that was frozen last.

    Raises:
        UsageError: the workspace has no edition.
        IntegrityError, ContentError: as `load_edition`.
    """
    editions = list_editions(home)
    if not editions:
        raise UsageError(
            "The workspace has no edition",
            where="data/editions",
            expected="at least starter.yml",
            found="no lock file",
            todo="Restore data/editions/starter.yml from git, or freeze one with `npr edition new ID`.",
        )
    return editions[-1]


def load_edition(home: Path, edition: str) -> Edition:
    """Give an edition by its name, or the newest one for "latest".

    Raises:
        UsageError: no such edition.
        IntegrityError: the lock file is damaged: no text, no YAML, or no mapping.
        ContentError: the lock file is YAML, but not a lock (all faults at once).
    """
    if edition == LATEST:
        return newest_edition(home)
    known = edition_names(home)
    if edition not in known:
        choices = ", ".join(sorted(known)) or "none"
        raise UsageError(
            f"Unknown edition '{edition}'",
            where="data/editions",
            expected=f"one of: {choices}",
            found=edition,
            todo=did_you_mean(edition, known) or "Choose one of them, or freeze one with `npr edition new ID`.",
        )
    return _read_lock(home, edition_file(home, edition))


def damages(home: Path, edition: Edition) -> list[IntegrityError]:
    """Give everything that is wrong with the vintages of an edition, one error an indicator; none when all is well."""
    from npr.vintages.store import read  # brings pandas and pyarrow, which a list of editions does not need

    found = []
    for indicator, lock in edition.vintages.items():
        try:
            read(home, indicator, lock.vintage, receipt_sha256=lock.receipt)
        except IntegrityError as damage:
            found.append(damage)
    return found


def freeze(home: Path, edition: Edition) -> Path:
    """Write the lock file of an edition, whole or not at all; the same edition again changes nothing.

    Raises:
        UsageError: there is another edition of that name.
        NprError: it could not be written (disk full, no permission).
    """
    path = edition_file(home, edition.id)
    where = shown(path, home)
    held = write_lock(edition)
    if path.exists():
        if path.read_bytes() == held:
            return path
        raise UsageError(
            f"Edition {edition.id} is there already, with other content",
            where=where,
            todo="Choose another name, or remove the lock file first (git keeps it).",
        )
    try:
        write_file(path, held)
    except OSError as error:
        raise NprError(
            f"Edition {edition.id} could not be written: {error.strerror or error}",
            where=where,
            todo="Make room or give leave to write there, then run it again.",
        ) from error
    return path


def write_lock(edition: Edition) -> bytes:
    """Give the text of a lock file: indicators in order of name, so that the same edition gives the same bytes."""
    lock = edition.model_dump(exclude_none=True)
    lock["vintages"] = dict(sorted(lock["vintages"].items()))
    return yaml.safe_dump(lock, sort_keys=False, allow_unicode=True, width=120).encode("utf-8")


def edition_file(home: Path, edition: str) -> Path:
    """Give where the lock file of an edition lies."""
    return editions_root(home) / f"{edition}.yml"


def edition_names(home: Path) -> list[str]:
    """Give the names of all lock files, also of those that cannot be read."""
    return [path.stem for path in sorted(editions_root(home).glob("*.yml"))]


def _read_lock(home: Path, path: Path) -> Edition:
    """Read one lock file."""
    where = shown(path, home)
    lock, faults = read_yaml(home, path)
    if not isinstance(lock, dict):
        found = faults[0].found if faults else type(lock).__name__
        raise IntegrityError(
            f"The lock file of edition {path.stem} cannot be read",
            where=where,
            expected="a lock in YAML",
            found=found,
            todo="Restore the file from git, or freeze a new edition with `npr edition new ID`.",
        )
    if faults:
        raise ContentError(faults)
    try:
        edition = Edition.model_validate(lock)
    except ValidationError as error:
        raise ContentError([_fault(where, one["loc"], one["msg"], one["input"]) for one in error.errors()]) from error
    if edition.id != path.stem:
        raise ContentError([Fault(where, "edition", f"the name of the file, {path.stem}", edition.id)])
    return edition


def _fault(where: str, place: tuple[int | str, ...], wanted: str, found: object) -> Fault:
    told = repr(found)
    return Fault(where, ".".join(map(str, place)), wanted, told if len(told) <= 80 else f"{told[:77]}...")
