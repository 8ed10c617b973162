"""Scenarios in the long form of the Integrated Assessment Modeling Consortium, which pyam reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from npr import __version__
from npr.analysis.outlook import Outlook
from npr.errors import UsageError
from npr.forecast.fans import FARTHEST, Fan
from npr.vintages.editions import Edition

COLUMNS = ["model", "scenario", "region", "variable", "unit", "year", "value"]
BASELINE = "baseline"
OBSERVED = "observed"
QUANTILES = (0.025, 0.1, 0.25, 0.75, 0.9, 0.975)
SINCE = 1995
MODEL = f"npr {__version__}"

Row = tuple[str, str, str, str, str, int, float]


def to_iamc(
    outlook: Outlook, edition: Edition, areas: Sequence[str], *, horizon: int, scenarios: Sequence[str] = ()
) -> pd.DataFrame:
    """Give observations, the baseline with its quantiles, and scenarios and shocks with their ranges, one row a number.

    Shape: columns `COLUMNS`; `region` is the area's code, `variable` the indicator's English name, its quantiles
    `Variable|10.0th Percentile`, the ends of a scenario `Variable|Low` and `Variable|High`. An area without a fan has
    its observations alone. `horizon` counts years from the edition.

    Raises:
        UsageError: an unknown scenario, or a horizon that no fan can reach.
    """
    end, names = asked(outlook, edition, horizon, scenarios)
    rows = [row for one in outlook.shown for area in areas for row in _rows(outlook, one, area, end, names)]
    return pd.DataFrame(rows, columns=COLUMNS)


def asked(outlook: Outlook, edition: Edition, horizon: int, scenarios: Sequence[str]) -> tuple[int, list[str]]:
    """Give the last year, and the names of the scenarios that are asked for; with none named, the baseline and all.

    Raises:
        UsageError: an unknown scenario, or a horizon that no fan can reach.
    """
    for name in scenarios:
        if name != BASELINE:
            outlook.case(name)
    if not 1 <= horizon <= FARTHEST:
        raise UsageError(
            f"No scenario runs {horizon} years ahead",
            expected=f"1 to {FARTHEST} years",
            found=str(horizon),
            todo="Choose another --horizon.",
        )
    return edition.frozen.year + horizon, list(scenarios) or [BASELINE, *(one.id for one in outlook.cases)]


def _rows(outlook: Outlook, indicator: str, area: str, end: int, names: Sequence[str]) -> Iterator[Row]:
    panel = outlook.panels[indicator]
    variable, unit = panel.decl.short.en, panel.unit.axis.en

    def row(scenario: str, suffix: str, year: int, value: float) -> Row:
        return (MODEL, scenario, area, f"{variable}{suffix}", unit, int(year), float(value))

    for year in panel.years(area):
        if year >= SINCE:
            yield row(OBSERVED, "", year, panel.value(area, year).amount)
    fan = outlook.fan(indicator, area, end)
    if not isinstance(fan, Fan):
        return
    if BASELINE in names:
        levels = (0.5, *QUANTILES)
        for year, numbers in zip(fan.years, fan.quantiles(levels), strict=True):
            for level, number in zip(levels, numbers, strict=True):
                suffix = "" if level == levels[0] else f"|{100 * level:.1f}th Percentile"
                yield row(BASELINE, suffix, year, number)
    for case in outlook.cases:
        if case.id in names:
            course = outlook.course(case, fan, area)
            for suffix, numbers in (("", course.path), ("|Low", course.low), ("|High", course.high)):
                for year, number in zip(fan.years, numbers, strict=True):
                    yield row(case.id, suffix, year, number)
