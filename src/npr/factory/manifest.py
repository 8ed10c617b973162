"""The manifest of an edition's reports: every file with its hash, what it stands on, and how long it took."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from npr.factory.places import Place

NAME = "manifest.json"


class File(BaseModel):
    """One rendered file. `key` is made of `parts`; `ran` is the hash of the executed notebook that it was made from.

    `data` is the digest of all files of data when it was built; `seconds` is what the whole target took.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    briefing: str
    country: str
    language: str
    format: str
    parameters: dict[str, Any]
    key: str
    parts: dict[str, str]
    data: str
    ran: str
    vintages: dict[str, str]
    seconds: float


class Manifest(BaseModel):
    """The files of an edition, by their path in its folder."""

    model_config = ConfigDict(extra="forbid")

    edition: str
    files: dict[str, File] = {}


def read_manifest(reports: Place, edition: str) -> tuple[Manifest, bool]:
    """Read an edition's manifest; a missing or cut one is empty. The second says whether it was cut."""
    try:
        return Manifest.model_validate_json(reports.read(f"{edition}/{NAME}")), False
    except (FileNotFoundError, NotADirectoryError):
        return Manifest(edition=edition), False
    except (ValidationError, OSError):
        return Manifest(edition=edition), True


def add_files(reports: Place, edition: str, files: dict[str, File]) -> None:
    """Add files to the manifest. Two builds at once wait for each other.

    Raises:
        RenderError: it cannot be written.
        NprError: another build holds it for too long.
    """
    with reports.alone(edition):
        manifest, _ = read_manifest(reports, edition)
        manifest.files = dict(sorted({**manifest.files, **files}.items()))
        reports.write(f"{edition}/{NAME}", (manifest.model_dump_json(indent=1) + "\n").encode())
