"""The check line of an indicator: which vintage the source confirmed last, when, and whether the last try failed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

from pydantic import ValidationError

from npr.catalogue.declarations import Declaration
from npr.errors import IntegrityError, NprError
from npr.vintages.content import sha256
from npr.vintages.editions import Sha256, Stale
from npr.vintages.places import RECEIPT, shown, vintages_root, write_file
from npr.vintages.receipts import Receipt, parse_receipt
from npr.vintages.store import SHORT

FILE = "checked.json"


class Check(Declaration):
    """What is known of an indicator at its source.

    `checked` is when the source last gave or confirmed `vintage`; `tried` is when it was last asked, and `failed` why
    that gave nothing ("" when it did). `valid_from` and `obs_count` are what OECD said of the flow at `checked`.
    """

    vintage: Sha256
    checked: datetime
    valid_from: str = ""
    obs_count: int | None = None
    tried: datetime
    failed: str = ""

    def stale(self, receipt: Receipt) -> Stale | None:
        """Give since when the vintage has not been confirmed, or None when the last try confirmed it."""
        if not self.failed:
            return None
        month = re.match(r"\d{4}-\d{2}(?!-?\d)", receipt.retrieved)
        known = month[0] if month and self.checked == retrieved_at(receipt) else self.checked.date().isoformat()
        return Stale(confirmed=known, tried=self.tried.date())


def read_check(home: Path, indicator: str) -> Check | None:
    """Give the check line of an indicator; a missing one, or one that was cut, is None: the next fetch writes it."""
    try:
        return Check.model_validate_json((vintages_root(home) / indicator / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_check(home: Path, indicator: str, check: Check) -> None:
    """Write the check line of an indicator, whole or not at all.

    Raises:
        NprError: it could not be written; what was there is kept.
    """
    path = vintages_root(home) / indicator / FILE
    try:
        write_file(path, (check.model_dump_json() + "\n").encode())
    except OSError as error:
        raise NprError(
            f"The check line of {indicator} could not be written: {error.strerror or error}",
            where=shown(path, home),
            kept="The vintages are kept.",
            todo="Make room or give leave to write there, then run it again.",
        ) from error


def newest_vintage(home: Path, indicator: str) -> tuple[Receipt, str] | None:
    """Give the receipt of the vintage that the source gave or confirmed last, and that receipt's hash; None if none.

    A receipt without a download has a date only, and counts as the beginning of that day.

    Raises:
        IntegrityError: a receipt cannot be read.
    """
    folder = vintages_root(home) / indicator
    held: dict[str, tuple[Receipt, str]] = {}
    for path in sorted(folder.iterdir(), key=str) if folder.is_dir() else ():
        if not re.fullmatch(rf"[0-9a-f]{{{SHORT}}}", path.name) or not (path / RECEIPT).exists():
            continue
        content = (path / RECEIPT).read_bytes()
        try:
            receipt = parse_receipt(content)
        except ValidationError as error:
            raise IntegrityError(
                f"The receipt of vintage {path.name} of {indicator} cannot be read",
                where=shown(path / RECEIPT, home),
                todo=f"Restore the file from git, or remove {shown(path, home)} and run `npr fetch {indicator}`.",
            ) from error
        held[receipt.content_sha256] = (receipt, sha256(content))
    check = read_check(home, indicator)
    if check and check.vintage in held:
        later = [one for one in held.values() if when_taken(one[0]) > check.checked]
        return max(later, key=lambda one: when_taken(one[0])) if later else held[check.vintage]
    return max(held.values(), key=lambda one: (when_taken(one[0]), one[0].content_sha256), default=None)


def when_taken(receipt: Receipt) -> datetime:
    """Give when a vintage came here."""
    return receipt.download.ended if receipt.download else start_of(receipt.taken)


def start_of(day: date) -> datetime:
    """Give the beginning of a day, in UTC."""
    return datetime.combine(day, time.min, UTC)


def retrieved_at(receipt: Receipt) -> datetime:
    """Give when a source gave a vintage, as far as its receipt knows: to the second, a day, or the first of a month."""
    found = re.match(r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?", receipt.retrieved)
    if receipt.download or not found:
        return when_taken(receipt)
    return start_of(date(int(found[1]), int(found[2]), int(found[3] or 1)))
