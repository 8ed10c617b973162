"""Compares countries and years: latest value, change, rank, gap, OECD mean, latest common year.

Every result is a `Value` that names how it was made and what it was computed from. A result is missing (NaN)
when a number that it needs is missing; nothing is filled in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from npr.catalogue.declarations import Unit
from npr.indicators.panel import Panel
from npr.indicators.values import Origin, Value

Members = frozenset[str]
MISSING = float("nan")
FULL = 0.75  # a year counts as full when this share of the reporting members has a number


def latest(panel: Panel, area: str) -> Value:
    """Give an area's newest observation. Unit: the panel's."""
    years = panel.years(area)
    return panel.value(area, years[-1] if years else None)


def comparable_year(panel: Panel, area: str, members: Members) -> int | None:
    """Give the newest full year in which the area has a number.

    A country that reports before most others would otherwise be compared with the mean of a few early reporters. When
    no year is that full, the area's newest; when the area has nothing, the newest full year.
    """
    full = full_years(panel, members)
    own = panel.years(area)
    shared = [year for year in full if year in own]
    return max(shared or own or full, default=None)


def full_years(panel: Panel, members: Members) -> list[int]:
    """Give the years in which at least `FULL` of the members that ever report have a number."""
    if members not in panel.full:  # asked for by every number that is compared
        reporting = [years for years in (panel.years(one) for one in members) if years]
        counts = Counter(year for years in reporting for year in years)
        panel.full[members] = sorted(year for year, count in counts.items() if count >= FULL * len(reporting))
    return list(panel.full[members])


def latest_common_year(panels: Sequence[Panel], areas: Sequence[str]) -> int | None:
    """Give the newest year in which every one of the panels has a number for every one of the areas."""
    years = [set(panel.years(area)) for panel in panels for area in areas]
    return max(set.intersection(*years), default=None) if years else None


def change(panel: Panel, area: str, start: int, end: int) -> Value:
    """Give the change between two years, end minus start. Unit: the unit's difference (percentage points for shares).

    A break that the source marks after `start` and up to `end` gives the result status "B".
    """
    result = gap(panel.value(area, end), panel.value(area, start), panel.units)
    broken = any(start < year <= end for year in panel.breaks(area))
    origin = panel.origin(area, end, "B" if broken else "")
    return replace(result, origin=origin, how=f"change {start} to {end}")


def growth(panel: Panel, area: str, start: int, end: int) -> Value:
    """Give the change between two years in per cent of the first. Unit: per cent."""
    first, last = panel.value(area, start), panel.value(area, end)
    amount = 100 * (last.amount / first.amount - 1) if first.amount else MISSING
    origin = panel.origin(area, end, "B" if any(start < year <= end for year in panel.breaks(area)) else "")
    return Value(amount, panel.units["PCT_CHANGE"], 0, origin, f"growth {start} to {end}", (first, last))


def gap(value: Value, other: Value, units: Mapping[str, Unit]) -> Value:
    """Give value minus other. Unit: the unit's difference. Missing when either is missing or the units differ."""
    unit = units[value.unit.difference]
    amount = value.amount - other.amount if value.unit.id == other.unit.id else MISSING
    return Value(amount, unit, value.decimals, value.origin, "difference", (value, other))


def ratio(value: Value, other: Value, units: Mapping[str, Unit]) -> Value:
    """Give value divided by other. Unit: times. Missing when either is missing, the units differ, or other is 0."""
    comparable = value.unit.id == other.unit.id and other.amount != 0
    amount = value.amount / other.amount if comparable else MISSING
    return Value(amount, units["TIMES"], 1, value.origin, "ratio", (value, other))


def relative(value: Value, other: Value, units: Mapping[str, Unit]) -> Value:
    """Give by how many per cent value differs from other. Missing when either is missing, or the units differ."""
    comparable = value.unit.id == other.unit.id and other.amount != 0
    amount = 100 * (value.amount / other.amount - 1) if comparable else MISSING
    return Value(amount, units["PCT_CHANGE"], 1, value.origin, "difference in per cent", (value, other))


def oecd_mean(panel: Panel, year: int | None, members: Members) -> Value:
    """Give the unweighted mean of the members with a number that year. Unit: the panel's.

    `made_of` holds the members' values, `n` counts them.
    """
    parts = tuple(panel.value(area, year) for area in panel.reporting(year, members))
    amount = math.fsum(part.amount for part in parts) / len(parts) if parts else MISSING
    origin, n = panel.origin("OECD", year), count(panel, year, members)
    return Value(amount, panel.unit, panel.decl.decimals, origin, "unweighted mean", parts, n)


def count(panel: Panel, year: int | None, members: Members) -> Value:
    """Give the number of members with a number that year. Unit: countries."""
    amount = float(len(panel.reporting(year, members)))
    return Value(amount, panel.units["COUNT"], 0, panel.origin("OECD", year), "members with data")


def tally(parts: Sequence[Value], how: str, units: Mapping[str, Unit]) -> Value:
    """Give how many values there are, made of them. Unit: a count."""
    return Value(float(len(parts)), units["COUNT"], 0, Origin(publisher="npr"), how, tuple(parts))


def rank(panel: Panel, area: str, year: int | None, members: Members) -> Value:
    """Give an area's place among the members with data, best first by the indicator's direction; ties share a place.

    Where neither direction is better the highest comes first. Missing when the area has no number or is no member.
    """
    own = panel.value(area, year)
    row = panel.row(year, members)
    unit = panel.units["RANK"]
    if own.missing or area not in members:
        return Value(MISSING, unit, 0, panel.origin(area, year, "O"), "rank among members")
    better = [other for other in row if (other < own.amount if panel.decl.direction == "lower" else other > own.amount)]
    return Value(float(1 + len(better)), unit, 0, panel.origin(area, year), "rank among members", (own,))


def leader(panel: Panel, year: int | None, members: Members) -> Value:
    """Give the value of the member that comes first that year (the alphabetically first of equals)."""
    row = panel.row(year, members).sort_index()
    if not len(row):
        return panel.value("OECD", None)
    best = row.idxmin() if panel.decl.direction == "lower" else row.idxmax()
    return panel.value(str(best), year)
