"""The index page over what was rendered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from npr.catalogue.declarations import LANGUAGES
from npr.publish.templating import environment


@dataclass(frozen=True)
class Entry:
    """One rendered file: what it is, in its own language, and where it lies beside the index page."""

    edition: str
    country: str
    country_name: str
    title: str
    language: str
    format: str
    path: str
    size_kb: int
    briefing: str = ""
    place: int = 9


def index_page(entries: Sequence[Entry], search: Mapping[str, Any] | None = None) -> str:
    """Give the index page: a section a country, a line a briefing and language, a link a format.

    `search` is what its box searches (`npr.search.page`), and `editions` in it, oldest first; without it there is no
    box. A briefing that is found links to its page of the last edition, Sweden's before another country's.
    """
    ordered = sorted(entries, key=_order)
    sections = [
        (edition, country, [list(files) for _, files in groupby(some, key=lambda one: (one.title, one.language))])
        for (edition, country), some in groupby(ordered, key=lambda one: (one.edition, one.country))
    ]
    held = _linked(search, ordered) if search else None
    return environment().get_template("index.html").render(sections=sections, search=held, search_json=_json(held))


def _order(one: Entry) -> tuple[str, str, int, str, int, str]:
    """Order files by edition, country and place in the set; the languages of a briefing stand beside each other."""
    return one.edition, one.country, one.place, one.briefing, -ord(one.language[0]), one.format


def _linked(search: Mapping[str, Any], ordered: Sequence[Entry]) -> dict[str, Any]:
    """Add to each briefing its pages by language, 0 where there is none."""
    ranks = {edition: rank for rank, edition in enumerate(search.get("editions", ()))}
    last = sorted(ordered, key=lambda one: (one.country == "SWE", ranks.get(one.edition, -1)))
    pages = {(one.briefing, one.language): one.path for one in last if one.format == "html"}
    entries = []
    for entry in search["entries"]:
        links = [pages.get((entry[1], language), 0) for language in LANGUAGES]
        entries.append([*entry, links] if search["kinds"][entry[0]][0] == "briefing" and any(links) else entry)
    return {**search, "entries": entries}


def _json(content: Any) -> Markup:
    """Give JSON that may stand in a script: it holds no "<"."""
    told = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(told.replace("<", "\\u003c"))  # noqa: S704 - no "<" is left in it
