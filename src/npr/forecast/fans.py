"""Fans in closed form: bands and chances of one series, how far a target is, and what followers did at a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npr.errors import UsageError
from npr.forecast.backtest import AREAS
from npr.forecast.baseline import BANDWIDTH, HORIZONS, MODELS, POINTS, ahead, fit_baseline
from npr.forecast.calibration import LEVELS, NEED, Calibration, band_widths
from npr.forecast.prepare import Kind, Prepared
from npr.forecast.transforms import Numbers, Transform

FARTHEST = 20  # years that a fan may reach; those beyond the back-test are marked
OLDEST = 5  # years that a series may lag behind its panel
SMALLEST = 0.01  # of the ceiling: below it the odds of a spreading technology move by leaps
WIDEST = 10.0  # times the middle that the upper edge of the 80 % band may lie at


@dataclass(frozen=True)
class Refusal:
    """Why a series gets no fan. `reason` is one of REASONS; `found` and `needed` are what it stands on."""

    reason: str
    found: float
    needed: float


REASONS = (
    "no_data", "outside_scale", "few_points", "few_series", "too_old", "too_small", "few_scores", "too_wide",
)  # fmt: skip


@dataclass(frozen=True)
class Fan:
    """Where one series is heading: the middle of each model and how far its central bands reach.

    Shape: `centre` (models, years), `half` (models, years, levels). Unit: the transformed scale; `last` is in the
    unit of the indicator. `tested_to` is the last year whose horizon the back-test has tried.
    """

    indicator: str
    kind: Kind
    area: str
    transform: Transform
    origin: int
    last: float
    years: NDArray[np.int64]
    tested_to: int
    centre: Numbers
    half: Numbers

    def row(self, year: int) -> int:
        """Give the row of a year.

        Raises:
            UsageError: the fan does not reach that year.
        """
        at = int(year) - self.origin - 1
        if not 0 <= at < len(self.years):
            raise UsageError(
                f"The fan of {self.indicator} for {self.area} does not hold {year}",
                expected=f"a year from {self.years[0]} to {self.years[-1]}",
                found=str(year),
                todo="Choose another year or horizon.",
            )
        return at

    def until(self, year: int) -> Fan:
        """Give the fan up to a year, which is quicker to draw paths of.

        Raises:
            UsageError: the fan does not reach that year.
        """
        n = self.row(year) + 1
        return replace(self, years=self.years[:n], centre=self.centre[:, :n], half=self.half[:, :n])

    def quantiles(self, levels: Sequence[float], model: str = MODELS[0]) -> Numbers:
        """Give quantiles of each year. Shape: (years, levels). Unit: the indicator's.

        Raises:
            UsageError: a level outside the outermost band that was calibrated.
        """
        at = MODELS.index(model)
        asked = np.asarray(levels, dtype=float)
        if (np.abs(2 * asked - 1) > LEVELS[-1] + 1e-9).any():
            raise UsageError(
                f"No fan has the quantiles {list(levels)}",
                expected=f"levels from {(1 - LEVELS[-1]) / 2:g} to {(1 + LEVELS[-1]) / 2:g}",
                found=str(list(levels)),
                todo="Choose other levels.",
            )
        far = np.array([np.interp(np.abs(2 * asked - 1), LEVELS, row) for row in self.half[at]])
        return self.transform.inverse(self.centre[at][:, None] + np.sign(asked - 0.5) * far)

    def middle(self, year: int, model: str = MODELS[0]) -> float:
        """Give the median of a year. Unit: the indicator's."""
        return float(self.transform.inverse(self.centre[MODELS.index(model), self.row(year)]))

    def chance(self, op: str, value: float, year: int, model: str = MODELS[0]) -> float:
        """Give the chance, 0 to 1, that the value of a year is at least (">=") or at most ("<=") a number.

        Beyond the outermost band that was calibrated, the chance of its edge; beyond the scale itself, 0 or 1.
        """
        at, row = MODELS.index(model), self.row(year)
        away = self.place(value) - self.centre[at, row]
        inside = 1.0 if np.isinf(away) else float(np.interp(abs(away), self.half[at, row], LEVELS))
        above = 0.5 * (1 - inside) if away > 0 else 0.5 * (1 + inside)
        return above if op == ">=" else 1 - above

    def place(self, value: float) -> float:
        """Give the place of a value on the scale; what lies outside it is infinitely far down or up."""
        z = float(self.transform.forward(value))
        return z if np.isfinite(z) else (-np.inf if value <= 0 else np.inf)


def project(
    panel: Prepared, calibration: Calibration, *, end: int, at: int | None = None, areas: Sequence[str] | None = None
) -> dict[str, Fan | Refusal]:
    """Give each area's fan up to a year, with what was known in the year `at` (the panel's last when none is named).

    Raises:
        UsageError: the end is not after what is known, or more than `FARTHEST` years away.
    """
    t = len(panel.years) - 1 if at is None else panel.row(at)
    known = int(panel.years[t])
    if not known < end <= known + FARTHEST:
        raise UsageError(
            f"No fan of {panel.indicator} can end in {end}",
            expected=f"a year from {known + 1} to {known + FARTHEST}",
            found=str(end),
            todo="Choose a shorter horizon.",
        )
    asked = panel.areas if areas is None else areas
    widths = calibration.at(panel.kind, known)
    scores = calibration.known(panel.kind, known)
    refused = {area: _refused(panel, t, area, scores) for area in asked}
    columns = np.array([panel.areas.index(area) for area in asked if refused[area] is None], dtype=np.int64)
    fans: dict[str, Fan | Refusal] = {area: why for area, why in refused.items() if why is not None}
    if len(columns):
        fitted = fit_baseline(panel, t, columns)
        horizons = int(end - panel.years[fitted.start].min())
        centre, spread = ahead(fitted, horizons)
        half = np.stack([band_widths(spread[one], widths[one]) for one in range(len(MODELS))])
        tested = calibration.tested_to(panel.kind, known)
        for place, column in enumerate(columns):
            origin = int(panel.years[fitted.start[place]])
            n = end - origin
            fans[panel.areas[column]] = _unless_too_wide(
                Fan(
                    panel.indicator,
                    panel.kind,
                    panel.areas[column],
                    panel.transform,
                    origin,
                    float(panel.values[fitted.start[place], column]),
                    np.arange(origin + 1, end + 1),
                    origin + tested,
                    centre[:, :n, place],
                    half[:, :n, place],
                )
            )
    return {area: fans[area] for area in asked}


@dataclass(frozen=True)
class Gap:
    """What a target needs. Unit: the indicator's; `growth` in per cent a year. `pace` is the past yearly change."""

    missing: float
    years: int
    yearly: float
    growth: float
    pace: float


def gap_to_target(panel: Prepared, area: str, value: float, year: int, *, window: int = 10) -> Gap | None:
    """Say how far an area's last observation is from a target, and what change a year would reach it.

    `pace` is the mean yearly change over the last `window` years with comparable numbers. Nothing without data, or
    when the target's year has passed.
    """
    if area not in panel.areas:
        return None
    column = panel.areas.index(area)
    rows = np.flatnonzero(np.isfinite(panel.values[:, column]))
    if not len(rows) or panel.years[rows[-1]] >= year:
        return None
    last = rows[-1]
    first = rows[(rows >= last - window) & (rows >= panel.since(int(last))[column])][0]
    now, years = float(panel.values[last, column]), int(year - panel.years[last])
    pace = (now - float(panel.values[first, column])) / (last - first) if last > first else float("nan")
    growth = 100 * ((value / now) ** (1 / years) - 1) if now > 0 and value > 0 else float("nan")
    return Gap(value - now, years, (value - now) / years, growth, pace)


@dataclass(frozen=True)
class ReferenceClass:
    """What came of countries that once stood at a level: their number and the quartiles. Unit: the indicator's."""

    level: float
    horizon: int
    areas: int
    lower: float
    middle: float
    upper: float


def reference_class(panel: Prepared, level: float, *, horizon: int = 10) -> ReferenceClass | None:
    """Say where countries near a level were some years later, each counted once, by the mean of its own outcomes.

    What lies across a break is no outcome.

    Nothing when fewer than five countries have been there.
    """
    place = float(panel.transform.forward(level))
    z = panel.z
    near = np.abs(z[:-horizon] - place) <= BANDWIDTH * np.nanstd(z) if len(z) > horizon else np.zeros((0, 1), bool)
    if not np.isfinite(place) or not near.any():
        return None
    breaks = panel.breaks.cumsum(axis=0)
    comparable = near & (breaks[horizon:] == breaks[:-horizon])
    moved = np.where(comparable, z[horizon:] - z[:-horizon], np.nan)
    counts = np.isfinite(moved).sum(axis=0)
    steps = np.nansum(moved, axis=0)[counts > 0] / counts[counts > 0]
    if len(steps) < 5:
        return None
    lower, middle, upper = panel.transform.inverse(place + np.quantile(steps, [0.25, 0.5, 0.75]))
    return ReferenceClass(level, horizon, len(steps), float(lower), float(middle), float(upper))


def _refused(panel: Prepared, t: int, area: str, scores: int) -> Refusal | None:
    if area not in panel.areas or not np.isfinite(panel.values[: t + 1, panel.areas.index(area)]).any():
        return Refusal("no_data", 0, POINTS)
    column = panel.areas.index(area)
    seen = np.flatnonzero(np.isfinite(panel.values[: t + 1, column]))
    last, ceiling = float(panel.values[seen[-1], column]), panel.transform.ceiling
    if not np.isfinite(panel.z[seen[-1], column]):
        return Refusal("outside_scale", last, 0.0 if ceiling is None or last <= 0 else ceiling)
    points = panel.points(t)
    if points[column] < POINTS:
        return Refusal("few_points", float(points[column]), POINTS)
    if (series := int((points >= POINTS).sum())) < AREAS:
        return Refusal("few_series", series, AREAS)
    if t - seen[-1] > OLDEST:
        return Refusal("too_old", float(panel.years[seen[-1]]), float(panel.years[t] - OLDEST))
    if ceiling is not None and last < SMALLEST * ceiling:
        return Refusal("too_small", last, SMALLEST * ceiling)
    if scores < NEED:
        return Refusal("few_scores", scores, NEED)
    return None


def _unless_too_wide(fan: Fan) -> Fan | Refusal:
    reach = min(len(fan.years), HORIZONS) - 1
    times = float(np.exp(fan.half[0, reach, np.searchsorted(LEVELS, 0.8)]))
    if fan.transform.ceiling is None and not times <= WIDEST:
        return Refusal("too_wide", times, WIDEST)
    return fan
