"""One indicator as an edition has it: its declaration, its vintage, and its rows of the tidy table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from npr.catalogue.declarations import Indicator, Source, Unit
from npr.indicators.values import Origin, Value
from npr.vintages.editions import Stale

INDEX = ["indicator", "area", "year", "breakdown"]
COLUMNS = ["value", "status", "vintage"]


@dataclass(frozen=True)
class Panel:
    """An indicator's observations for all areas, with what is declared about it.

    Shape: `rows` has columns area, year, breakdown, value, status; `table` has index (indicator, area, year, breakdown)
    and columns value, status, vintage. A status is a code of the source, or several joined by a comma; `downloaded`
    says that the source itself was asked, not a copy of its data read; `stale` is there when the source could not
    confirm the vintage.
    """

    decl: Indicator
    units: Mapping[str, Unit]
    source: Source
    vintage: str
    retrieved: str
    rows: pd.DataFrame
    downloaded: bool = False
    stale: Stale | None = None

    @property
    def unit(self) -> Unit:
        """Give the unit of the observations."""
        return self.units[self.decl.unit]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Give the observations as rows of the tidy table, in order."""
        told = self.rows.assign(indicator=self.decl.id, vintage=self.vintage)
        return told.set_index(INDEX).sort_index()[COLUMNS]

    @cached_property
    def wide(self) -> pd.DataFrame:
        """Give the values with years as rows and areas as columns; a gap is NaN. Unit: the panel's."""
        return self._grid(np.nan, lambda amount, _: amount)

    @cached_property
    def _observations(self) -> dict[tuple[str, int | None], tuple[float, object]]:
        """Give number and status by area and year: looking one up in a table takes a hundred times as long."""
        areas, years = self.rows["area"].tolist(), self.rows["year"].tolist()
        seen = zip(self.rows["value"].tolist(), self.rows["status"].tolist(), strict=True)
        found = dict(zip(zip(areas, years, strict=True), seen, strict=True))
        if len(found) < len(areas):
            raise ValueError(f"{self.decl.id} has two numbers of one area and year")
        return found

    @cached_property
    def _years(self) -> dict[str, list[int]]:
        """Give the years in which each area has a number, in order."""
        found: dict[str, list[int]] = {}
        for (area, year), (amount, _) in sorted(self._observations.items()):
            if amount == amount and year is not None:
                found.setdefault(area, []).append(year)
        return found

    @cached_property
    def _reporting(self) -> dict[int | None, list[str]]:
        """Give the areas that have a number in each year, sorted."""
        found: dict[int | None, list[str]] = {}
        for area, years in sorted(self._years.items()):
            for year in years:
                found.setdefault(year, []).append(area)
        return found

    @cached_property
    def full(self) -> dict[frozenset[str], list[int]]:
        """Give where `analysis.compare` keeps the years in which most of some areas have a number."""
        return {}

    @cached_property
    def _breaks(self) -> dict[str, list[int]]:
        """Give the years that are marked as a break, by area, in order."""
        marked = set(self._statuses_with("B"))
        found: dict[str, list[int]] = {}
        for (area, year), (_, status) in sorted(self._observations.items()) if marked else ():
            if status in marked and year is not None:
                found.setdefault(area, []).append(year)
        return found

    def read_ahead(self) -> None:
        """Make the tables and look-ups that are otherwise made when they are first asked for."""
        _ = self.wide, self._observations, self._years, self._reporting, self._breaks

    def _grid(self, empty: float | bool, pick: Callable[[float, object], float | bool]) -> pd.DataFrame:
        """Give something of each observation by year and area; `DataFrame.pivot` takes five times as long."""
        areas = sorted({area for area, _ in self._observations})
        years = sorted({year for _, year in self._observations if year is not None})
        columns = {one: at for at, one in enumerate(areas)}
        rows: dict[int | None, int] = {one: at for at, one in enumerate(years)}
        grid = np.full((len(years), len(areas)), empty)
        for (area, year), seen in self._observations.items():
            grid[rows[year], columns[area]] = pick(*seen)
        return pd.DataFrame(
            grid, index=pd.Index(years, name="year", dtype="int64"), columns=pd.Index(areas, name="area")
        )

    def years(self, area: str) -> list[int]:
        """Give the years in which an area has a number, in order."""
        return list(self._years.get(area, ()))

    def has(self, area: str) -> bool:
        """Say whether an area has at least one number."""
        return bool(self.years(area))

    def row(self, year: int | None, areas: frozenset[str]) -> pd.Series[float]:
        """Give the numbers of one year for those of `areas` that have one; none without a year. Shape: index area."""
        reporting = self.reporting(year, areas)
        numbers = [self._observations[area, year][0] for area in reporting]
        return pd.Series(numbers, index=pd.Index(reporting, name="area", dtype="str"), dtype=float, name=year)

    def reporting(self, year: int | None, areas: frozenset[str]) -> list[str]:
        """Give those of `areas` that have a number in a year, sorted; none without a year."""
        return [one for one in self._reporting.get(year, ()) if one in areas]

    def value(self, area: str, year: int | None) -> Value:
        """Give one observation; a missing one is NaN with the source's status, or "O" where it has no row at all."""
        amount, told = self._observations.get((area, year), (float("nan"), None))
        status = told if isinstance(told, str) and (told or amount == amount) else "O"
        return Value(amount, self.unit, self.decl.decimals, self.origin(area, year, status))

    def breaks(self, area: str) -> list[int]:
        """Give the years that the source marks as a break for an area (status B)."""
        return list(self._breaks.get(area, ()))

    def marked(self, *codes: str) -> pd.DataFrame:
        """Say of each observation whether its status has one of some codes. Shape: as `wide`, of truth values."""
        if codes not in self._marked:
            told = set(self._statuses_with(*codes))
            self._marked[codes] = self._grid(False, lambda _, status: status in told)
        return self._marked[codes]

    @cached_property
    def _marked(self) -> dict[tuple[str, ...], pd.DataFrame]:
        return {}

    def _statuses_with(self, *codes: str) -> list[str]:
        """Give the statuses of this indicator, single or joined, that hold one of some codes."""
        return [one for one in self.rows["status"].dropna().unique() if set(codes) & set(one.split(","))]

    def origin(self, area: str, year: int | None, status: str = "") -> Origin:
        """Give the origin of an observation of this indicator."""
        return Origin(
            indicator=self.decl.id,
            area=area,
            year=year,
            breakdown=self.decl.breakdown,
            status=status,
            vintage=self.vintage,
            publisher=self.source.publisher.en,
        )
