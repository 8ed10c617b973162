"""Where a line over time may be drawn: it stops at breaks and gaps, and says where numbers are provisional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import pandas as pd

FEW_YEARS = 12  # up to here a table is one of waves: every observation is dotted, and no year between is expected

Kind = Literal["solid", "provisional", "joined"]


@dataclass(frozen=True)
class Run:
    """Years that one stroke joins; a single year is a dot."""

    years: list[int]
    kind: Kind = "solid"


def runs(
    series: pd.Series[float], breaks: Sequence[int], provisional: Sequence[int] = (), *, join_gaps: bool = False
) -> list[Run]:
    """Cut the years of a country into runs.

    There is a gap between two observations when the table has a year between them, or, in a long table, when any year
    is left out. A gap is open, or a run "joined" of its own. A step to a provisional year is a run "provisional".

    Shape: index all the years of the table, NaN where the country has no number.

    >>> series = pd.Series([1.0, 2.0, float("nan"), 4.0, 5.0], index=[2018, 2019, 2020, 2021, 2022])
    >>> [run.years for run in runs(series, [])]
    [[2018, 2019], [2021, 2022]]
    >>> [run.years for run in runs(series, [2022])]
    [[2018, 2019], [2021], [2022]]
    """
    table_years = [int(year) for year in series.index]
    years = [int(year) for year in series.dropna().index]
    found: list[Run] = []
    run = years[:1]
    for before, after in pairwise(years):
        broken = any(before < year <= after for year in breaks)
        if broken or _gap(before, after, table_years):
            found.append(Run(run))
            if join_gaps and not broken:
                found.append(Run([before, after], "joined"))
            run = [after]
        elif after in provisional:
            found += [Run(run), Run([before, after], "provisional")]
            run = [after]
        else:
            run = [*run, after]
    found.append(Run(run))
    stroked = {year for one in found if len(one.years) > 1 and one.kind != "joined" for year in one.years}
    return [one for one in found if len(one.years) > 1 or one.years[0] not in stroked]


def breaks_within(table: pd.DataFrame, breaks: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Give the breaks that have a number on both sides, by column; others interrupt nothing."""
    within: dict[str, list[int]] = {}
    for name, years in breaks.items():
        if name in table.columns:
            seen = table[name].dropna().index
            inside = sorted({int(year) for year in years if seen.min() < year <= seen.max()})
            if inside:
                within[name] = inside
    return within


def _gap(before: int, after: int, table_years: Sequence[int]) -> bool:
    if len(table_years) > FEW_YEARS:
        return after - before > 1
    return any(before < year < after for year in table_years)
