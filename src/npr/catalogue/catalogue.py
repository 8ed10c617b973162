"""What is declared, by id, and how it is asked for: an unknown word is answered with the nearest known one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from npr.catalogue.declarations import Area, Briefing, Flow, Indicator, Source, Theme, Unit
from npr.catalogue.scenarios import ScenarioSet
from npr.errors import UsageError, did_you_mean

Declared = TypeVar("Declared")


@dataclass(frozen=True)
class Catalogue:
    """Everything in data/catalogue, checked: each reference leads somewhere."""

    units: Mapping[str, Unit]
    sources: Mapping[str, Source]
    flows: Mapping[str, Flow]
    areas: Mapping[str, Area]
    themes: Mapping[str, Theme]
    indicators: Mapping[str, Indicator]
    briefings: Mapping[str, Briefing]
    scenarios: Mapping[str, ScenarioSet] = field(default_factory=dict)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Give the codes of OECD's members, sorted."""
        return tuple(sorted(code for code, area in self.areas.items() if area.kind == "member"))

    @cached_property
    def member_set(self) -> frozenset[str]:
        """Give the codes of OECD's members as a set."""
        return frozenset(self.members)

    @cached_property
    def aggregates(self) -> frozenset[str]:
        """Give the codes of the aggregates, which are never ranked and never part of a mean."""
        return frozenset(code for code, area in self.areas.items() if area.kind == "aggregate")

    def indicator(self, indicator_id: str) -> Indicator:
        """Give an indicator.

        Raises:
            UsageError: no such indicator.
        """
        return _find(
            "indicator", indicator_id, self.indicators, "The indicators are the files in data/catalogue/indicators."
        )

    def briefing(self, briefing_id: str) -> Briefing:
        """Give a briefing.

        Raises:
            UsageError: no such briefing.
        """
        return _find(
            "briefing", briefing_id, self.briefings, "The briefings are the files in data/catalogue/briefings."
        )

    def scenario_set(self, set_id: str) -> ScenarioSet:
        """Give a set of scenarios.

        Raises:
            UsageError: no such set.
        """
        return _find("scenario set", set_id, self.scenarios, "The sets are the files in data/catalogue/scenarios.")

    def theme(self, theme_id: str) -> Theme:
        """Give a theme.

        Raises:
            UsageError: no such theme.
        """
        return _find("theme", theme_id, self.themes, "The themes are in data/catalogue/themes.yml.")

    def indicators_of(self, briefing: Briefing) -> tuple[str, ...]:
        """Give the ids of the indicators that a briefing may use."""
        return tuple(self.indicators) if briefing.indicators == "all" else briefing.indicators

    def notebooks_read(self, briefing: Briefing) -> tuple[str, ...]:
        """Give the notebooks of other briefings that a briefing takes something from."""
        return tuple(self.briefings[one].notebook for one in briefing.reads)

    def area(self, code: str) -> Area:
        """Give a country or an aggregate.

        Raises:
            UsageError: no such area; a two-letter code or a small letter is answered with the code that is meant.
        """
        if code not in self.areas:
            self._refuse(code, self.areas)
        return self.areas[code]

    def require_country(self, code: str) -> Area:
        """Give a country: a member of OECD or another one, not an aggregate.

        Raises:
            UsageError: no such area, or an aggregate.
        """
        countries = {known: area for known, area in self.areas.items() if area.kind != "aggregate"}
        if code not in self.areas:
            self._refuse(code, countries)
        if code not in countries:
            raise UsageError(
                f"{code} is not a country",
                expected="a country such as SWE",
                found="an aggregate of several countries",
                todo="Name one country by its code; the codes are in data/catalogue/areas.yml.",
            )
        return countries[code]

    def _refuse(self, code: str, known: Mapping[str, Area]) -> None:
        by_territory = {area.territory: area.code for area in known.values() if area.territory}
        meant = by_territory.get(code.upper())
        hint = f"Did you mean '{meant}'?" if meant else did_you_mean(code, known)
        raise UsageError(
            f"Unknown country or area {code!r}",
            expected="a code of three letters such as SWE",
            found=repr(code),
            todo=hint or "The codes are in data/catalogue/areas.yml.",
        )


def _find(kind: str, name: str, declared: Mapping[str, Declared], where: str) -> Declared:
    if name in declared:
        return declared[name]
    todo = did_you_mean(name, declared) or where
    raise UsageError(
        f"Unknown {kind} {name!r}", expected=f"one of {len(declared)} declared", found=repr(name), todo=todo
    )
