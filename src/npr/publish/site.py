"""The index page over what was rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

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


def index_page(entries: Sequence[Entry]) -> str:
    """Give the index page: a section a country, a line a briefing and language, a link a format."""
    ordered = sorted(entries, key=lambda one: (one.edition, one.country, one.title, one.language, one.format))
    sections = [
        (edition, country, [list(files) for _, files in groupby(some, key=lambda one: (one.title, one.language))])
        for (edition, country), some in groupby(ordered, key=lambda one: (one.edition, one.country))
    ]
    return environment().get_template("index.html").render(sections=sections)
