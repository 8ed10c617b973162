"""What an edition says ahead: its panels made ready, tried against the past, continued with and without scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from npr.catalogue.declarations import Language
from npr.catalogue.scenarios import Assumption, Scenario, ScenarioSet, Shock
from npr.errors import UsageError, did_you_mean
from npr.forecast.backtest import Backtest, backtest
from npr.forecast.baseline import MODELS
from npr.forecast.conditions import Condition, Course, course, sensitivity, told_apart, way_to_edge
from npr.forecast.fans import FARTHEST, Fan, Gap, ReferenceClass, Refusal, gap_to_target, project, reference_class
from npr.forecast.joint import Dependence, Paths, dependence, exceedance_probability, rank_distribution, simulate
from npr.forecast.prepare import Kind, Prepared, prepare_panel
from npr.forecast.transforms import Numbers
from npr.indicators.knowledge import KnowledgeBase
from npr.indicators.panel import Panel
from npr.language.messages import message
from npr.language.numbers import show_number

Case = Scenario | Shock
_OPENED: WeakKeyDictionary[KnowledgeBase, dict[str, Outlook]] = WeakKeyDictionary()  # a back-test is made once
STEP = 5  # chances are told in steps of so many per cent


@dataclass(frozen=True)
class Chance:
    """A chance by our model, and the lowest and highest of all models. Unit: per cent, not rounded."""

    amount: float
    low: float
    high: float


@dataclass(frozen=True)
class Places:
    """Where a country may stand in a year: the middle place, and those that hold 80 % of the chance."""

    middle: int
    best: int
    worst: int
    among: int


class Outlook:
    """The baseline, the back-test and the scenarios of one declared set on one edition.

    The back-test always runs over all indicators of the set, so that no answer depends on which of them is asked for.
    """

    def __init__(self, declared: ScenarioSet, panels: Mapping[str, Panel], aggregates: frozenset[str]) -> None:
        self.declared = declared
        self.panels = {one: panels[one] for one in declared.indicators}
        self._aggregates = aggregates
        self._fans: dict[tuple[str, int, int | None], dict[str, Fan | Refusal]] = {}

    @cached_property
    def prepared(self) -> dict[str, Prepared]:
        """Give each indicator's panel made ready, aggregates left out."""
        return {one: self._prepare(one) for one in self.panels}

    @cached_property
    def backtest(self) -> Backtest:
        """Give the back-test over all indicators of the set."""
        return backtest(list(self.prepared.values()))

    @cached_property
    def dependence(self) -> dict[Kind, Dependence]:
        """Give how errors of horizons and areas hang together, by class."""
        kinds = {one.kind for one in self.prepared.values()}
        return {kind: dependence(self.backtest, kind) for kind in sorted(kinds)}

    def fans(self, indicator: str, end: int, at: int | None = None) -> dict[str, Fan | Refusal]:
        """Give every area's fan to a year, with what was known in the year `at` (now when none is named).

        A panel that ends too early for the year has no fans.
        """
        key, panel = (indicator, end, at), self.prepared[indicator]
        if key not in self._fans:
            last = int(panel.years[-1]) if at is None else at
            if end > last + FARTHEST:
                self._fans[key] = dict.fromkeys(panel.areas, Refusal("too_old", last, end - FARTHEST))
            else:
                self._fans[key] = project(panel, self.backtest.calibration, end=end, at=at)
        return self._fans[key]

    def fan(self, indicator: str, area: str, end: int) -> Fan | Refusal:
        """Give one area's fan, or why there is none."""
        return self.fans(indicator, end).get(area, Refusal("no_data", 0, 0))

    @property
    def shown(self) -> list[str]:
        """Give the indicators that the set shows; the others only serve the back-test."""
        return [name for name, one in self.declared.indicators.items() if one.shown]

    @property
    def cases(self) -> tuple[Case, ...]:
        """Give the scenarios and then the shocks of the set."""
        return (*self.declared.scenarios, *self.declared.shocks)

    def case(self, name: str) -> Case:
        """Give a scenario or shock.

        Raises:
            UsageError: there is none of that name.
        """
        known = {one.id: one for one in self.cases}
        if name not in known:
            todo = did_you_mean(name, known) or f"Choose one of {', '.join(known)}."
            raise UsageError(f"Unknown scenario {name!r}", todo=todo)
        return known[name]

    # Chances, targets and places -------------------------------------------------------------------------------------

    def chance(self, fan: Fan, op: str, value: float, year: int, mode: str = "in_year") -> Chance:
        """Give the chance of a value, in a year, once up to it or in each year, with the range of the models."""
        found = [100 * self._chance(_by(fan, model), op, value, year, mode) for model in range(len(MODELS))]
        return Chance(found[0], min(found), max(found))

    def gap(self, indicator: str, area: str, value: float, year: int) -> Gap | None:
        """Give how far a target is, what change a year it needs, and how fast it went before."""
        return gap_to_target(self.prepared[indicator], area, value, year)

    def others_once(self, indicator: str, area: str) -> ReferenceClass | None:
        """Say where countries that once stood at an area's level were ten years later."""
        years = self.panels[indicator].years(area)
        if not years:
            return None
        return reference_class(self.prepared[indicator], self.panels[indicator].value(area, years[-1]).amount)

    def places(self, indicator: str, area: str, year: int, end: int, members: frozenset[str]) -> Places | None:
        """Give the places that an area may have among the members with a fan; nothing when it has none itself."""
        fans = [one for one in self._members(indicator, end, members) if one.origin < year]
        names = [fan.area for fan in fans]
        if area not in names:
            return None
        best = "low" if self.panels[indicator].decl.direction == "lower" else "high"
        fans = [fan.until(year) for fan in fans]
        chances = rank_distribution(fans, self._paths(fans), year, best=best)[names.index(area)]
        reached = np.cumsum(chances)
        middle, first, last = (int(np.searchsorted(reached, level)) + 1 for level in (0.5, 0.1, 0.9))
        return Places(middle, first, min(last, len(fans)), len(fans))

    # Scenarios -------------------------------------------------------------------------------------------------------

    def conditions(self, case: Case, indicator: str, area: str, focus: str) -> tuple[Condition, ...]:
        """Give what a scenario or shock assumes about one indicator of one area."""
        return tuple(
            _condition(one)
            for one in case.assumptions
            if one.indicator == indicator and concerns(one.areas, area, focus)
        )

    def course(self, case: Case, fan: Fan, focus: str) -> Course:
        """Give the middle path of a scenario or shock, and its range."""
        return course(fan, self.conditions(case, fan.indicator, fan.area, focus))

    def told_apart(self, case: Case, fan: Fan, focus: str) -> int | None:
        """Give the first year in which a scenario can be told from the baseline; none when it never can."""
        return told_apart(fan, self.conditions(case, fan.indicator, fan.area, focus))

    def way_to_edge(self, case: Case, fan: Fan, focus: str, year: int) -> float:
        """Give how far a scenario's middle goes towards the edge of the baseline's 80 % band: 1 at the edge."""
        return way_to_edge(fan, self.conditions(case, fan.indicator, fan.area, focus), year)

    def sensitivity(self, case: Case, fan: Fan, focus: str, year: int) -> list[tuple[Assumption, Numbers]]:
        """Give for each assumption the answer of a year with it at its low and its high end."""
        by_id = {one.id: one for one in case.assumptions}
        found = sensitivity(fan, self.conditions(case, fan.indicator, fan.area, focus), year)
        return [(by_id[name], np.array([low, high])) for name, low, high in found]

    # Within ----------------------------------------------------------------------------------------------------------

    def _prepare(self, indicator: str) -> Prepared:
        panel, declared = self.panels[indicator], self.declared.indicators[indicator]
        wide = panel.wide[[area for area in panel.wide.columns if area not in self._aggregates]]
        breaks = panel.marked("B").reindex(columns=wide.columns, index=wide.index, fill_value=False)
        return prepare_panel(
            indicator,
            [int(year) for year in wide.index],
            [str(area) for area in wide.columns],
            wide.to_numpy(dtype=float),
            kind=declared.kind,
            ceiling=declared.ceiling.mode if declared.ceiling else None,
            breaks=breaks.to_numpy(dtype=bool),
        )

    def _paths(self, fans: list[Fan]) -> list[Paths]:
        ensemble = self.declared.ensemble
        return simulate(fans, self.dependence[fans[0].kind], seed=ensemble.seed, draws=ensemble.draws)

    def _chance(self, fan: Fan, op: str, value: float, year: int, mode: str) -> float:
        if mode == "in_year":
            return fan.chance(op, value, year)
        fan = fan.until(year)
        return exceedance_probability(fan, self._paths([fan])[0], op, value, year, mode)

    def _members(self, indicator: str, end: int, members: frozenset[str]) -> list[Fan]:
        found = self.fans(indicator, end)
        return [fan for area, fan in found.items() if area in members and isinstance(fan, Fan)]


def open_outlook(base: KnowledgeBase, name: str | None = None) -> Outlook:
    """Open a set of scenarios on an edition (the only one declared, when none is named).

    Raises:
        UsageError: unknown set, several of them, or an indicator that the edition does not hold.
    """
    known = sorted(base.catalogue.scenarios)
    if name is None and len(known) != 1:
        raise UsageError(
            "Which set of scenarios is not clear",
            expected="one in data/catalogue/scenarios",
            found=", ".join(known) or "none",
            todo="Name one with --set." if known else "Declare one.",
        )
    declared = base.catalogue.scenario_set(name or known[0])
    opened = _OPENED.setdefault(base, {})
    panels = {one: base.panel(one) for one in declared.indicators}  # asked for each time, since that is recorded
    if declared.id not in opened:
        opened[declared.id] = Outlook(declared, panels, base.catalogue.aggregates)
    return opened[declared.id]


def concerns(areas: Sequence[str], area: str, focus: str) -> bool:
    """Say whether declared areas hold an area, when a briefing is about `focus`."""
    return bool({"all", area} & set(areas)) or ("focus" in areas and area == focus)


def why_not(refusal: Refusal, language: Language) -> str:
    """Say why there is no fan, in words that follow on a colon."""
    numbers = (refusal.found, refusal.needed)
    if refusal.reason == "too_old":  # years, which are not grouped
        found, needed = (str(int(one)) for one in numbers)
    else:
        found, needed = (show_number(one, 0 if float(one).is_integer() else 2, language) for one in numbers)
    return message(f"outlook.refused.{refusal.reason}", language, found=found, needed=needed)


def rounded(chance: float) -> int:
    """Give a chance in whole steps of `STEP` per cent, never nought or certain.

    >>> rounded(49.6), rounded(1.2), rounded(99.9)
    (50, 5, 95)
    """
    return int(min(100 - STEP, max(STEP, STEP * round(chance / STEP))))


def _by(fan: Fan, model: int) -> Fan:
    """Give the fan as one model alone sees it."""
    return replace(fan, centre=fan.centre[[model]], half=fan.half[[model]])


def _condition(one: Assumption) -> Condition:
    return Condition(one.id, one.driver, one.unit, one.range.low, one.range.mode, one.range.high, one.start, one.ramp)
