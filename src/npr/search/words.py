"""Takes text apart into words, and words down to their stems, in Swedish and English.

Letters keep their rings and dots: å, ä and ö are letters of their own. A word may hold digits, hyphens, underscores and
decimals ("3D-utskrift", "R-50", "robots_all", "4.0"); it counts as a whole, and so do its parts at each hyphen.
`publish/templates/search.js` takes words apart in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Protocol

from snowballstemmer import stemmer

from npr.catalogue.declarations import Language

LONGEST = 60
"""Characters of the longest word that is looked for; nothing declared is longer."""
SMALL_WORDS = frozenset(
    ("och", "att", "av", "i", "på", "för", "med", "som", "en", "ett", "den", "det", "de", "till", "om",
     "the", "a", "an", "and", "of", "in", "on", "for", "to", "with")
)  # fmt: skip
"""Words that a query may hold without asking for them, as long as it holds others."""
_WORD = re.compile(r"[^\W_]+(?:[-_][^\W_]+|[.,]\d+[^\W_]*)*")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_GENITIVE = re.compile(r"[:'\u2019]s(?![^\W_])")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's own name


def fold(text: str) -> str:
    """Fold what writing varies in: capitals, forms of a letter, hyphens and dashes, soft hyphens, genitive 's and :s.

    >>> fold("OECD:s 3D–Utskrift")
    'oecd 3d-utskrift'
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("\u00ad", "")
    return _GENITIVE.sub("", _DASHES.sub("-", plain))


def words_of(text: str) -> list[str]:
    """Give the words of a text in order, folded, each whole.

    >>> words_of("Industri 4.0: 3D-utskrift, R-50")
    ['industri', '4.0', '3d-utskrift', 'r-50']
    """
    return [found.replace(",", ".") for found in _WORD.findall(fold(text))]


def parts_of(word: str) -> list[str]:
    """Give the parts of a word at its hyphens and underscores; none when it has no such joint.

    >>> parts_of("3d-utskrift"), parts_of("robot")
    (['3d', 'utskrift'], [])
    """
    parts = re.split("[-_]", word)
    return parts if len(parts) > 1 else []


def places_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each word of a text as it is written: where it begins, and the folded words that it stands for."""
    for found in _WORD.finditer(text):
        yield found.start(), with_parts(words_of(found.group()))


def with_parts(words: list[str]) -> list[str]:
    """Give words, each followed by its parts."""
    return [one for word in words for one in (word, *parts_of(word))]


def stems_of(text: str, language: Language) -> list[str]:
    """Give the stems of a text's words and of their parts, in order.

    >>> stems_of("Testbäddarna och robotarna", "sv")
    ['testbäd', 'och', 'robot']
    """
    return [stem(word, language) for word in with_parts(words_of(text))]


@lru_cache(maxsize=50_000)
def stem(word: str, language: Language) -> str:
    """Give the stem of a folded word, as the Snowball algorithm of the language cuts it.

    >>> stem("digitaliseringen", "sv"), stem("robots", "en")
    ('digitalisering', 'robot')
    """
    return _stemmer(language).stemWord(word) if len(word) <= LONGEST else word


@cache
def _stemmer(language: Language) -> _Stemmer:
    made: _Stemmer = stemmer("swedish" if language == "sv" else "english")
    return made
