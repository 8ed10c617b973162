"""Joint paths, where bands do not suffice: "ever by", "every year", and the order of countries.

A Gaussian copula with one common factor over the calibrated bands of each year: how countries' errors, and those of
neighbouring years, hang together is taken from the back-test.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import erf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from npr.forecast.backtest import Backtest
from npr.forecast.baseline import HORIZONS, MODELS
from npr.forecast.calibration import LEVELS
from npr.forecast.fans import Fan
from npr.forecast.prepare import Kind
from npr.forecast.transforms import Numbers

Paths = NDArray[np.float32]
DRAWS = 10_000
EDGE, BINS = 6.0, 2048  # the table from normal scores to places in a band
STRONGEST = 0.99
NORMAL = NormalDist()


@dataclass(frozen=True)
class Dependence:
    """How errors hang together: `countries` is their correlation, `years` that of a horizon with the next."""

    countries: float
    years: Numbers


def dependence(backtest: Backtest, kind: Kind) -> Dependence:
    """Measure in the back-test how the errors of a class hang together, between countries and between horizons."""
    last = int(max(panel.years[-1] for panel in backtest.panels))
    widths = backtest.calibration.of(MODELS[0], kind, last)
    pairs, squares, both, first, second = 0.0, 0.0, np.zeros(HORIZONS), np.zeros(HORIZONS), np.zeros(HORIZONS)
    for one in (one for one in backtest.errors if one.kind == kind):
        score = _normal_scores((one.truth - one.centre[0]) / one.spread[0], widths)
        seen = np.isfinite(score)
        filled, n = np.where(seen, score, 0.0), seen.sum(axis=1)
        pairs += float((n * (n - 1)).sum())
        squares += float((filled.sum(axis=1) ** 2 - (filled**2).sum(axis=1)).sum())
        joint = seen[1:] & seen[:-1]
        now, then = np.where(joint, filled[1:], 0.0), np.where(joint, filled[:-1], 0.0)
        both[1:] += (now * then).sum(axis=1)
        first[1:] += (then**2).sum(axis=1)
        second[1:] += (now**2).sum(axis=1)
    scale = np.sqrt(first * second)
    years = np.where(scale > 0, both / np.where(scale > 0, scale, 1), np.nan)
    years[0] = 0.0
    known = np.isfinite(years)
    years = np.interp(np.arange(HORIZONS), np.flatnonzero(known), years[known])
    share = squares / pairs if pairs else 0.0
    return Dependence(float(np.clip(share, 0, STRONGEST)), np.clip(years, 0, STRONGEST))


def simulate(
    fans: Sequence[Fan], depends: Dependence, *, seed: int, draws: int = DRAWS, threads: int = 1
) -> list[Paths]:
    """Draw joint paths of several areas of one indicator. Shape: a fan each, (years, draws), on the transformed scale.

    Random numbers come from the names of indicator and area and the seed, so that a path does not depend on who else
    is drawn, or on how many threads do it.
    """
    if not fans:
        return []
    horizons = max(len(fan.years) for fan in fans)
    steps = np.concatenate([depends.years, np.full(max(0, horizons - HORIZONS), depends.years[-1])])[:horizons]
    steps = steps.astype(np.float32)
    calendar = sorted({int(year) for fan in fans for year in fan.years})
    common = {year: _drawn(f"{seed}/{fans[0].indicator}/{year}", 1, draws)[0] for year in calendar}
    share = np.float32(np.sqrt(depends.countries))

    def one(fan: Fan) -> Paths:
        own = _drawn(f"{seed}/{fan.indicator}/{fan.area}", len(fan.years), draws)
        own *= np.float32(np.sqrt(1 - depends.countries))
        for h, year in enumerate(fan.years):
            own[h] += share * common[int(year)]
        for h in range(1, len(own)):
            own[h] *= np.float32(np.sqrt(1 - steps[h] ** 2))
            own[h] += steps[h] * own[h - 1]
        return _placed(fan, own)

    if threads == 1:
        return [one(fan) for fan in fans]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, fans))


def exceedance_probability(fan: Fan, paths: Paths, op: str, value: float, year: int, mode: str) -> float:
    """Give the chance, 0 to 1, of a value in a year ("in_year"), once up to it ("ever_by"), or in each ("every_year").

    In a year it is the closed form; the two others count paths, and are held on their side of it.
    """
    inside = fan.chance(op, value, year)
    if mode == "in_year":
        return inside
    rows = paths[: fan.row(year) + 1]
    met = rows >= fan.place(value) if op == ">=" else rows <= fan.place(value)
    if mode == "ever_by":
        return max(inside, float(met.any(axis=0).mean()))
    return min(inside, float(met.all(axis=0).mean()))


def rank_distribution(fans: Sequence[Fan], paths: Sequence[Paths], year: int, *, best: str) -> Numbers:
    """Give the chance of each place in a year. Shape: areas by places, the first place first; `best` is high or low."""
    levels = np.stack([path[fan.row(year)] for fan, path in zip(fans, paths, strict=True)])
    order = np.argsort(-levels if best == "high" else levels, axis=0, kind="stable")
    counts = np.zeros((len(fans), len(fans)))
    for place, row in enumerate(order):
        counts[:, place] = np.bincount(row, minlength=len(fans))
    return np.asarray(counts / levels.shape[1])


def _drawn(name: str, horizons: int, draws: int) -> Paths:
    """Draw standard normals from the seed that a name makes. Shape: (horizons, draws)."""
    state = np.frombuffer(sha256(name.encode()).digest(), dtype=np.uint32)
    return np.random.default_rng(state.tolist()).standard_normal((horizons, draws), dtype=np.float32)


def _placed(fan: Fan, scores: Paths) -> Paths:
    """Turn normal scores into places on the scale, each year by its own bands; the scores are overwritten."""
    sides, inside = _bins()
    scores *= np.float32(BINS / (2 * EDGE))
    scores += np.float32(BINS / 2)
    at = scores.astype(np.int16)
    for h, row in enumerate(at):
        away = sides * np.interp(inside, LEVELS, fan.half[0, h])
        table = (fan.centre[0, h] + away).astype(np.float32)
        table.take(row, out=scores[h], mode="clip")
    return scores


@cache
def _bins() -> tuple[Numbers, Numbers]:
    """Give for each of the `BINS` normal scores its sign, and the central band at whose edge it lies."""
    grid = (np.arange(BINS) + 0.5) * (2 * EDGE / BINS) - EDGE
    return np.sign(grid), np.array([erf(abs(one) / sqrt(2)) for one in grid.tolist()])


def _normal_scores(ratio: Numbers, widths: Numbers) -> Numbers:
    """Turn errors in spreads into normal scores by the calibration. Shape: (horizons, areas)."""
    out = np.full(ratio.shape, np.nan)
    for h, row in enumerate(ratio):
        if np.isfinite(widths[h, -1]):
            seen = np.isfinite(row)
            inside = np.interp(np.abs(row[seen]), widths[h], LEVELS)
            out[h, seen] = [NORMAL.inv_cdf(one) for one in (0.5 + 0.5 * np.sign(row[seen]) * inside).tolist()]
    return out
