"""The Government's decision itself: its text, what is missing in it, and the days around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from npr.catalogue.declarations import Declaration, Id, Sentence, Text
from npr.catalogue.faults import join_key
from npr.errors import Fault, did_you_mean

TEXT = Path("data", "evidence", "decision.txt")


class Gap(Declaration):
    """Something that the decision's text does not say."""

    id: Annotated[str, StringConstraints(pattern=r"^GAP-[0-9]$")]
    missing: Text


class Break(Declaration):
    """A place where the text as read breaks off: where, the words as read, and what is missing."""

    id: Annotated[str, StringConstraints(pattern=r"^OCR-[0-9]$")]
    where: Text
    words: Sentence
    missing: Text


class Decision(Declaration):
    """The decision as a document: title, issuer, holes in its text, and those who got a copy.

    Its text stands in decision.txt, without the number of the bankgiro account.
    """

    title: Text
    issuer: Text
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1)]
    breaks: Annotated[tuple[Break, ...], Field(min_length=1)]
    copies: Annotated[tuple[Text, ...], Field(min_length=1)]


class Event(Declaration):
    """A day, month or year around the assignment; `source` is the fact or the demand that it is read from."""

    id: Id
    when: Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-\d\d){0,2}$")]
    lane: Literal["oecd", "government", "assignment"]
    label: Text
    source: str


def decision_faults(home: Path, decision: Decision, words: Mapping[str, str]) -> list[Fault]:
    """List what is quoted from the decision and does not stand in its text. `words` are those of each demand."""
    path = home / TEXT
    if not path.is_file():
        return [Fault(TEXT.as_posix(), "(file)", "the text of the decision", "no such file")]
    text = _folded(path.read_text(encoding="utf-8"))
    quoted = {("data/evidence/demands.yml", join_key(one, "words")): said for one, said in words.items()}
    quoted |= {("data/evidence/decision.yml", join_key(one.id, "words")): one.words for one in decision.breaks}
    quoted |= {("data/evidence/decision.yml", join_key("copies", at)): one.sv for at, one in enumerate(decision.copies)}
    return [
        Fault(file, key, f"words that stand in {TEXT.as_posix()}", repr(said))
        for (file, key), said in quoted.items()
        if _folded(said) not in text
    ]


def event_faults(file: str, event: Event, named: Mapping[str, Any]) -> Iterator[Fault]:
    """List what an event says that its fact or demand does not: no such source, another day, another year."""
    if event.source not in named:
        hint = did_you_mean(event.source, named)
        yield Fault(file, join_key(event.id, "source"), "a known fact or demand", repr(event.source), hint)
        return
    source = named[event.source]
    day = getattr(source, "last_day", None)
    said = str(day) if day else " ".join(str(getattr(source, one, "")) for one in ("statement", "value", "words"))
    if (day and event.when != said) or event.when[:4] not in said:
        expected = f"the day that {event.source} gives" if day else f"a year that {event.source} names"
        yield Fault(file, join_key(event.id, "when"), expected, repr(event.when))


def _folded(text: str) -> str:
    """Fold line breaks, the hyphens at them, and spaces."""
    return re.sub(r"\s+", " ", re.sub(r"-\s*\n\s*", "", text)).strip()
