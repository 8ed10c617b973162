"""Finds what is odd in one indicator's series: zeros, gaps, jumps, an unfinished end, flags. It mends nothing.

The rules are meant to be quiet: a finding is a reason to look, not a verdict. Each is stated in its function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from npr.catalogue.declarations import Declaration

Kind = Literal[
    "zero",
    "gap",
    "jump",
    "lone_latest",
    "latest_incomplete",
    "latest_falls",
    "status",
    "same_as_other",
]
Numbers: TypeAlias = "pd.Series[float]"
"""Numbers of one area. Shape: index year."""

FEW_CHANGES = 10
"""A series with fewer changes between successive years is too short to say what a usual change is."""
TIMES_USUAL = 6.0
SMALLEST_JUMP = math.log(1.2)
SMALLEST_USUAL = 0.01
MANY_AREAS = 10


class Finding(Declaration):
    """Something odd: what kind, which area (none: the whole indicator), which years, and a sentence about it."""

    kind: Kind
    area: str | None
    years: tuple[int, ...]
    detail: str


def find_oddities(table: pd.DataFrame) -> tuple[Finding, ...]:
    """Give everything odd in one indicator's observations.

    Shape: `table` has columns area, year, value, status, with one row for an area and year.
    """
    wide = table.pivot(index="year", columns="area", values="value").sort_index().astype(float)
    broken = table[["B" in codes.split(",") for codes in table["status"]]]
    flagged = {(str(area), int(year)) for area, year in zip(broken["area"], broken["year"], strict=True)}
    return (
        *find_zeros(wide),
        *find_gaps(wide),
        *find_jumps(wide, flagged),
        *find_unfinished_end(wide),
        *find_falling_end(wide, table),
        *find_flags(table),
    )


def find_zeros(wide: pd.DataFrame) -> list[Finding]:
    """Give zeros among positive values.

    A zero next to a value of at least half the median, both of the area and of the whole table, cannot be a small
    number: it is listed by area, as a missing value that somebody wrote as 0. All other zeros may be true and stand
    in one finding together.

    Shape: `wide` has years as index and areas as columns.
    """
    odd: list[Finding] = []
    plausible: dict[str, list[int]] = {}
    numbers = wide.to_numpy()
    common = float(np.median(numbers[numbers > 0])) if (numbers > 0).any() else 0.0
    for area in wide:
        series = wide[area].dropna()
        zeros, positive = series[series == 0], series[series > 0]
        if zeros.empty or positive.empty:
            continue
        near = pd.concat([series.shift(1), series.shift(-1)], axis=1).max(axis=1)[zeros.index]
        if near.max() >= max(positive.median(), common) / 2:
            beside = near.idxmax()
            detail = (
                f"0 in {span(zeros.index)}, yet {near.max():g} beside {beside}: reads like a missing value written as 0"
            )
            odd.append(Finding(kind="zero", area=str(area), years=years_of(zeros.index), detail=detail))
        else:
            plausible[str(area)] = [int(year) for year in zeros.index]
    if plausible:
        named = "; ".join(f"{area} {span(years)}" for area, years in plausible.items())
        years = sorted({year for some in plausible.values() for year in some})
        detail = f"0 among small numbers, which may be true zeros: {named}"
        odd.append(Finding(kind="zero", area=None, years=tuple(years), detail=detail))
    return odd


def find_gaps(wide: pd.DataFrame) -> list[Finding]:
    """Give years without a number between an area's first and last; years in which no area has one stand once."""
    found: list[Finding] = []
    filled = wide.dropna(how="all")
    silent = sorted(set(range(int(filled.index.min()), int(filled.index.max()) + 1)) - {int(y) for y in filled.index})
    if silent:
        found.append(_gap(None, silent, "no area has a number"))
    for area in wide:
        numbers = filled[area].dropna()
        if numbers.empty:
            continue
        inside = filled[area].loc[numbers.index.min() : numbers.index.max()]
        lacking = [int(year) for year in inside.index[inside.isna()]]
        if lacking:
            found.append(_gap(str(area), lacking, "no number, though other areas have one"))
    return found


def _gap(area: str | None, years: Sequence[int], words: str) -> Finding:
    return Finding(kind="gap", area=area, years=tuple(years), detail=f"{words}: {span(years)}")


def find_jumps(wide: pd.DataFrame, flagged: Iterable[tuple[str, int]] = ()) -> list[Finding]:
    """Give changes that look like a break in the series without a flag (`flagged`: area and year that have one).

    The change between two successive years is a log ratio, less the median change of all areas that year (when at
    least ten have one), so that a crisis which strikes everybody is no break. It is a jump when it is
    - more than six times the usual spread of the area's own changes (median absolute deviation, scaled),
    - more than 20 per cent, with and without the common change,
    - alone: no change the same way within two years is half as large (that would be growth), and
    - beyond the beginnings: the larger of the two numbers is at least a quarter of the area's median.
    Series with fewer than ten changes are not judged.
    """
    known = set(flagged)
    raw, changes = _changes(wide), _own_changes(wide)
    found = []
    for area in wide:
        own = changes[area].dropna()
        if len(own) < FEW_CHANGES:
            continue
        middle = own.median()
        usual = max(1.4826 * float((own - middle).abs().median()), SMALLEST_USUAL)
        large = (own - middle).abs() > max(TIMES_USUAL * usual, SMALLEST_JUMP)
        large &= raw[area].reindex(own.index).abs() > SMALLEST_JUMP
        for year in own.index[large]:
            if (area, year) not in known and _stands_out(own - middle, wide[area], int(year)):
                found.append(_jump(str(area), int(year), wide[area], abs(own[year] - middle) / usual))
    return found


def _own_changes(wide: pd.DataFrame) -> pd.DataFrame:
    """Give each area's change from the year before, less the median change of all areas."""
    changes = _changes(wide)
    common = changes.median(axis=1).where(changes.count(axis=1) >= MANY_AREAS, 0.0)
    return changes.sub(common, axis=0)


def _changes(wide: pd.DataFrame) -> pd.DataFrame:
    """Give each area's change from the year before as a log ratio; a year without the one before it has none."""
    steady = wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1))
    # Logs need positive numbers; a table with negative ones is compared in units of each area's median size.
    if (steady < 0).to_numpy().any():
        return (steady / steady.abs().median()).diff()
    return steady.where(steady > 0).apply(np.log).diff()


def _stands_out(own: Numbers, series: Numbers, year: int) -> bool:
    """Say whether a change is alone in its direction, and not one of the first steps of a diffusion."""
    near = [own.get(other, 0.0) for other in (year - 2, year - 1, year + 1, year + 2)]
    alone = all(change * own[year] <= 0 or abs(change) < abs(own[year]) / 2 for change in near)
    grown = max(abs(series[year]), abs(series[year - 1])) >= series.abs().median() / 4
    return bool(alone and grown)


def _jump(area: str, year: int, series: Numbers, times: float) -> Finding:
    before, after = float(series[year - 1]), float(series[year])
    change = f" ({100 * (after / before - 1):+.0f} per cent)" if before > 0 else ""
    following = series.get(year + 1, float("nan"))
    if math.isnan(following):
        then = "nothing follows to compare with"
    else:
        back = abs(following - before) < abs(following - after)
        then = "turns back the year after" if back else "stays there the year after"
    detail = (
        f"{before:.5g} in {year - 1}, {after:.5g} in {year}{change}, {times:.0f} times the usual change of the "
        f"series; {then}; no break is flagged"
    )
    return Finding(kind="jump", area=area, years=(year - 1, year), detail=detail)


def find_unfinished_end(wide: pd.DataFrame) -> list[Finding]:
    """Give the newest years that few areas have reached: fewer than 80 per cent of the fullest of the five before.

    With at most 15 per cent the year is a lone one (kind "lone_latest"), and its areas are named.
    """
    counts = wide.notna().sum(axis=1)
    counts = counts[counts > 0]
    found = []
    for at in range(len(counts) - 1, 0, -1):
        year, count, full = int(counts.index[at]), int(counts.iloc[at]), int(counts.iloc[max(at - 5, 0) : at].max())
        if count >= 0.8 * full:
            break
        having = [str(area) for area in wide if pd.notna(wide[area][year])]
        if count <= 0.15 * full:
            area = having[0] if count == 1 else None
            detail = f"{year} has {', '.join(having)} alone; an earlier year has {full} areas"
            found.append(Finding(kind="lone_latest", area=area, years=(year,), detail=detail))
        else:
            earlier = wide[wide.index.isin(counts.index[max(at - 5, 0) : at])]
            lacking = [str(area) for area in wide if str(area) not in having and earlier[area].notna().any()]
            detail = f"{year} has {count} areas, an earlier year {full}; not yet: {', '.join(lacking)}"
            found.append(Finding(kind="latest_incomplete", area=None, years=(year,), detail=detail))
    return found


def find_falling_end(wide: pd.DataFrame, table: pd.DataFrame) -> list[Finding]:
    """Give a newest year that is truncated: flagged P nearly everywhere, or lower nearly everywhere.

    Lower: at least 75 per cent of at least ten areas fall, and the median fall is at least 15 per cent.
    """
    if len(wide) < 2:
        return []
    last, before = int(wide.index[-1]), int(wide.index[-2])
    both = wide.loc[[before, last]].T.dropna()
    both = both[both[before] > 0]
    newest = table[table["year"] == last]
    provisional = len(newest) > 0 and (newest["status"] == "P").mean() >= 0.75
    falls = int((both[last] < both[before]).sum())
    middle = float((both[last] / both[before]).median()) if len(both) else 1.0
    sinks = len(both) >= MANY_AREAS and falls >= 0.75 * len(both) and middle <= 0.85
    if not (provisional or sinks):
        return []
    flag = "is flagged P" if provisional else "carries no flag for that"
    detail = (
        f"{last} is lower than {before} in {falls} of {len(both)} areas (median {100 * (middle - 1):+.0f} per cent) "
        f"and {flag}: incomplete, not to be read as a decline"
    )
    return [Finding(kind="latest_falls", area=None, years=(last,), detail=detail)]


def find_flags(table: pd.DataFrame) -> list[Finding]:
    """Give the status codes that the source carries but A, which is normal: for each code its areas and years."""
    flagged = table[~table["status"].isin(["", "A"])]
    found = []
    for code, rows in flagged.groupby("status"):
        years = years_of(rows["year"].unique())
        count = f"{code} on {len(rows)} of {len(table)} rows"
        by_year = rows.groupby("year")["area"].agg(lambda areas: ", ".join(sorted(areas)))
        detail = f"{count}: " + "; ".join(f"{year} {areas}" for year, areas in by_year.items())
        found.append(Finding(kind="status", area=None, years=years, detail=detail))
    return found


def years_of(years: Iterable[int]) -> tuple[int, ...]:
    """Give years as plain numbers in order."""
    return tuple(sorted(int(year) for year in years))


def span(years: Iterable[int]) -> str:
    """Give years in short.

    >>> span([1981, 1982, 1983, 1986])
    '1981-1983, 1986'
    """
    runs: list[list[int]] = []
    for year in years_of(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
