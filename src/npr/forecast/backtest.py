"""The back-test: from every origin of every panel, what the method would have said, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from npr.forecast.baseline import HORIZONS, MODELS, POINTS, ahead, fit_baseline
from npr.forecast.calibration import LEVELS, TAUS, Calibration, Errors
from npr.forecast.prepare import Prepared
from npr.forecast.scoring import crps_quantiles, ratio_interval
from npr.forecast.transforms import Numbers

AREAS = 15  # series of that length that a panel must have
SEED = 2016
OURS = MODELS[0]
INSIDE = np.searchsorted(LEVELS, [0.8, 0.95])
BAND, SIDES = np.searchsorted(LEVELS, np.round(np.abs(2 * TAUS - 1), 10)), np.sign(TAUS - 0.5)
"""Which band's edge each quantile of a CRPS is, and on which side."""


@dataclass(frozen=True)
class Judged:
    """How a model did at a horizon: one row a series and origin with an outcome and a calibrated band.

    Unit: `crps` and `error` in mean yearly moves of the series (scaled CRPS, and the terms of MASE).
    """

    indicator: NDArray[np.str_]
    area: NDArray[np.str_]
    origin: NDArray[np.int64]
    within80: NDArray[np.bool_]
    within95: NDArray[np.bool_]
    crps: Numbers
    error: Numbers


@dataclass(frozen=True)
class Summary:
    """How a model did in a class at a horizon. Unit: coverage in per cent, the losses in yearly moves; NaN for none."""

    n: int
    origins: int
    mase: float
    crps: float
    covers80: float
    covers95: float


@dataclass(frozen=True)
class Backtest:
    """All errors of a set of panels, and the calibration that each year could have known."""

    panels: tuple[Prepared, ...]
    errors: tuple[Errors, ...]
    calibration: Calibration

    def judged(self, kind: str, horizon: int, model: str = OURS) -> Judged:
        """Give what can be judged: rows whose calibration was known at the origin and whose outcome has come."""
        if (kind, horizon, model) not in self._judged:
            tried = ((panel, self._tried(panel, horizon, model)) for panel in self.panels if panel.kind == kind)
            parts = [_judge(panel, found, horizon, MODELS.index(model)) for panel, found in tried if found]
            nothing = (np.empty(0, dtype=t) for t in (np.str_, np.str_, np.int64, np.bool_, np.bool_, float, float))
            joined = [np.concatenate([empty, *(part[at] for part in parts)]) for at, empty in enumerate(nothing)]
            self._judged[kind, horizon, model] = Judged(*joined)
        return self._judged[kind, horizon, model]

    def summary(
        self, kind: str, horizon: int, model: str = OURS, *, area: str | None = None, indicator: str | None = None
    ) -> Summary:
        """Give coverage and losses of a class at a horizon, of one area or indicator when it is named."""
        seen = self.judged(kind, horizon, model)
        rows = np.ones(len(seen.origin), dtype=bool)
        if area is not None:
            rows &= seen.area == area
        if indicator is not None:
            rows &= seen.indicator == indicator
        held = (seen.error, seen.crps, 100.0 * seen.within80, 100.0 * seen.within95)
        means = [float(one[rows].mean()) if rows.any() else float("nan") for one in held]
        return Summary(int(rows.sum()), len(np.unique(seen.origin[rows])), *means)

    def against(self, model: str, kind: str, horizon: int) -> tuple[float, float, float]:
        """Give our CRPS divided by another model's, with the 95 % interval of a block bootstrap."""
        if (model, kind, horizon) not in self._against:
            ours, theirs = (self.judged(kind, horizon, one) for one in (OURS, model))
            areas = np.unique(ours.area, return_inverse=True)[1]
            self._against[model, kind, horizon] = ratio_interval(ours.crps, theirs.crps, areas, ours.origin, seed=SEED)
        return self._against[model, kind, horizon]

    def _tried(self, panel: Prepared, horizon: int, model: str) -> list[tuple[Errors, Numbers]]:
        """Give the origins of a panel that knew how wide a band so far ahead must be, with the widths up to there."""
        known = (
            (one, self.calibration.of(model, one.kind, one.year)[:horizon])
            for one in self.errors
            if one.indicator == panel.indicator
        )
        return [(one, widths) for one, widths in known if np.isfinite(widths[-1, -1])]

    @cached_property
    def _judged(self) -> dict[tuple[str, int, str], Judged]:
        return {}

    @cached_property
    def _against(self) -> dict[tuple[str, str, int], tuple[float, float, float]]:
        return {}


def backtest(panels: Sequence[Prepared]) -> Backtest:
    """Try the method from every origin that has enough series, and calibrate each year with what was known by then."""
    errors = [one for panel in panels for t in range(POINTS - 1, len(panel.years)) for one in errors_at(panel, t)]
    last = max(int(panel.years[-1]) for panel in panels)
    return Backtest(tuple(panels), tuple(errors), Calibration(errors, last))


def errors_at(panel: Prepared, t: int) -> list[Errors]:
    """Give what the method says in row `t` of every series observed then, beside what came; nothing without series."""
    long = panel.points(t) >= POINTS
    columns = np.flatnonzero(long & np.isfinite(panel.z[t]))
    if int(long.sum()) < AREAS or not len(columns) or t + 1 >= len(panel.years):
        return []
    fitted = fit_baseline(panel, t, columns)
    centre, spread = ahead(fitted, HORIZONS)
    truth = np.full((HORIZONS, len(columns)), np.nan)
    later = panel.z[t + 1 : t + 1 + HORIZONS, columns]
    broken = np.logical_or.accumulate(panel.breaks[t + 1 : t + 1 + HORIZONS, columns], axis=0)
    truth[: len(later)] = np.where(broken, np.nan, later)
    areas = tuple(panel.areas[at] for at in columns)
    year = int(panel.years[t])
    return [Errors(panel.indicator, panel.kind, year, areas, fitted.z0, centre, spread, truth, fitted.scale)]


def _judge(
    panel: Prepared, tried: Sequence[tuple[Errors, Numbers]], horizon: int, model: int
) -> tuple[NDArray[np.generic], ...]:
    """Hold the bands of some origins against what came. The order of the parts is that of `Judged`."""
    h, origins = horizon - 1, [one for one, _ in tried]
    truth, scale = np.concatenate([one.truth[h] for one in origins]), np.concatenate([one.scale for one in origins])
    seen = np.isfinite(truth) & (scale > 0)
    of = np.repeat(np.arange(len(origins)), [len(one.areas) for one in origins])[seen]
    truth, scale = truth[seen], scale[seen]
    centre = np.concatenate([one.centre[model, h] for one in origins])[seen]
    spread = np.concatenate([one.spread[model, :horizon] for one in origins], axis=1)[:, seen]
    # As `band_widths`, for the last horizon alone: a band is as wide as at any shorter one.
    half = np.fmax.reduce(spread.T[:, :, None] * np.stack([widths for _, widths in tried])[of], axis=1)
    off, y = np.abs(truth - centre), panel.transform.inverse(truth)
    quantiles = panel.transform.inverse(centre[:, None] + SIDES * half[:, BAND])
    return (
        np.full(len(of), panel.indicator),
        np.concatenate([np.asarray(one.areas, dtype=np.str_) for one in origins])[seen],
        np.array([one.year for one in origins])[of],
        off <= half[:, INSIDE[0]],
        off <= half[:, INSIDE[1]],
        crps_quantiles(y, quantiles, TAUS) / scale,
        np.abs(panel.transform.inverse(centre) - y) / scale,
    )
