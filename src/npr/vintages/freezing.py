"""Freezes the newest vintages into a new edition."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from npr.catalogue import Catalogue
from npr.catalogue.declarations import Text
from npr.errors import UsageError
from npr.vintages.checks import newest_vintage, read_check
from npr.vintages.editions import EDITION_ID, LATEST, Edition, Lock, freeze, list_editions, load_edition
from npr.vintages.places import sweep
from npr.vintages.store import read_rows


def freeze_newest(home: Path, catalogue: Catalogue, name: str, *, on: date, like: str | None = None) -> Edition:
    """Freeze the newest vintage of every indicator, or of those that the edition `like` holds; every one is verified.

    Raises:
        UsageError: a name that cannot be one, an edition of that name with other content, nothing to freeze.
        IntegrityError: a vintage is damaged.
    """
    if not re.fullmatch(EDITION_ID, name) or name == LATEST:
        raise UsageError(
            f"An edition cannot be called {name!r}",
            expected=f"small letters, digits, - and _, and not {LATEST!r}",
            found=name,
            todo="Choose a name such as 2026-11 or autumn-2026.",
        )
    sweep(home)
    held = load_edition(home, like).vintages if like else {}
    locks: dict[str, Lock] = {}
    for indicator in held or catalogue.indicators:
        newest = newest_vintage(home, indicator)
        if newest is None:
            continue
        receipt, digest = newest
        read_rows(home, indicator, receipt.content_sha256, receipt_sha256=digest)
        check = read_check(home, indicator)
        stale = check.stale(receipt) if check and check.vintage == receipt.content_sha256 else None
        locks[indicator] = Lock(vintage=receipt.content_sha256, receipt=digest, stale=stale)
    if not locks:
        raise UsageError(
            "There is no vintage to freeze", where="data/vintages", todo="Take some with `npr fetch` first."
        )
    title = Text(sv=f"Utgåva {name}", en=f"Edition {name}")
    earlier = [one.id for one in list_editions(home) if one.id != name]
    edition = Edition(edition=name, follows=earlier[-1] if earlier else None, frozen=on, title=title, vintages=locks)
    freeze(home, edition)
    return edition
