"""The receipt of a vintage: who published it, how it came here, what is missing in it and what is odd."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from npr.catalogue.declarations import Declaration, Id
from npr.vintages.editions import Sha256
from npr.vintages.findings import Finding

Named = Annotated[str, StringConstraints(min_length=1)]


class Provenance(Declaration):
    """Where figures come from, as the source states it, and what a reader must know before using them.

    `retrieved` is text, since a relay may tell no more than a month. `missing` says what the vintage lacks,
    `findings` what is odd in it; nothing of that was mended.
    """

    publisher: Named
    dataset: Named
    table: Named
    route: Named
    retrieved: Named
    licence: Named
    status_note: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Download(Declaration):
    """How an answer came here: what was asked and answered, when, and of which structure of which flow.

    `answer_sha256` is of the whole answer, which may hold several indicators; a vintage's raw file holds its own lines.
    """

    url: Named
    sent: dict[str, str]
    received: dict[str, str]
    started: datetime
    ended: datetime
    answer_sha256: Sha256
    answer_bytes: int = Field(ge=0)
    flow: Named
    version: Named
    key: dict[str, str]
    structure_sha256: Sha256
    valid_from: str = ""
    obs_count: int | None = None
    citation: Named


class Receipt(Provenance):
    """The receipt as it stands in `receipt.json`: the provenance, the hashes and the extent of the vintage."""

    indicator: Id
    content_sha256: Sha256
    parquet_sha256: Sha256
    raw_sha256: Sha256
    rows: int = Field(ge=1)
    areas: int = Field(ge=1)
    first_year: int
    last_year: int
    taken: date
    download: Download | None = None


def write_receipt(receipt: Receipt) -> bytes:
    """Give a receipt as JSON with sorted keys and a newline at its end: the same receipt gives the same bytes."""
    held = receipt.model_dump(mode="json")
    if receipt.download is None:  # figures that were taken in from a file were not downloaded
        del held["download"]
    return (json.dumps(held, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def parse_receipt(content: bytes) -> Receipt:
    """Read a receipt.

    Raises:
        pydantic.ValidationError: not JSON, or not a receipt.
    """
    return Receipt.model_validate_json(content)
