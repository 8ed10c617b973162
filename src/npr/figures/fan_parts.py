"""What a fan chart is drawn from, checked: observations, bands, paths and a target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import pandas as pd

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures.checks import GUARD, checked_years, refused
from npr.language.messages import message
from npr.language.numbers import show_number

MEDIAN, LOW, HIGH = 0.5, 0.1, 0.9
MOST_PAIRS = 3  # that can be told apart in grey
Target = tuple[int, float, str]


@dataclass(frozen=True)
class FanCell:
    """One small fan: what was observed, the bands, and a scenario's path with its range, when there is one.

    Shape: `history`, `path`, `low` and `high` by year; `bands` years by quantile levels; `tested_to` the last year
    whose horizon has been tried. `axis` and `decimals` are for cells that do not share a scale.
    """

    title: str
    history: pd.Series[float]
    bands: pd.DataFrame
    path: pd.Series[float] | None = None
    low: pd.Series[float] | None = None
    high: pd.Series[float] | None = None
    axis: str = ""
    decimals: int | None = None
    tested_to: int | None = None


def checked_fan(history: pd.Series[float], bands: pd.DataFrame, key: str) -> tuple[pd.Series[float], pd.DataFrame]:
    """Give the history by year, and the bands by year and quantile level, both in order.

    Raises:
        ContentError: no observation, no median, levels that are no pairs around it or more than three pairs, a missing
            or infinite number, quantiles that cross, or years that do not come after the last observation.
    """
    seen = checked_years(history.rename("history").to_frame(), key)["history"]
    if bands.empty:
        raise refused(key, "bands", "at least one year", "none")
    full = checked_years(bands, key)
    try:
        full.columns = pd.Index([float(level) for level in full.columns])
    except ValueError as error:
        raise refused(key, "bands", "quantile levels as columns, such as 0.1, 0.5 and 0.9", str(error)) from error
    full = full[sorted(full.columns)]
    faults, origin = list(_faults(full, key)), int(seen.index[-1])
    if full.isna().to_numpy().any() or len(full.columns) < len(bands.columns):
        faults.append(Fault(f"figure {key}", "bands", "a number in each cell", "one that is missing"))
    elif (np.diff(full.to_numpy(), axis=1) < 0).any():
        year = next(year for year, row in full.iterrows() if (np.diff(row.to_numpy()) < 0).any())
        faults.append(Fault(f"figure {key}", "bands", "quantiles in order", f"some that cross in {year}"))
    if int(full.index[0]) <= origin:
        faults.append(Fault(f"figure {key}", "bands", f"years after {origin}, the last observed", str(full.index[0])))
    if faults:
        raise ContentError(faults, todo=GUARD)
    return seen, full


def checked_later(series: pd.Series[float] | None, origin: int, what: str, key: str) -> pd.Series[float]:
    """Give a path by year, empty when there is none.

    Raises:
        ContentError: it holds no number, or does not come after the last observation.
    """
    if series is None:
        return pd.Series(dtype=float)
    full = checked_years(series.rename(what).to_frame(), key)[what]
    if int(full.index[0]) <= origin:
        raise refused(key, what, f"years after {origin}, the last observed", str(full.index[0]))
    return full


def checked_outcome(
    series: pd.Series[float] | None, origin: int, bands: pd.DataFrame, key: str
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Give the outcomes by year, and those of them outside the 80 % band.

    Raises:
        ContentError: no 80 % band to hold them against, or as `checked_later`.
    """
    came = checked_later(series, origin, "outcome", key)
    if len(came) and not {LOW, HIGH} <= set(bands.columns):
        raise refused(key, "bands", "the levels 0.1 and 0.9, to hold outcomes against", str(list(bands.columns)))
    judged = came[came.index.isin(bands.index)]
    if judged.empty:
        return came, judged
    band = bands.loc[judged.index]
    return came, judged[(judged < band[LOW]) | (judged > band[HIGH])]


def checked_paths(lines: pd.DataFrame | None, origin: int, key: str) -> pd.DataFrame:
    """Give other paths by year, a column each; no column when there are none.

    Raises:
        ContentError: no number, a name that stands twice, or years that do not come after the last observation.
    """
    if lines is None or not len(lines.columns):
        return pd.DataFrame()
    full = checked_years(lines, key)
    if int(full.index[0]) <= origin:
        raise refused(key, "lines", f"years after {origin}, the last observed", str(full.index[0]))
    return full


def checked_target(target: Target | None, origin: int, end: int, key: str) -> None:
    """Refuse a target that cannot stand in the fan.

    Raises:
        ContentError: its year lies outside the years of the bands, or its level is no finite number.
    """
    if target is None:
        return
    if not origin < target[0] <= end:
        raise refused(key, "target", f"a year from {origin + 1} to {end}", str(target[0]))
    if not isfinite(target[1]):
        raise refused(key, "target", "a finite level", str(target[1]))


def checked_cell(cell: FanCell, key: str) -> FanCell:
    """Give a small fan with everything of it checked and in order.

    Raises:
        ContentError: as `checked_fan` and `checked_later`; a range that has one end only, ends that cross, or no path.
    """
    seen, full = checked_fan(cell.history, cell.bands, key)
    origin = int(seen.index[-1])
    parts = [checked_later(part, origin, what, key) if part is not None else None
             for part, what in ((cell.path, "path"), (cell.low, "low"), (cell.high, "high"))]  # fmt: skip
    path, low, high = parts
    if (low is None) != (high is None) or (low is not None and path is None):
        raise refused(key, cell.title, "a path with both ends of its range, or with none", "a part of them")
    if low is not None and high is not None:
        if list(low.index) != list(high.index):
            raise refused(key, cell.title, "both ends of a range in the same years", "others")
        if (high < low).any():
            raise refused(key, cell.title, "the low end of a range below the high one", "ends that cross")
    return replace(cell, history=seen, bands=full, path=path, low=low, high=high)


def pairs(bands: pd.DataFrame) -> list[tuple[float, float]]:
    """Give the pairs of quantiles, the widest first."""
    levels = sorted(float(level) for level in bands.columns)
    return [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]


def told_pair(bands: pd.DataFrame) -> tuple[float, float]:
    """Give the pair that is told in words: the 80 % band, or the widest where there is none."""
    return (LOW, HIGH) if {LOW, HIGH} <= set(bands.columns) else pairs(bands)[0]


def percent(level: float, language: Language) -> str:
    """Give a level as per cent, a number alone.

    >>> percent(0.8, "sv"), percent(0.975, "sv")
    ('80', '97,5')
    """
    share = round(100 * float(level), 6)
    return show_number(share, 1 if share % 1 else 0, language)


def percent_of(low: float, high: float, language: Language) -> str:
    """Give how many per cent of outcomes a band should hold, as a number alone."""
    return percent(high - low, language)


def share_of(low: float, high: float, language: Language) -> str:
    """Give how many per cent of outcomes a band should hold, with the sign for per cent."""
    return message("fan.share", language, n=percent_of(low, high, language))


def joined(history: pd.Series[float], later: pd.Series[float]) -> pd.Series[float]:
    """Give a path from the last observation on."""
    return pd.concat([history.iloc[-1:], later])


def numbers_of(cell: FanCell) -> Iterator[float]:
    """Give all numbers of a small fan, for its scale."""
    for part in (cell.history, cell.path, cell.low, cell.high):
        if part is not None:
            yield from (float(one) for one in part.dropna())
    yield from (float(one) for one in cell.bands.to_numpy().ravel())


def _faults(full: pd.DataFrame, key: str) -> Iterator[Fault]:
    levels = list(full.columns)
    mirrored = all(abs(low + high - 1) < 1e-9 for low, high in zip(levels, reversed(levels), strict=True))
    if MEDIAN not in levels:
        yield Fault(f"figure {key}", "bands", "the median, 0.5, among the levels", str(levels))
    elif not mirrored or not 3 <= len(levels) <= 2 * MOST_PAIRS + 1:
        expected = f"1 to {MOST_PAIRS} pairs around the median, such as 0.1 and 0.9"
        yield Fault(f"figure {key}", "bands", expected, str(levels))
