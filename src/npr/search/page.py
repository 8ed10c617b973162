"""Gives the index page what it searches: the entries and the stems of their words, so that no server is needed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.declarations import LANGUAGES, Language
from npr.catalogue.evidence import load_evidence
from npr.language.messages import message
from npr.search.entries import KINDS, Entry, entries_of
from npr.search.index import (
    INSIDE,
    KIND_WEIGHTS,
    PREFIX,
    SAME_ID,
    SAME_TITLE,
    SHORTEST_INSIDE,
    SHORTEST_PREFIX,
    WEIGHTS,
)
from npr.search.words import SMALL_WORDS, stem, with_parts, words_of


def workspace_page_data(home: Path, catalogue: Catalogue) -> dict[str, Any]:
    """Give what the index page of a workspace searches.

    Raises:
        ContentError: faulty evidence.
    """
    return page_data(entries_of(catalogue, load_evidence(home, catalogue)))


def page_data(entries: Sequence[Entry]) -> dict[str, Any]:
    """Give the entries as short lists, the stems of their words by language, and the weights of the ranking.

    An entry is [kind, id, titles, texts, also, around]: titles and texts in the order of LANGUAGES, 0 where there is
    none; kind and around are places in lists of their own.
    """
    around = {one: at for at, one in enumerate(dict.fromkeys(entry.around for entry in entries))}
    return {
        "entries": [
            [
                KINDS.index(one.kind),
                one.id,
                [one.title.get(language, 0) for language in LANGUAGES],
                [" ".join(one.text.get(language, "").split()) or 0 for language in LANGUAGES],
                one.also,
                around[one.around],
            ]
            for one in entries
        ],
        "around": list(around),
        "kinds": [[one, *(message(f"search.kind.{one}", language) for language in LANGUAGES)] for one in KINDS],
        "stems": {language: _stems(entries, language) for language in LANGUAGES},
        "small": sorted(SMALL_WORDS),
        "weights": {
            "title": WEIGHTS["title_sv"], "text": WEIGHTS["text_sv"], "also": WEIGHTS["also"],
            "around": WEIGHTS["around"], "prefix": PREFIX, "inside": INSIDE,
            "same": [SAME_TITLE, SAME_ID],
            "kinds": [KIND_WEIGHTS.get(one, 1.0) for one in KINDS],
        },
        "shortest": {"prefix": SHORTEST_PREFIX, "inside": SHORTEST_INSIDE},
        "told": {
            key: [message(f"search.{key}", language, count="#") for language in LANGUAGES]
            for key in ("label", "found", "one", "none", "more")
        },
    }  # fmt: skip


def _stems(entries: Sequence[Entry], language: Language) -> str:
    """Give the words of a language by their stem, which each group begins with: "robot,ar,arna" or "compani,=company".

    What follows a comma is added to the stem; after "=" it is a whole word. A word that is its own stem stands as "".
    Words that are their own stems and have no others are left out: a page takes an unknown word as its stem.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(_words(entries, language))):
        cut = stem(word, language)
        groups[cut].append(word[len(cut) :] if word.startswith(cut) else f"={word}")
    return " ".join(f"{cut},{','.join(ends)}" for cut, ends in groups.items() if ends != [""])


def _words(entries: Iterable[Entry], language: Language) -> Iterator[str]:
    for one in entries:
        texts = [held.get(language, "") for held in (one.title, one.text)] + [one.also, one.around]
        for text in texts:
            yield from (word for word in with_parts(words_of(text)) if re.search(r"[^\W\d]", word))
