"""The index: finds entries by their words' stems, in memory, with SQLite's full-text search.

A whole word counts more than the beginning of a longer one, and that more than a part inside it; a title more than a
text. Every word of a query must be in an entry, in either language.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from npr.catalogue.declarations import LANGUAGES, Language
from npr.errors import UsageError, did_you_mean
from npr.search.entries import KINDS, Entry
from npr.search.excerpts import excerpt
from npr.search.words import LONGEST, SMALL_WORDS, parts_of, stem, stems_of, with_parts, words_of

WEIGHTS = {"title_sv": 10.0, "title_en": 10.0, "text_sv": 2.0, "text_en": 2.0, "also": 5.0, "around": 0.5}
COLUMNS: dict[Language, str] = {"sv": "title_sv text_sv also around", "en": "title_en text_en also around"}
RANKED = f"SELECT rowid, bm25(entries, {', '.join(map(str, WEIGHTS.values()))}) FROM entries WHERE entries MATCH ?"  # noqa: S608
WHOLE, PREFIX, INSIDE = 1.0, 0.5, 0.25
SHORTEST_PREFIX, SHORTEST_INSIDE, MOST_INSIDE = 3, 4, 200
KIND_WEIGHTS = {"briefing": 3.0, "term": 1.3, "indicator": 1.2, "reference": 0.8}
ALL_SIZES = 1.1
"""What an indicator of enterprises of all sizes counts more than those of each size."""
SAME_TITLE, SAME_ID = 1.5, 5.0
"""What an entry counts more whose title, or whose id, is the query and nothing else."""


@dataclass(frozen=True)
class Hit:
    """Something found, in one language: `where` is the file that declares it, and a higher score is a better match."""

    kind: str
    id: str
    title: str
    excerpt: str
    where: str
    score: float


class Index:
    """Everything that can be found, with an in-memory database that is built once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, self._database.close)
        options = "tokenize = \"unicode61 remove_diacritics 0 tokenchars '-_.'\", detail = full"
        self._database.execute(f"CREATE VIRTUAL TABLE entries USING fts5({', '.join(WEIGHTS)}, {options})")
        self._stems: dict[str, set[str]] = {}
        rows = [(number, *self._row(entry)) for number, entry in enumerate(self.entries)]
        places = ", ".join("?" * (len(WEIGHTS) + 1))
        self._database.executemany(f"INSERT INTO entries (rowid, {', '.join(WEIGHTS)}) VALUES ({places})", rows)  # noqa: S608

    def _row(self, entry: Entry) -> list[str]:
        """Give the stems of an entry, a text for each column; note which words they are the stems of."""
        columns: list[tuple[list[str], tuple[Language, ...]]] = [
            (with_parts(words_of(held.get(one, ""))), (one,)) for held in (entry.title, entry.text) for one in LANGUAGES
        ]
        # An id counts whole: its parts say again what the title says.
        named = words_of(entry.id) if entry.id not in entry.title.values() else []
        columns += [([*named, *with_parts(words_of(entry.also))], LANGUAGES)]
        columns += [(with_parts(words_of(entry.around)), LANGUAGES)]
        return [" ".join(self._noted(words, languages)) for words, languages in columns]

    def _noted(self, words: list[str], languages: tuple[Language, ...]) -> Iterator[str]:
        for word in words:
            stems = {stem(word, one) for one in languages}
            self._stems.setdefault(word, set()).update(stems)
            yield from sorted(stems)

    def search(
        self, words: str, *, kinds: Collection[str] | None = None, language: str | None = None, limit: int = 10
    ) -> list[Hit]:
        """Give what holds all of some words, best first; equals in the order of kinds, then by id.

        `language` is the one to show; else that in which most of the words were found.

        Raises:
            UsageError: no words, an unknown kind or language, or a limit below 1.
        """
        kinds = [kinds] if isinstance(kinds, str) else kinds
        shown = check_question(words, kinds, language, limit)
        wanted = self._wanted(words)
        scores = self._scores(wanted) if wanted else {}
        ranked = sorted(
            (-score, number)
            for number, score in self._with_kinds(scores, wanted).items()
            if not kinds or self.entries[number].kind in kinds
        )
        best = [(number, -score) for score, number in ranked[:limit]]
        spoken = shown or _spoken([self.entries[number] for number, _ in best], wanted)
        return [self._hit(number, score, wanted, shown, spoken) for number, score in best]

    def near(self, words: str) -> str:
        """Say why nothing was found: the words that are nowhere, with the nearest one that is somewhere.

        >>> Index([]).near("nano robot")
        "Nothing holds 'nano', 'robot'."
        """
        wanted = self._wanted(words)
        absent = list(islice((word for word in wanted if not self._found(word)), 3))
        if not wanted:
            return "There is no word in it."
        if not absent:
            return "Each of the words is somewhere, but nothing holds all of them. Leave one out."
        named = ", ".join(repr(_cut(word)) for word in absent)
        known = sorted(word for word in self._stems if len(word) > 2)
        near = [did_you_mean(word, known) for word in absent if len(word) <= LONGEST]
        nowhere = [f"Nothing holds {named}."] if len(wanted) > 1 else []
        return " ".join([*nowhere, *dict.fromkeys(one for one in near if one)])

    def _wanted(self, words: str) -> list[str]:
        """Give the words to look for, each once; a joined one that is nowhere is looked for in its parts."""
        asked = list(dict.fromkeys(words_of(words)))
        large = [word for word in asked if word not in SMALL_WORDS] or asked
        split = [parts if (parts := parts_of(word)) and not self._found(word) else [word] for word in large]
        return list(dict.fromkeys(word for parts in split for word in parts))

    def _scores(self, wanted: list[str]) -> dict[int, float]:
        """Give the sum over the words for each entry that holds all of them."""
        scores = self._found(wanted[0])
        for word in wanted[1:]:
            if not scores:
                break
            found = self._found(word)
            scores = {number: score + found[number] for number, score in scores.items() if number in found}
        return scores

    def _found(self, word: str) -> dict[int, float]:
        """Give the entries that hold a word, each with the weight of the best way in which it does."""
        best: dict[int, float] = {}
        if len(word) > LONGEST:
            return best
        for weight, question in self._questions(word):
            for number, rank in self._database.execute(RANKED, (question,)):
                best[number] = max(best.get(number, 0.0), -rank * weight)
        return best

    def _questions(self, word: str) -> Iterator[tuple[float, str]]:
        """Give what to ask of FTS5, with the weight of the answer; every word stands in quotes, so it is no syntax."""
        stems = {language: stem(word, language) for language in LANGUAGES}
        yield WHOLE, " OR ".join(f'{{{COLUMNS[one]}}} : "{stems[one]}"' for one in LANGUAGES)
        shortest = min(stems.values(), key=len)
        if len(shortest) >= SHORTEST_PREFIX:
            yield PREFIX, " OR ".join(f'{{{COLUMNS[one]}}} : "{stems[one]}" *' for one in LANGUAGES)
        if len(shortest) >= SHORTEST_INSIDE:
            within = {
                one for held, ends in self._stems.items() if word in held[1:] or shortest in held[1:] for one in ends
            }
            if within:
                yield INSIDE, " OR ".join(f'"{one}"' for one in sorted(within)[:MOST_INSIDE])

    def _with_kinds(self, scores: dict[int, float], wanted: list[str]) -> dict[int, float]:
        """Weigh each score by its kind, and by whether the title or the id is the query."""
        asked = {language: [stem(word, language) for word in wanted] for language in LANGUAGES}
        weighed = {}
        for number, score in scores.items():
            entry = self.entries[number]
            same = SAME_TITLE if _is_title(entry, asked) else SAME_ID if words_of(entry.id) == wanted else 1.0
            total = ALL_SIZES if entry.id.endswith("_all") else 1.0
            weighed[number] = round(score * KIND_WEIGHTS.get(entry.kind, 1.0) * same * total, 4)
        return weighed

    def _hit(self, number: int, score: float, wanted: list[str], shown: Language | None, spoken: Language) -> Hit:
        """Show an entry in the language that was asked for, else in its best one, else in that of the query."""
        entry = self.entries[number]
        counts = {one: _count(entry, wanted, one) for one in LANGUAGES}
        best = spoken if counts["sv"] == counts["en"] else max(LANGUAGES, key=lambda one: counts[one])
        (_, title), (language, text) = entry.shown(shown or best)
        asked = [stem(word, language) for word in wanted]
        return Hit(entry.kind, entry.id, title, excerpt(text, asked, language), entry.where, score)


def check_question(words: str, kinds: Collection[str] | None, language: str | None, limit: int) -> Language | None:
    """Give the language to show, when the question can be asked.

    Raises:
        UsageError: no words, an unknown kind or language, or a limit below 1.
    """
    if not words.strip():
        raise UsageError(
            "There is nothing to search for",
            expected="one or more words", found="none", todo="Name what to find, such as: npr search robotar",
        )  # fmt: skip
    for kind in kinds or ():
        if kind not in KINDS:
            todo = did_you_mean(kind, KINDS) or "Name one of the kinds above."
            raise UsageError(
                f"Unknown kind {kind!r}", expected=f"one of {', '.join(KINDS)}", found=repr(kind), todo=todo
            )
    if limit < 1:
        raise UsageError(
            "The limit lets nothing through",
            expected="1 or more",
            found=str(limit),
            todo="Leave the limit out for ten.",
        )
    chosen: Language | None = next((one for one in LANGUAGES if one == language), None)
    if language is not None and chosen is None:
        todo = did_you_mean(language, LANGUAGES) or "Leave the language out to see the one that matches best."
        raise UsageError(f"Unknown language {language!r}", expected="sv or en", found=repr(language), todo=todo)
    return chosen


def _is_title(entry: Entry, asked: dict[Language, list[str]]) -> bool:
    return any(stems_of(title, language) == asked[language] for language, title in entry.title.items())


def _spoken(entries: Sequence[Entry], wanted: list[str]) -> Language:
    """Give the language that a query seems to be in: the one in which entries match it best; else Swedish."""
    return max(LANGUAGES, key=lambda one: sum(_count(entry, wanted, one) for entry in entries))


def _count(entry: Entry, wanted: list[str], language: Language) -> int:
    """Count how well an entry matches in a language: each word by its stem and as it is written; titles twice."""
    count = 0
    for weight, text in ((2, entry.title.get(language, "")), (1, entry.text.get(language, ""))):
        held = with_parts(words_of(text))
        stems = {stem(word, language) for word in held}
        count += weight * sum((word in held) + (stem(word, language) in stems) for word in wanted)
    return count


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"
