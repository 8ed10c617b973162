"""How wide a band must be: quantiles of how wrong the method has been, known then, newer errors counting more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from npr.forecast.baseline import HORIZONS, METHODS, MODELS
from npr.forecast.prepare import Kind
from npr.forecast.scoring import weighted_quantiles
from npr.forecast.transforms import Numbers

NEED = 100  # scores that a calibration stands on
NEIGHBOURS = 1  # horizons on each side that lend their scores
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


@dataclass(frozen=True)
class Calibration:
    """For each class and year: how many spreads wide a central band of each of `LEVELS` is. NaN: too few scores.

    Shape: `widths[kind]` (years, models, horizons, levels), `scores[kind]` (years, horizons).
    """

    first: int
    widths: Mapping[Kind, Numbers]
    scores: Mapping[Kind, Numbers]

    def at(self, kind: Kind, year: int) -> Numbers:
        """Give the widths that were known in a year. Shape: (models, horizons, levels)."""
        table = self.widths.get(kind)
        if table is None or year < self.first:
            return np.full((len(MODELS), HORIZONS, len(LEVELS)), np.nan)
        return np.asarray(table[min(year - self.first, len(table) - 1)])

    def known(self, kind: Kind, year: int) -> int:
        """Give how many scores the bands one year ahead stood on in a year."""
        table = self.scores.get(kind)
        if table is None or year < self.first:
            return 0
        return int(table[min(year - self.first, len(table) - 1), 0])

    def tested_to(self, kind: Kind, year: int) -> int:
        """Give the longest horizon that had been tried often enough by a year; 0 for none."""
        known = np.isfinite(self.at(kind, year)[0, :, -1])
        return int(np.argmin(known)) if not known.all() else len(known)


def calibrate(errors: Sequence[Errors], last: int) -> Calibration:
    """Calibrate each class and horizon for every year up to `last`, with the errors whose outcome was known by then."""
    first = min((one.year for one in errors), default=last) + 1
    years = np.arange(first, last + 1)
    widths: dict[Kind, Numbers] = {}
    scores: dict[Kind, Numbers] = {}
    for kind in sorted({one.kind for one in errors}):
        pool = [_scores([one for one in errors if one.kind == kind], h) for h in range(1, HORIZONS + 1)]
        widths[kind] = np.full((len(years), len(MODELS), HORIZONS, len(LEVELS)), np.nan)
        scores[kind] = np.zeros((len(years), HORIZONS))
        for at in range(HORIZONS):
            near = pool[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
            target = np.concatenate([one[0] for one in near])
            score = np.concatenate([one[1] for one in near], axis=1)
            scores[kind][:, at] = (target <= years[:, None]).sum(axis=1)
            enough = np.flatnonzero(scores[kind][:, at] >= NEED)
            for model in range(len(MODELS)):
                order = np.argsort(score[model], kind="stable")
                ordered, when = score[model][order], target[order]
                weight = 2.0 ** ((when - last) / METHODS[kind].recall)
                for row in enough:
                    known = when <= years[row]
                    widths[kind][row, model, at] = weighted_quantiles(ordered[known], weight[known], LEVELS)
    for table in widths.values():
        table[..., 0] = np.where(np.isfinite(table[..., 0]), 0.0, np.nan)
    return Calibration(first, widths, scores)


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


def _scores(errors: Sequence[Errors], h: int) -> tuple[Numbers, Numbers]:
    """Give target year and |error| / spread of all that was observed at a horizon. Shape: (n,), (models, n)."""
    targets: list[Numbers] = [np.empty(0)]
    scores: list[Numbers] = [np.empty((len(MODELS), 0))]
    for one in errors:
        seen = np.isfinite(one.truth[h - 1])
        targets.append(np.full(int(seen.sum()), float(one.year + h)))
        scores.append((np.abs(one.truth[h - 1] - one.centre[:, h - 1]) / one.spread[:, h - 1])[:, seen])
    return np.concatenate(targets), np.concatenate(scores, axis=1)
