"""Shows what was found to a person: one line a hit, and a second one for its text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from npr.catalogue import load_catalogue
from npr.catalogue.evidence import load_evidence
from npr.search.entries import entries_of
from npr.search.index import Hit, Index

LONGEST_TITLE = 100


def open_index(home: Path) -> Index:
    """Read the declarations and the evidence of a workspace, and index them.

    Raises:
        ContentError: faulty declarations or evidence.
    """
    catalogue = load_catalogue(home)
    return Index(entries_of(catalogue, load_evidence(home, catalogue)))


def show_hits(hits: Sequence[Hit]) -> str:
    """Give the lines: kind, id and title, and under them the excerpt.

    >>> print(show_hits([Hit("term", "framsyn", "framsyn", "foresight", "data/evidence/glossary.yml", 9.0)]))
    term        framsyn  framsyn
                foresight
    """
    lines = []
    for one in hits:
        title = one.title if len(one.title) <= LONGEST_TITLE else f"{one.title[:LONGEST_TITLE].rstrip()}…"
        lines.append(f"{one.kind:<10}  {one.id}  {title}")
        lines += [f"{'':<10}  {one.excerpt}"] if one.excerpt else []
    return "\n".join(lines)


def show_nothing(index: Index, words: str, kinds: Sequence[str]) -> str:
    """Give one line that says that nothing was found, why, and what may have been meant."""
    asked = " ".join(words.split())
    asked = asked if len(asked) <= LONGEST_TITLE else f"{asked[:LONGEST_TITLE]}…"
    among = f" among kind {', '.join(kinds)}" if kinds else ""
    near = "Leave --kind out to search everything." if kinds and index.search(words, limit=1) else index.near(words)
    return f"Nothing was found for '{asked}'{among}. {near}".rstrip()
