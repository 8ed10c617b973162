"""Turns the catalogue and the evidence into entries: what a person may look for, each with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.declarations import LANGUAGES, Indicator, Language, Text
from npr.catalogue.evidence import Demand, Evidence, EvidenceFact, Term

Kind = Literal["briefing", "indicator", "term", "demand", "instrument", "fact", "reference"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What can be found, in the order in which equals are listed."""


@dataclass(frozen=True)
class Entry:
    """Something that can be found: its title and text by language, and the file that declares it.

    `title` has one language alone where it is that of a publication, and `text` where it is quoted. `also` are its
    other names beside the id: codes and synonyms. `around` is what it belongs to: publisher, year, theme.
    """

    kind: Kind
    id: str
    where: str
    title: Mapping[Language, str]
    text: Mapping[Language, str]
    also: str = ""
    around: str = ""

    def shown(self, language: Language) -> tuple[tuple[Language, str], tuple[Language, str]]:
        """Give the title and the text to show in a language, each with its own: what has none there keeps another.

        Without a text the title in the other language stands there; without that, nothing.
        """
        other: Language = "en" if language == "sv" else "sv"
        titles = [(one, self.title[one]) for one in (language, other) if one in self.title]
        texts = [(one, self.text[one]) for one in (language, other) if self.text.get(one)]
        return titles[0], (texts or titles[1:] or [(language, "")])[0]


def entries_of(catalogue: Catalogue, evidence: Evidence) -> tuple[Entry, ...]:
    """Give everything that can be found, by kind and then by id."""
    synonyms = list(_synonyms(evidence.terms))
    made = [
        *_briefings(catalogue),
        *(_indicator(catalogue, one, synonyms) for one in catalogue.indicators.values()),
        *(_term(one) for one in evidence.terms),
        *(_demand(catalogue, one) for one in evidence.demands.values()),
        *_instruments(catalogue, evidence),
        *(_fact(catalogue, evidence, one) for one in evidence.facts.values()),
        *_references(evidence),
    ]
    return tuple(sorted(made, key=lambda one: (KINDS.index(one.kind), one.id)))


def _briefings(catalogue: Catalogue) -> Iterator[Entry]:
    for one in catalogue.briefings.values():
        where = f"data/catalogue/briefings/{one.id}.yml"
        yield Entry("briefing", one.id, where, _both(one.title), _both(one.description))


def _indicator(catalogue: Catalogue, one: Indicator, synonyms: list[tuple[str, ...]]) -> Entry:
    source = catalogue.sources[one.source]
    named = f"{one.name.sv} {one.name.en}".lower()
    others = [word for group in synonyms if any(word.lower() in named for word in group) for word in group]
    around = [source.publisher.sv, source.publisher.en, source.label.sv, source.label.en]
    return Entry(
        "indicator",
        one.id,
        f"data/catalogue/indicators/{one.id}.yml",
        _both(one.name),
        {language: " ".join(_sentences(one, language)) for language in LANGUAGES},
        also=_unique(one.dataset, *others),
        around=_unique(*around, *_themes(catalogue, (one.theme,))),
    )


def _sentences(one: Indicator, language: Language) -> Iterator[str]:
    yield f"{one.short[language].rstrip('.')}."
    if one.note:
        yield one.note[language]


def _term(one: Term) -> Entry:
    return Entry("term", one.sv, "data/evidence/glossary.yml", {"sv": one.sv, "en": one.en}, {}, around=one.group)


def _demand(catalogue: Catalogue, one: Demand) -> Entry:
    # The words are the decision's own, which is in Swedish.
    text: dict[Language, str] = {"sv": f"{one.words} {one.note.sv}" if one.note else one.words}
    if one.note:
        text["en"] = one.note.en
    around = _unique(one.section, one.briefing, *_themes(catalogue, one.themes))
    return Entry("demand", one.id, "data/evidence/demands.yml", _both(one.demand), text, around=around)


def _instruments(catalogue: Catalogue, evidence: Evidence) -> Iterator[Entry]:
    for one in evidence.instruments.values():
        said = [told for told in (one.advice, one.measures, one.effect) if told]
        text: dict[Language, str] = {language: " ".join(told[language] for told in said) for language in LANGUAGES}
        around = _unique(one.reach, *_themes(catalogue, one.themes))
        where = "data/evidence/instruments.yml"
        yield Entry("instrument", one.id, where, _both(one.name), text, around=around)


def _fact(catalogue: Catalogue, evidence: Evidence, one: EvidenceFact) -> Entry:
    reference = evidence.references[one.reference]
    title = f"{reference.title}, {one.locator}" if one.locator else reference.title
    around = _unique(reference.publisher, str(reference.year or ""), *_themes(catalogue, one.themes))
    where = f"data/evidence/facts/{one.themes[0]}.yml"
    text = _both(one.statement)
    return Entry("fact", one.id, where, {reference.language: title}, text, around=around)


def _references(evidence: Evidence) -> Iterator[Entry]:
    for one in evidence.references.values():
        text = f"{one.publisher}, {one.year}" if one.year else one.publisher
        where = "data/evidence/references.yml"
        yield Entry("reference", one.id, where, {one.language: one.title}, {one.language: text})


def _synonyms(terms: tuple[Term, ...]) -> Iterator[tuple[str, ...]]:
    """Give the wordings of each term that has several in both languages ("3D printing, additive manufacturing")."""
    for one in terms:
        if ", " in one.sv and ", " in one.en:
            yield tuple(word.strip() for word in (*one.sv.split(", "), *one.en.split(", ")))


def _themes(catalogue: Catalogue, themes: tuple[str, ...]) -> Iterator[str]:
    for one in themes:
        yield from (catalogue.themes[one].name.sv, catalogue.themes[one].name.en)


def _both(text: Text) -> dict[Language, str]:
    return {"sv": text.sv, "en": text.en}


def _unique(*words: str) -> str:
    return " | ".join(dict.fromkeys(word for word in words if word))
