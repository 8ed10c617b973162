"""Gives the references as CSL-JSON, the form that Zotero, Pandoc and citeproc read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from npr.catalogue.evidence import Reference


def csl_items(references: Iterable[Reference]) -> list[dict[str, Any]]:
    """Give one item a publication; what is not known of it is left out.

    Source: the CSL-JSON schema of the Citation Style Language project, version 1.0.2.
    """
    return [_item(one) for one in sorted(references, key=lambda one: one.id)]


def _item(one: Reference) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": one.id,
        "type": "webpage" if one.url else "document",
        "title": one.title,
        "publisher": one.publisher,
        "author": [{"literal": one.publisher}],
        "language": one.language,
    }
    if one.year:
        item["issued"] = {"date-parts": [[one.year]]}
    if one.url:
        item["URL"] = one.url
    return item
