"""How wide a band must be: quantiles of how wrong the method has been, known then, newer errors counting more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npr.forecast.baseline import HORIZONS, METHODS, MODELS
from npr.forecast.prepare import Kind
from npr.forecast.scoring import weighted_quantiles
from npr.forecast.transforms import Numbers

NEED = 100  # scores that a calibration stands on
NEIGHBOURS = 1  # horizons on each side that lend their scores
RECENT = 10  # years before the last in which fans stand; those before serve the back-test alone
TAUS = (np.arange(50) + 0.5) / 50  # the evenly spread levels of which a CRPS is the mean
LEVELS = np.unique(np.concatenate([[0.0], np.round(np.abs(2 * TAUS - 1), 10), [0.5, 0.8, 0.9, 0.95]]))


@dataclass(frozen=True)
class Errors:
    """What one origin of one indicator said and what came. Shape: areas last; centre and spread (models, horizons).

    `truth` is the observed place on the scale, NaN where nothing was observed or a break lies between.
    """

    indicator: str
    kind: Kind
    year: int
    areas: tuple[str, ...]
    z0: Numbers
    centre: Numbers
    spread: Numbers
    truth: Numbers
    scale: Numbers


class Calibration:
    """How many spreads wide a central band of each of `LEVELS` is, known in a year. NaN: too few scores.

    A model's widths are worked out when somebody asks for them, of the last `RECENT` years or of those before.
    """

    def __init__(self, errors: Sequence[Errors], last: int) -> None:
        """Take the errors of all classes; a year up to `last` knows those whose outcome had come by then."""
        self.last = last
        self._pools = {kind: _Pool([one for one in errors if one.kind == kind]) for kind in METHODS}
        self._spans: dict[tuple[str, Kind, bool], Numbers] = {}

    def at(self, kind: Kind, year: int) -> Numbers:
        """Give the widths that were known in a year. Shape: (models, horizons, levels)."""
        return np.stack([self.of(model, kind, year) for model in MODELS])

    def of(self, model: str, kind: Kind, year: int) -> Numbers:
        """Give the widths of one model that were known in a year. Shape: (horizons, levels)."""
        pool, year = self._pools[kind], min(year, self.last)
        if year < pool.first:
            return np.full((HORIZONS, len(LEVELS)), np.nan)
        border = max(pool.first, self.last + 1 - RECENT)
        recent = year >= border
        start, end = (border, self.last + 1) if recent else (pool.first, border)
        if (model, kind, recent) not in self._spans:
            self._spans[model, kind, recent] = pool.widths(model, METHODS[kind].recall, range(start, end))
        return np.asarray(self._spans[model, kind, recent][year - start])

    def known(self, kind: Kind, year: int) -> int:
        """Give how many scores the bands one year ahead stood on in a year."""
        return int(self._pools[kind].known(min(year, self.last))[0])

    def tested_to(self, kind: Kind, year: int) -> int:
        """Give the longest horizon that had been tried often enough by a year; 0 for none."""
        enough = self._pools[kind].known(min(year, self.last)) >= NEED
        return int(np.argmin(enough)) if not enough.all() else len(enough)


class _Pool:
    """The scores of a class, |error| / spread, by horizon, and the year in which each was known."""

    def __init__(self, errors: Sequence[Errors]) -> None:
        self.first = min((one.year for one in errors), default=0) + 1
        truth = _joined([one.truth for one in errors], (HORIZONS, 0))
        centre, spread = (
            _joined([getattr(one, name) for one in errors], (len(MODELS), HORIZONS, 0)) for name in ("centre", "spread")
        )
        origin = _joined([np.full(len(one.areas), float(one.year)) for one in errors], (0,))
        score, seen = np.abs(truth - centre) / spread, np.isfinite(truth)
        self.scores = [score[:, at, rows] for at, rows in enumerate(seen)]  # shape of each: (models, n)
        self.came = [origin[rows] + at + 1 for at, rows in enumerate(seen)]

    def known(self, year: int) -> NDArray[np.int64]:
        """Give how many scores the bands of each horizon stood on in a year."""
        count = [int((came <= year).sum()) for came in self.came]
        return np.array([sum(count[near]) for near in _NEAR])

    def widths(self, model: str, recall: float, years: Sequence[int]) -> Numbers:
        """Give the widths of one model. Shape: (years, horizons, levels)."""
        found = np.full((len(years), HORIZONS, len(LEVELS)), np.nan)
        scores = [one[MODELS.index(model)] for one in self.scores]
        orders = [np.argsort(one, kind="stable") for one in scores]
        scores = [one[order] for one, order in zip(scores, orders, strict=True)]
        came = [one[order] for one, order in zip(self.came, orders, strict=True)]
        enough = [self.known(year) >= NEED for year in years]
        for at, near in enumerate(_NEAR):
            score, when = np.concatenate(scores[near]), np.concatenate(came[near])
            order = np.argsort(score, kind="stable")  # which joins what is in order already
            score, when = score[order], when[order]
            weight = 2.0 ** ((when - years[-1]) / recall)
            for row, year in enumerate(years):
                if enough[row][at]:
                    known = np.flatnonzero(when <= year)
                    found[row, at] = weighted_quantiles(score[known], weight[known], LEVELS)
        found[..., 0] = np.where(np.isfinite(found[..., 0]), 0.0, np.nan)
        return found


def _joined(parts: Sequence[Numbers], empty: tuple[int, ...]) -> Numbers:
    return np.concatenate([np.empty(empty), *parts], axis=-1)


_NEAR = [slice(max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1) for at in range(HORIZONS)]
"""The horizons that lend their scores to each."""


def band_widths(spread: Numbers, widths: Numbers) -> Numbers:
    """Give the half width of each central band, never narrower than at a shorter horizon.

    Shape: spread (horizons, areas), widths (horizons tried, levels), result (horizons, areas, levels). Beyond what was
    tried the longest horizon's widths go on, while the spread grows. NaN where there is no calibration.
    """
    known = np.isfinite(widths[:, -1])
    longest = int(np.flatnonzero(known)[-1]) if known.any() else 0
    rows = np.arange(len(spread))
    used = widths[np.minimum(rows, longest)]
    half = spread[:, :, None] * used[:, None, :]
    return np.where(np.isfinite(half), np.fmax.accumulate(half, axis=0), np.nan)
