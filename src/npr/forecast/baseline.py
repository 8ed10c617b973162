"""Level-pooled damped drift: what countries did next at a level, with the country's own recent drift fading out.

Its challengers are simpler: the last value, the own drift, the pooled drift, and the mean of these three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npr.forecast.prepare import Kind, Prepared
from npr.forecast.transforms import Numbers

MODELS = ("level_pooled", "naive", "own_drift", "pooled_drift", "combination")
HORIZONS = 15  # years ahead that the back-test tries
POINTS = 8  # comparable observations that a series must have
BANDWIDTH = 0.25  # of the kernel, in standard deviations of the levels
WINDOW = 5  # years of the own drift
OWN_SHARE, OWN_DECAY = 0.5, 0.8  # how much of the own drift counts, and how it fades
POOL_POINTS = 8  # what the pooled variance counts for beside a country's own changes
VARIANCE_POINTS = 3  # what the overall variance counts for beside that at a level
GRID = 120
FLOOR = 0.05  # a spread is at least this share of the pooled one


@dataclass(frozen=True)
class Method:
    """What differs between slow and spreading indicators. Unit: half-lives in years.

    `damping` is the yearly factor on the expected change, `memory` how fast old changes lose weight in learning, and
    `recall` how fast old errors lose weight in calibration.
    """

    damping: float
    memory: float
    recall: float


METHODS: dict[Kind, Method] = {"slow": Method(0.95, 10, 4), "diffusion": Method(0.93, 5, 2)}


@dataclass(frozen=True)
class Fit:
    """What is known at an origin. Unit: the transformed scale, a year.

    `grid`, `change` and `variance` say what followed at each level; `pooled` is the mean change of all. For each area:
    `start` is its last row, `z0` its level there, `own` its recent drift, `unrest` its variance against the pooled one
    `variance_pooled`, `scale` the mean yearly move in its own unit.
    """

    grid: Numbers
    change: Numbers
    variance: Numbers
    pooled: float
    variance_pooled: float
    start: NDArray[np.int64]
    z0: Numbers
    own: Numbers
    unrest: Numbers
    scale: Numbers
    method: Method


def fit_baseline(prepared: Prepared, t: int, columns: NDArray[np.int64]) -> Fit:
    """Learn from all that was known in row `t`, for the areas in `columns`, each from its last observation.

    Nothing of a later year is read, and what is learnt does not depend on which areas are asked for. Every area of
    `columns` must have an observation up to `t`, and some area of the panel `POINTS` comparable ones.
    """
    method = METHODS[prepared.kind]
    usable = _changes_known(prepared, t)
    step = np.where(usable, np.diff(prepared.filled[: t + 1], axis=0), np.nan)
    rows, cols = np.nonzero(usable)
    level, change = prepared.filled[rows, cols], step[rows, cols]
    weight = 0.5 ** ((t - 1 - rows) / method.memory)
    pooled = float((weight * change).sum() / weight.sum())
    grid = np.linspace(level.min(), level.max(), GRID)
    reach = BANDWIDTH * max(level.std(), 1e-9) * 2**0.5
    near = (grid / reach)[:, None] - level / reach  # by far the largest array here: each step works in place
    near *= near
    np.negative(near, out=near)
    np.exp(near, out=near)
    mass = _over(near, weight) + 1e-12
    expected = (_over(near, weight * change) + 1e-12 * pooled) / mass
    surprise = (change - np.interp(level, grid, expected)) ** 2
    surprise = np.minimum(surprise, np.quantile(surprise, 0.98))
    overall = float((weight * surprise).sum() / weight.sum())
    variance = (_over(near, weight * surprise) + VARIANCE_POINTS * overall) / (mass + VARIANCE_POINTS)
    start = prepared.last(t)[columns]
    own_variance, points = _own_variance(step, t, method)
    typical = max(float(np.mean(own_variance[prepared.points(t) >= POINTS])), 1e-18)  # of all, not only those asked for
    unrest = ((points * own_variance + POOL_POINTS * typical) / ((points + POOL_POINTS) * typical))[columns]
    moves = np.abs(np.diff(prepared.transform.inverse(prepared.filled[: t + 1, columns]), axis=0))
    return Fit(
        grid=grid,
        change=expected,
        variance=np.maximum(variance, FLOOR * max(overall, 1e-18)),
        pooled=pooled,
        variance_pooled=typical,
        start=start,
        z0=prepared.filled[start, columns],
        own=_own_drift(prepared, columns, start, t, pooled),
        unrest=np.maximum(unrest, FLOOR),
        scale=_mean(np.where(usable[:, columns], moves, np.nan)),
        method=method,
    )


def _over(near: Numbers, numbers: Numbers) -> Numbers:
    """Give the sum over the columns of each row times the numbers; a matrix product differs with threads."""
    return np.asarray(np.einsum("gn,n->g", near, numbers, optimize=False))


def ahead(fitted: Fit, horizons: int) -> tuple[Numbers, Numbers]:
    """Give the centre and the spread of each model, before calibration.

    Shape: (models in the order of `MODELS`, horizons, areas). Unit: the transformed scale.
    """
    method, areas = fitted.method, len(fitted.z0)
    centre, spread = np.empty((2, len(MODELS), horizons, areas))
    z, accumulated = fitted.z0.copy(), np.zeros(areas)
    damped = 0.0
    for at in range(horizons):
        h = at + 1
        expected = np.interp(z, fitted.grid, fitted.change)
        accumulated = accumulated + np.interp(z, fitted.grid, fitted.variance) * np.sqrt(fitted.unrest)
        z = z + method.damping**h * expected + OWN_SHARE * (fitted.own - expected) * OWN_DECAY**h
        damped += method.damping**h
        simple = (fitted.z0, fitted.z0 + damped * fitted.own, fitted.z0 + damped * fitted.pooled)
        centre[:, at] = (z, *simple, sum(simple) / len(simple))
        growing = 1 + h / HORIZONS
        spread[0, at] = np.sqrt(accumulated * growing)
        spread[1:, at] = np.sqrt(fitted.unrest * fitted.variance_pooled * h * growing)
    return centre, spread


def _changes_known(prepared: Prepared, t: int) -> NDArray[np.bool_]:
    """Say which yearly changes up to row `t` were known then, and lie across no break. Shape: (t, areas)."""
    known = prepared.known[: t + 1] <= t
    return np.asarray(known[:-1] & known[1:] & ~prepared.breaks[1 : t + 1])


def _own_variance(step: Numbers, t: int, method: Method) -> tuple[Numbers, Numbers]:
    """Give each area's variance of yearly changes, newer ones counting more, and how many changes that stands on."""
    weight = 0.5 ** ((t - 1 - np.arange(t)) / method.memory)[:, None] * np.isfinite(step)
    total = weight.sum(axis=0)
    safe, change = np.maximum(total, 1e-12), np.nan_to_num(step)
    mean = (weight * change).sum(axis=0) / safe
    return (weight * (change - mean) ** 2).sum(axis=0) / safe, total


def _own_drift(
    prepared: Prepared, columns: NDArray[np.int64], start: NDArray[np.int64], t: int, pooled: float
) -> Numbers:
    """Give the mean yearly change over the last `WINDOW` years before each start, or the pooled one."""
    since = prepared.since(t)[columns]
    drift = np.full(len(columns), pooled)
    for back in range(1, WINDOW + 1):  # the oldest that is there is the last to be put down
        row = np.maximum(start - back, 0)
        there = (start - back >= since) & np.isfinite(prepared.filled[row, columns])
        moved = prepared.filled[start, columns] - prepared.filled[row, columns]
        drift = np.where(there, moved / back, drift)
    return drift


def _mean(moves: Numbers) -> Numbers:
    """Give each column's mean of what is there; NaN where nothing is."""
    count = np.isfinite(moves).sum(axis=0)
    return np.where(count > 0, np.nansum(moves, axis=0) / np.maximum(count, 1), np.nan)
