"""What is searched: the project's own declarations, and a handful of entries made by hand."""

from pathlib import Path

import pytest

from npr.catalogue import load_catalogue
from npr.catalogue.evidence import load_evidence
from npr.search import Entry, Index, entries_of

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def declared() -> tuple[Entry, ...]:
    catalogue = load_catalogue(HOME)
    return entries_of(catalogue, load_evidence(HOME, catalogue))


@pytest.fixture(scope="session")
def index(declared) -> Index:
    return Index(declared)


def entry(id_, sv="", en="", *, kind="fact", text_sv="", text_en="", **more):
    """An entry with a title and a text; those that are not given are not there."""
    title = {language: text for language, text in (("sv", sv), ("en", en)) if text}
    text = {language: text for language, text in (("sv", text_sv), ("en", text_en)) if text}
    return Entry(kind, id_, f"data/{kind}.yml", title, text, **more)


@pytest.fixture
def few() -> Index:
    """Ten entries, most about nothing, so that a word that is in some of them tells something."""
    about = [entry(f"z-{number}", f"ämne {number}", f"subject {number}") for number in range(7)]
    return Index(
        [
            entry("text", "rubrik", "heading", text_sv="Här nämns en robot i förbigående."),
            entry("whole", "robotar", "robots"),
            entry("compound", "robotlyftet", "lift of machines"),
            *about,
        ]
    )
