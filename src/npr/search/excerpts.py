"""Cuts out of a text what stands around the first word that was asked for."""

from __future__ import annotations

from npr.catalogue.declarations import Language
from npr.search.words import places_of, stem

WIDTH = 150
BEFORE = 50


def excerpt(text: str, asked: list[str], language: Language) -> str:
    """Give a text on one line, cut between words around the first of some stems; "…" stands where it was cut.

    >>> excerpt("Kort text.", ["text"], "sv")
    'Kort text.'
    """
    plain = " ".join(text.split())
    if len(plain) <= WIDTH:
        return plain
    at = _first(plain, asked, language)
    begin = 0 if at <= BEFORE else plain.find(" ", at - BEFORE) + 1
    begin = begin if begin <= at else at
    end = len(plain) if len(plain) - begin <= WIDTH else plain.rfind(" ", begin, begin + WIDTH)
    end = end if end > begin else begin + WIDTH
    return f"{'…' if begin else ''}{plain[begin:end]}{'…' if end < len(plain) else ''}"


def _first(text: str, asked: list[str], language: Language) -> int:
    """Give where the first word begins that is one of the stems, else that holds one; 0 when none does."""
    inside = 0
    for at, words in places_of(text):
        stems = [stem(word, language) for word in words]
        if any(one in stems for one in asked):
            return at
        if not inside and any(one in held for one in asked for held in stems):
            inside = at
    return inside
