"""The numbers of a briefing: one country's values beside the OECD mean, with a notebook's short names."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence

from npr.analysis import compare
from npr.briefing.prose import Citation, Quote, Words
from npr.catalogue.declarations import Area, Briefing, Language
from npr.catalogue.evidence import EvidenceFact
from npr.errors import ContentError, Fault, NotebookError
from npr.indicators.knowledge import KnowledgeBase
from npr.indicators.panel import Panel
from npr.indicators.values import Origin, Value
from npr.language.messages import message
from npr.language.names import area_genitive, area_name
from npr.language.numbers import show_number

HOLDS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq}


class ClaimUntrueError(NotebookError):
    """A claim that the figures do not bear out; the build stops there."""


class Numbers:
    """What a notebook says of one country. Areas default to the country, years to the latest comparable one."""

    def __init__(self, base: KnowledgeBase, briefing: Briefing, country: str, language: Language) -> None:
        self.base, self.briefing, self.country, self.language = base, briefing, country, language
        self.members = base.catalogue.member_set

    # Names -----------------------------------------------------------------------------------------------------------

    def area(self, code: str) -> Area:
        """Give the declaration of a country or aggregate."""
        return self.base.catalogue.area(code)

    @property
    def name(self) -> str:
        """Give the country's name as it stands in a sentence."""
        return area_name(self.area(self.country), self.language, article=True)

    @property
    def genitive(self) -> str:
        """Give the country's name in the genitive."""
        return area_genitive(self.area(self.country), self.language)

    def name_of(self, what: Value | str) -> str:
        """Give the name of an area, or of the area of a value, as it stands in a sentence."""
        code = what if isinstance(what, str) else what.origin.area or "OECD"
        return area_name(self.area(code), self.language, article=True)

    # Values ----------------------------------------------------------------------------------------------------------

    def panel(self, indicator: str) -> Panel:
        """Give an indicator for all areas.

        Raises:
            ContentError: the briefing's declaration does not name the indicator.
        """
        if indicator not in self.base.catalogue.indicators_of(self.briefing):
            file = f"data/catalogue/briefings/{self.briefing.id}.yml"
            raise ContentError([Fault(file, "indicators", f"{indicator}, which the notebook uses", "not listed")])
        return self.base.panel(indicator)

    def has(self, indicator: str, area: str | None = None) -> bool:
        """Say whether the edition has a number of the area."""
        return self.panel(indicator).has(area or self.country)

    def comparable_year(self, indicator: str, area: str | None = None) -> int | None:
        """Give the year that values of this indicator are compared in (see `analysis.compare.comparable_year`)."""
        return compare.comparable_year(self.panel(indicator), area or self.country, self.members)

    def latest(self, indicator: str, area: str | None = None) -> Value:
        """Give the value of the latest comparable year; missing when the area has none."""
        return self.at(indicator, self.comparable_year(indicator, area), area)

    def first(self, indicator: str, area: str | None = None) -> Value:
        """Give the first value."""
        years = self.panel(indicator).years(area or self.country)
        return self.at(indicator, years[0] if years else None, area)

    def at(self, indicator: str, year: int | None, area: str | None = None) -> Value:
        """Give the value of a year; missing when there is none."""
        return self.panel(indicator).value(area or self.country, None if year is None else int(year))

    def mean(self, indicator: str, year: int | None = None) -> Value:
        """Give the unweighted mean of the members with data."""
        return compare.oecd_mean(self.panel(indicator), self._year(indicator, year), self.members)

    def count(self, indicator: str, year: int | None = None) -> Value:
        """Give the number of members with data."""
        return compare.count(self.panel(indicator), self._year(indicator, year), self.members)

    def rank(self, indicator: str, year: int | None = None) -> Value:
        """Give the country's place among the members with data."""
        return compare.rank(self.panel(indicator), self.country, self._year(indicator, year), self.members)

    def leader(self, indicator: str, year: int | None = None) -> Value:
        """Give the value of the member in the first place."""
        return compare.leader(self.panel(indicator), self._year(indicator, year), self.members)

    def compared(self, indicators: Sequence[str]) -> Value:
        """Give how many of the indicators the country has a number of, a better end, and other members to compare."""
        values = [self.latest(one) for one in self._comparable(indicators)]
        return compare.tally(values, "indicators compared", self.base.catalogue.units)

    def ahead(self, indicators: Sequence[str]) -> Value:
        """Give on how many of them the country is better than the OECD mean."""
        better = [one for one in self._comparable(indicators) if self._is_better(one)]
        return compare.tally([self.latest(one) for one in better], "better than mean", self.base.catalogue.units)

    def by_place(self, indicators: Sequence[str]) -> list[str]:
        """Give them from the one in which the country stands best, by the share of members that it is not behind."""
        share = {one: self.rank(one).amount / self.count(one).amount for one in self._comparable(indicators)}
        return sorted(share, key=lambda one: (share[one], one))

    def _comparable(self, indicators: Sequence[str]) -> list[str]:
        panels = {one: self.panel(one) for one in indicators}
        return [
            one
            for one, panel in panels.items()
            if panel.decl.direction != "neither" and not self.rank(one).missing and self.count(one) > 1
        ]

    def _is_better(self, indicator: str) -> bool:
        value, mean = self.latest(indicator), self.mean(indicator)
        return (value > mean) == (self.panel(indicator).decl.direction == "higher")

    def change(self, indicator: str, start: int, end: int | None = None, area: str | None = None) -> Value:
        """Give the change from one year to another."""
        last = self._year(indicator, end)
        return compare.change(self.panel(indicator), area or self.country, int(start), last or int(start))

    def growth(self, indicator: str, start: int, end: int | None = None, area: str | None = None) -> Value:
        """Give the change from one year to another in per cent."""
        last = self._year(indicator, end)
        return compare.growth(self.panel(indicator), area or self.country, int(start), last or int(start))

    def gap(self, value: Value, other: Value) -> Value:
        """Give the difference between two values."""
        return compare.gap(value, other, self.base.catalogue.units)

    def ratio(self, value: Value, other: Value) -> Value:
        """Give how many times the other value a value is."""
        return compare.ratio(value, other, self.base.catalogue.units)

    def relative(self, value: Value, other: Value) -> Value:
        """Give by how many per cent a value differs from another."""
        return compare.relative(value, other, self.base.catalogue.units)

    def _year(self, indicator: str, year: int | None) -> int | None:
        return self.comparable_year(indicator) if year is None else int(year)

    # Words -----------------------------------------------------------------------------------------------------------

    def over(self, value: Value, other: Value) -> str:
        """Say "above", "below" or "level with", judged on the numbers as printed.

        Raises:
            ContentError: one of them is missing, so that no word is true.
        """
        if value.missing or other.missing:
            raise ContentError([Fault(self.briefing.notebook, "b.over(...)", "two numbers", "a missing value")])
        digits = value.decimals
        if show_number(value.amount, digits, "en") == show_number(other.amount, digits, "en"):
            return message("word.level", self.language)
        return message("word.above" if value > other else "word.below", self.language)

    def claim(self, left: Value | float, op: str, right: Value | float, text: str) -> None:
        """Stop the build unless the comparison holds.

        Raises:
            ClaimUntrueError: the figures say otherwise, or a number is missing.
        """
        if not HOLDS[op](float(left), float(right)):
            raise ClaimUntrueError(
                f"Claim untrue: {text}",
                where=f"{self.briefing.notebook}, country {self.country}",
                expected=f"{_tell(left)} {op} {_tell(right)}",
                found=f"{float(left):g} and {float(right):g}",
                kept="The briefing was not rendered; an earlier report is kept.",
                todo="Change the sentence or guard it with `if`, or look at the figures with `npr trace`.",
            )

    # Evidence --------------------------------------------------------------------------------------------------------

    def fact(self, fact_id: str, text: str | None = None) -> Quote:
        """Quote a fact: its own value, or a passage that its statement holds in the language of the briefing.

        Raises:
            UsageError: unknown fact.
            ContentError: the statement does not hold the passage, or the fact has no value to print.
        """
        fact = self.base.evidence.fact(fact_id)
        publisher = self.base.evidence.references[fact.reference].publisher
        if text is None:
            return Quote(fact, self._fact_value(fact), publisher)
        if folded(text) not in folded(fact.statement[self.language]):
            raise ContentError(
                [
                    Fault(
                        self.briefing.notebook,
                        f"b.fact({fact_id!r})",
                        f"a passage of {fact.statement[self.language]!r}",
                        text,
                    )
                ]
            )
        return Quote(fact, _set(text, self.language), publisher)

    def demand(self, demand_id: str, text: str) -> Quote:
        """Quote a passage of a demand as it is said in the language of the briefing.

        Raises:
            UsageError: no such demand.
            ContentError: the demand does not hold the passage.
        """
        demand = self.base.evidence.demand(demand_id)
        if folded(text) not in folded(demand.demand[self.language]):
            expected = f"a passage of {demand.demand[self.language]!r}"
            raise ContentError([Fault(self.briefing.notebook, f"b.demand({demand_id!r})", expected, text)])
        return Quote(demand, _set(text, self.language), self.base.evidence.decision.issuer[self.language])

    def count_demands(self, *kinds: str) -> Value:
        """Give how many demands of some kinds (all, when none is named) the decision makes."""
        chosen = [one for one in self.base.evidence.demands.values() if not kinds or one.kind in kinds]
        publisher = self.base.evidence.decision.issuer[self.language]
        origin, how = Origin(publisher=publisher), "demands in data/evidence/demands.yml"
        return Value(float(len(chosen)), self.base.catalogue.units["COUNT"], 0, origin, how)

    def label(self, indicator: str) -> Words:
        """Give the short name of an indicator, in quotation marks."""
        return Words(message("word.quoted", self.language, name=self.panel(indicator).decl.short[self.language]))

    def cite(self, *fact_ids: str) -> Citation:
        """Cite facts without printing a number."""
        return Citation(tuple(self.base.evidence.fact(one) for one in fact_ids))

    def _fact_value(self, fact: EvidenceFact) -> str:
        if not isinstance(fact.value, int | float):
            raise ContentError(
                [Fault("data/evidence", fact.id, "one number as value", repr(fact.value), "Quote a passage.")]
            )
        if fact.unit in ("year", "date"):
            return str(fact.value)
        digits = len(repr(fact.value).partition(".")[2]) if isinstance(fact.value, float) else 0
        number = show_number(float(fact.value), digits, self.language)
        share = (fact.unit or "").startswith("percent")
        return self.base.catalogue.units["PCT"].prose[self.language].replace("{n}", number) if share else number


def _tell(side: Value | float) -> str:
    if isinstance(side, Value):
        return f"{side.origin.indicator} {side.origin.area} {side.origin.year}"
    return f"{side:g}"


def _set(text: str, language: Language) -> str:
    """Set a passage as our prose is set: numbers kept together with what follows, and "procent" in Swedish prose."""
    words = re.sub(r"\s%", "\N{NO-BREAK SPACE}procent", text) if language == "sv" else text
    return re.sub(r"(?<=\d) (?=\d{3}\b|procent|miljoner|miljarder|kronor)", "\N{NO-BREAK SPACE}", words)


def folded(text: str) -> str:
    """Fold white space and dashes, which differ between a source's typography and ours."""
    return re.sub(r"\s+", " ", text.replace("\N{EN DASH}", "-").replace("\N{NON-BREAKING HYPHEN}", "-")).strip()
