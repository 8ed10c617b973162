"""A panel made ready for the method: transformed, short gaps filled for training only, breaks kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from npr.errors import UsageError
from npr.forecast.transforms import Numbers, Transform

Kind = Literal["slow", "diffusion"]
LONGEST_GAP = 3  # years that may be filled between two observations
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Prepared:
    """One indicator, years by areas.

    `values` are the observations and `z` the same on the scale, NaN where there is none. `filled` has short gaps
    filled by a straight line; `known` is the row of the year in which a filled number could first be known, so that no
    origin sees a number that leans on a later one. `breaks` marks a year that cannot be compared with the one before.
    """

    indicator: str
    kind: Kind
    transform: Transform
    years: NDArray[np.int64]
    areas: tuple[str, ...]
    values: Numbers
    z: Numbers
    filled: Numbers
    known: NDArray[np.int64]
    breaks: NDArray[np.bool_]

    def row(self, year: int) -> int:
        """Give the row of a year; the last one for later years.

        Raises:
            UsageError: the year lies before the panel.
        """
        if year < self.years[0]:
            raise UsageError(
                f"The panel of {self.indicator} does not reach back to {year}",
                expected=f"{self.years[0]} or later",
                found=str(year),
                todo="Choose a later year.",
            )
        return min(int(year - self.years[0]), len(self.years) - 1)

    def since(self, t: int) -> NDArray[np.int64]:
        """Give for each area the row from which its numbers up to row `t` can be compared: its last break, or 0."""
        rows = np.where(self.breaks[: t + 1], np.arange(t + 1)[:, None], 0)
        return np.asarray(rows.max(axis=0), dtype=np.int64)

    def points(self, t: int) -> NDArray[np.int64]:
        """Count each area's comparable observations up to row `t`."""
        rows = np.arange(t + 1)[:, None]
        return np.asarray((np.isfinite(self.z[: t + 1]) & (rows >= self.since(t))).sum(axis=0), dtype=np.int64)

    def last(self, t: int) -> NDArray[np.int64]:
        """Give the row of each area's last observation up to row `t`; -1 for an area without any."""
        rows = np.where(np.isfinite(self.z[: t + 1]), np.arange(t + 1)[:, None], -1)
        return np.asarray(rows.max(axis=0), dtype=np.int64)


def prepare_panel(
    indicator: str,
    years: Sequence[int],
    areas: Sequence[str],
    values: Numbers,
    *,
    kind: Kind,
    ceiling: float | None = None,
    breaks: NDArray[np.bool_] | None = None,
) -> Prepared:
    """Make a panel ready. Shape: `values` and `breaks` are years by areas; years may have gaps, and are then completed.

    Zeros, negatives and values at or above the ceiling have no place on the scale and count as missing.
    """
    full = np.arange(min(years), max(years) + 1)
    at = np.searchsorted(full, np.asarray(years))
    numbers = np.full((len(full), len(areas)), np.nan)
    numbers[at] = values
    broken = np.zeros(numbers.shape, dtype=bool)
    if breaks is not None:
        broken[at] = breaks
    transform = Transform(ceiling)
    z = transform.forward(numbers)
    filled, known = _fill(z, broken)
    return Prepared(indicator, kind, transform, full, tuple(areas), numbers, z, filled, known, broken)


def _fill(z: Numbers, breaks: NDArray[np.bool_]) -> tuple[Numbers, NDArray[np.int64]]:
    """Fill gaps of at most `LONGEST_GAP` years that no break lies in, and say when each number was known."""
    filled = z.copy()
    known = np.where(np.isfinite(z), np.arange(len(z))[:, None], NEVER)
    for area in range(z.shape[1]):
        seen = np.flatnonzero(np.isfinite(z[:, area]))
        for before, after in pairwise(seen):
            gap = slice(before + 1, after)
            if 1 < after - before <= LONGEST_GAP + 1 and not breaks[before + 1 : after + 1, area].any():
                filled[gap, area] = np.interp(np.arange(before + 1, after), [before, after], z[[before, after], area])
                known[gap, area] = after
    return filled, known
