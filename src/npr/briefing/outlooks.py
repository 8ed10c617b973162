"""What a briefing says ahead: fans, chances, targets and places, as values with an origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from npr.analysis.outlook import STEP, Case, Outlook, concerns, open_outlook, rounded, why_not
from npr.briefing.prose import Words
from npr.briefing.registers import Registers
from npr.catalogue.scenarios import ScenarioSet, Target
from npr.errors import UsageError
from npr.forecast.baseline import MODELS
from npr.forecast.fans import Fan, Refusal
from npr.indicators.panel import Panel
from npr.indicators.values import Origin, Value
from npr.language.messages import message

NEAREST, FARTHEST = 10, 15  # years ahead that a briefing may look
MISSING = float("nan")


@dataclass(frozen=True)
class Odds:
    """A chance in steps of five per cent, the lowest and highest of all models, and the word before it ("about")."""

    about: Value
    low: Value
    high: Value
    near: str

    @property
    def wide(self) -> bool:
        """Say whether the models differ in what is printed."""
        return self.low.amount < self.high.amount


class Ahead(Registers):
    """The numbers of a briefing that lie ahead.

    `look_ahead` comes first: it chooses the set of scenarios and how far to look.
    """

    _outlook: Outlook | None = None
    end: int
    report_years: tuple[int, ...]

    def look_ahead(self, scenarios: str, *, horizon: int = NEAREST, report_years: Sequence[int | str] = ()) -> None:
        """Choose a set of scenarios, how many years ahead of the edition to look, and which years to report.

        Raises:
            UsageError: unknown set, a horizon that is not 10 to 15 years, or a year that lies outside it.
        """
        declared = self.base.catalogue.scenario_set(scenarios)
        first = self.base.edition.frozen.year
        if not NEAREST <= horizon <= FARTHEST:
            raise UsageError(
                f"No briefing looks {horizon} years ahead",
                expected=f"a horizon of {NEAREST} to {FARTHEST} years",
                found=str(horizon),
                todo=f"Set the parameter horizon to a number from {NEAREST} to {FARTHEST}.",
            )
        self.end = min(first + horizon, declared.horizon.end)
        reported = [one for one in declared.horizon.report_years if first < one <= self.end]
        years = [_year(one) for one in report_years] or reported
        for year in years:
            if not first < year <= self.end:
                raise UsageError(
                    f"The report year {year} is not within what the briefing looks at",
                    expected=f"a year from {first + 1} to {self.end}",
                    found=str(year),
                    todo="Change the parameter report_years or horizon.",
                )
        self.report_years = tuple(sorted(years)) or (self.end,)
        for one in declared.indicators:
            self.panel(one)
        self._outlook = open_outlook(self.base, scenarios)

    @property
    def looks_ahead(self) -> bool:
        """Say whether the briefing has chosen a set of scenarios."""
        return self._outlook is not None

    @property
    def outlook(self) -> Outlook:
        """Give what was chosen to look ahead with.

        Raises:
            UsageError: nothing was chosen yet.
        """
        if self._outlook is None:
            raise UsageError(
                f"{self.briefing.notebook} looks ahead before it has chosen a set of scenarios",
                todo='Call b.look_ahead("produktion") in a cell before.',
            )
        return self._outlook

    # The baseline ----------------------------------------------------------------------------------------------------

    def fan(self, indicator: str) -> Fan | Refusal:
        """Give the country's fan, or why there is none."""
        return self.outlook.fan(indicator, self.country, self.end)

    def has_fan(self, indicator: str) -> bool:
        """Say whether the country has a fan of an indicator."""
        return isinstance(self.fan(indicator), Fan)

    def shown_fans(self) -> list[str]:
        """Give the indicators that the set shows and the country has a fan of."""
        return [one for one in self.outlook.shown if self.has_fan(one)]

    def why_no_fans(self) -> Words:
        """Say which of the indicators have no fan, and why; nothing when all have one."""
        told = [
            message("outlook.no_fan", self.language, name=self._short(one), reason=why_not(why, self.language))
            for one in self.outlook.shown
            if isinstance(why := self.fan(one), Refusal)
        ]
        return Words(" ".join(told))

    def without_fan(self) -> list[str]:
        """Give the indicators that the set shows, that have numbers of the country, but no fan."""
        return [one for one in self.outlook.shown if self.has(one) and not self.has_fan(one)]

    def expected(self, indicator: str, year: int | None = None) -> Value:
        """Give the middle of the fan in a year (the last one when none is named); missing without a fan."""
        return self._quantile(indicator, year, 0.5)

    def lower(self, indicator: str, year: int | None = None) -> Value:
        """Give the lower edge of the 80 % band."""
        return self._quantile(indicator, year, 0.1)

    def upper(self, indicator: str, year: int | None = None) -> Value:
        """Give the upper edge of the 80 % band."""
        return self._quantile(indicator, year, 0.9)

    def start(self, indicator: str) -> Value:
        """Give the last observation, which the fan starts from."""
        panel = self.panel(indicator)
        years = panel.years(self.country)
        return panel.value(self.country, years[-1] if years else None)

    def odds(self, indicator: str, op: str, value: Value, year: int, mode: str = "in_year") -> Odds:
        """Give the chance of a value: in a year, once up to it ("ever_by") or in each ("every_year")."""
        fan = self.fan(indicator)
        amounts: tuple[float, ...] = (MISSING,) * 3
        if isinstance(fan, Fan):
            found = self.outlook.chance(fan, op, value.amount, int(year), mode)
            amounts = tuple(float(rounded(one)) for one in (found.amount, found.low, found.high))
        how = f"chance {mode} {op} {value.amount:g}, in steps of 5 per cent"
        names = (how, f"lowest model, {how}", f"highest model, {how}")
        about, low, high = (
            self._of_fan(indicator, int(year), one, "PCT", 0, name) for one, name in zip(amounts, names, strict=True)
        )
        word = "at_most" if about.amount <= STEP else "at_least" if about.amount >= 100 - STEP else "about"
        return Odds(about, low, high, message(f"outlook.{word}", self.language))

    def span(self, indicator: str, year: int) -> tuple[Value, Value]:
        """Give the lowest and the highest of the scenarios' middle paths in a year; missing without a fan."""
        fan, panel = self.fan(indicator), self.panel(indicator)
        found = [(MISSING, "none")]
        if isinstance(fan, Fan):
            row = fan.row(int(year))
            found = [
                (float(self.outlook.course(case, fan, self.country).path[row]), case.id)
                for case in self.declared.scenarios
            ]
        low, high = (
            self._of_fan(indicator, int(year), amount, panel.unit.id, panel.decl.decimals, f"middle of {name}")
            for amount, name in (min(found), max(found))
        )
        return low, high

    # Targets ---------------------------------------------------------------------------------------------------------

    def target(self, indicator: str) -> Target:
        """Give the declared target to speak of: the nearest one not yet reached, else the one reached last.

        Raises:
            UsageError: the set declares no target for the indicator and the country.
        """
        mine = [
            one
            for one in self.declared.targets
            if one.indicator == indicator and concerns(one.areas, self.country, self.country)
        ]
        if not mine:
            raise UsageError(
                f"The scenarios {self.declared.id} declare no target for {indicator}",
                todo="Declare one, or leave the figure out.",
            )
        now = self.start(indicator).amount
        ahead = [one for one in mine if (now < one.value if one.op == ">=" else now > one.value)]
        up = mine[0].op == ">="
        first = min if up == bool(ahead) else max
        return first(ahead or mine, key=lambda one: one.value)

    def target_value(self, target: Target) -> Value:
        """Give a target's level, for the year that it is set for."""
        panel = self.panel(target.indicator)
        origin = Origin(indicator=target.indicator, area=self.country, year=target.year, publisher="npr")
        return Value(target.value, panel.unit, 0, origin, f"target {target.id}, an example" if target.example else
                     f"target {target.id}")  # fmt: skip

    def needed(self, target: Target) -> Value:
        """Give the yearly change that reaches a target in its year. Missing when there is nothing to count from."""
        found = self.outlook.gap(target.indicator, self.country, target.value, target.year)
        return self._change(target.indicator, found.yearly if found else MISSING, f"needed a year to reach {target.id}")

    def pace(self, target: Target) -> Value:
        """Give the mean yearly change over the last ten years with numbers."""
        found = self.outlook.gap(target.indicator, self.country, target.value, target.year)
        return self._change(target.indicator, found.pace if found else MISSING, "mean change a year, last ten years")

    def places(self, indicator: str, year: int) -> tuple[Value, Value, Value, Value]:
        """Give the middle, best and worst place that the country may have, and among how many members with a fan."""
        found = self.outlook.places(indicator, self.country, int(year), self.end, self.members)
        numbers = (found.middle, found.best, found.worst, found.among) if found else (MISSING,) * 4
        told = ("middle place", "best place within 80 %", "worst place within 80 %", "members with a fan")
        units = ("RANK", "RANK", "RANK", "COUNT")
        return tuple(  # type: ignore[return-value]
            self._of_fan(indicator, int(year), float(amount), unit, 0, how)
            for amount, unit, how in zip(numbers, units, told, strict=True)
        )

    # Within ----------------------------------------------------------------------------------------------------------

    @property
    def declared(self) -> ScenarioSet:
        """Give the set of scenarios that was chosen."""
        return self.outlook.declared

    def case(self, name: str) -> Case:
        """Give a scenario or shock of the set.

        Raises:
            UsageError: there is none of that name.
        """
        return self.outlook.case(name)

    def _short(self, indicator: str) -> str:
        return self.panel(indicator).decl.short[self.language]

    def _quantile(self, indicator: str, year: int | None, level: float) -> Value:
        fan, panel = self.fan(indicator), self.panel(indicator)
        at = self.end if year is None else int(year)
        amount, name = MISSING, "median" if level == 0.5 else f"{level:.0%} quantile"
        if isinstance(fan, Fan):
            amount = float(fan.quantiles([level])[fan.row(at), 0])
        return self._of_fan(indicator, at, amount, panel.unit.id, panel.decl.decimals, f"{name} of the baseline")

    def _of_fan(self, indicator: str, year: int, amount: float, unit: str, decimals: int, how: str) -> Value:
        panel = self.panel(indicator)
        how = f"{how}, {MODELS[0]} from {self.start(indicator).origin.year}"
        origin = panel.origin(self.country, year, "F")
        return Value(amount, self.base.catalogue.units[unit], decimals, origin, how, (self.start(indicator),))

    def _change(self, indicator: str, amount: float, how: str) -> Value:
        panel: Panel = self.panel(indicator)
        unit = self.base.catalogue.units[panel.unit.difference]
        value = self.start(indicator)
        return Value(amount, unit, max(panel.decl.decimals, 2), value.origin, how, (value,))


def _year(text: int | str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(
            f"The report year {text!r} is no year",
            expected="years such as 2031,2036",
            found=repr(text),
            todo="Change the parameter report_years.",
        ) from None
