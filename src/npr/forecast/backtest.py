"""The back-test: from every origin of every panel, what the method would have said, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from npr.forecast.baseline import HORIZONS, MODELS, POINTS, ahead, fit_baseline
from npr.forecast.calibration import LEVELS, TAUS, Calibration, Errors, band_widths, calibrate
from npr.forecast.prepare import Prepared
from npr.forecast.scoring import crps_quantiles, ratio_interval
from npr.forecast.transforms import Numbers

AREAS = 15  # series of that length that a panel must have
SEED = 2016


@dataclass(frozen=True)
class Judged:
    """One row a series, origin and horizon with an outcome and a calibrated band; losses one column a model.

    Unit: `crps` and `error` in mean yearly moves of the series (scaled CRPS, and the terms of MASE).
    """

    indicator: NDArray[np.str_]
    kind: NDArray[np.str_]
    area: NDArray[np.str_]
    origin: NDArray[np.int64]
    horizon: NDArray[np.int64]
    within80: NDArray[np.bool_]
    within95: NDArray[np.bool_]
    crps: Numbers
    error: Numbers


@dataclass(frozen=True)
class Summary:
    """How a class did at a horizon, one number a model. Unit: coverage in per cent, the losses in yearly moves."""

    kind: str
    horizon: int
    n: int
    origins: int
    mase: Numbers
    crps: Numbers
    covers80: Numbers
    covers95: Numbers


@dataclass(frozen=True)
class Backtest:
    """All errors of a set of panels, and the calibration that each year could have known."""

    panels: tuple[Prepared, ...]
    errors: tuple[Errors, ...]
    calibration: Calibration

    @cached_property
    def judged(self) -> Judged:
        """Give what can be judged: rows whose calibration was known at the origin and whose outcome has come."""
        parts = [
            _judge(one, panel, self.calibration.at(one.kind, one.year))
            for panel in self.panels
            for one in self.errors
            if one.indicator == panel.indicator
        ]
        return Judged(*(np.concatenate([part[at] for part in parts]) for at in range(9)))

    def summary(self, kind: str, horizon: int, *, area: str | None = None, indicator: str | None = None) -> Summary:
        """Give coverage and losses of a class at a horizon, of one area or indicator when it is named."""
        rows = self.rows(kind, horizon, area=area, indicator=indicator)
        seen = self.judged
        nothing = np.full(len(MODELS), np.nan)
        return Summary(
            kind,
            horizon,
            int(rows.sum()),
            len(np.unique(seen.origin[rows])),
            *(
                factor * values[rows].mean(axis=0) if rows.any() else nothing
                for factor, values in (
                    (1, seen.error),
                    (1, seen.crps),
                    (100, seen.within80),
                    (100, seen.within95),
                )
            ),
        )

    def rows(
        self, kind: str, horizon: int, *, area: str | None = None, indicator: str | None = None
    ) -> NDArray[np.bool_]:
        """Say which rows belong to a class and horizon, and to an area or indicator when one is named."""
        seen = self.judged
        chosen = (seen.kind == kind) & (seen.horizon == horizon)
        if area is not None:
            chosen &= seen.area == area
        if indicator is not None:
            chosen &= seen.indicator == indicator
        return np.asarray(chosen)

    def against(self, model: str, kind: str, horizon: int) -> tuple[float, float, float]:
        """Give our CRPS divided by another model's, with the 95 % interval of a block bootstrap."""
        if (model, kind, horizon) not in self._against:
            rows, seen = self.rows(kind, horizon), self.judged
            areas, origins = np.unique(seen.area[rows], return_inverse=True)[1], seen.origin[rows]
            mine, theirs = seen.crps[rows, 0], seen.crps[rows, MODELS.index(model)]
            self._against[model, kind, horizon] = ratio_interval(mine, theirs, areas, origins, seed=SEED)
        return self._against[model, kind, horizon]

    @cached_property
    def _against(self) -> dict[tuple[str, str, int], tuple[float, float, float]]:
        return {}


def backtest(panels: Sequence[Prepared]) -> Backtest:
    """Try the method from every origin that has enough series, and calibrate each year with what was known by then."""
    errors = [one for panel in panels for t in range(POINTS - 1, len(panel.years)) for one in errors_at(panel, t)]
    last = max(int(panel.years[-1]) for panel in panels)
    return Backtest(tuple(panels), tuple(errors), calibrate(errors, last))


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


def _judge(one: Errors, panel: Prepared, widths: Numbers) -> tuple[NDArray[np.generic], ...]:
    """Hold one origin's bands against what came. The order of the parts is that of `Judged`."""
    inside80, inside95 = np.searchsorted(LEVELS, [0.8, 0.95])
    at = np.searchsorted(LEVELS, np.round(np.abs(2 * TAUS - 1), 10))
    h, column = np.nonzero(np.isfinite(one.truth) & np.isfinite(widths[0, :, -1])[:, None] & (one.scale > 0))
    y = panel.transform.inverse(one.truth[h, column])
    scale = one.scale[column]
    within80, within95, crps, error = (np.empty((len(h), len(MODELS))) for _ in range(4))
    for model in range(len(MODELS)):
        half = band_widths(one.spread[model], widths[model])[h, column]
        centre, off = one.centre[model][h, column], np.abs(one.truth - one.centre[model])[h, column]
        within80[:, model], within95[:, model] = off <= half[:, inside80], off <= half[:, inside95]
        quantiles = panel.transform.inverse(centre[:, None] + np.sign(TAUS - 0.5) * half[:, at])
        crps[:, model] = crps_quantiles(y, quantiles, TAUS) / scale
        error[:, model] = np.abs(panel.transform.inverse(centre) - y) / scale
    n = len(h)
    return (
        np.full(n, one.indicator),
        np.full(n, one.kind),
        np.asarray(one.areas, dtype=np.str_)[column],
        np.full(n, one.year),
        h + 1,
        within80.astype(bool),
        within95.astype(bool),
        crps,
        error,
    )
