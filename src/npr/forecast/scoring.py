"""How good a band was: pinball loss and CRPS; and how sure a difference between two methods is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npr.forecast.transforms import Numbers

REPLICATES = 1000
BLOCK_YEARS = 5


def pinball(y: Numbers, quantiles: Numbers, levels: Numbers) -> Numbers:
    """Give the pinball loss of each quantile. Shape: y (...), quantiles (..., levels). Unit: that of y."""
    miss = np.asarray(y)[..., None] - quantiles
    return np.asarray(np.maximum(levels * miss, (levels - 1) * miss))


def crps_quantiles(y: Numbers, quantiles: Numbers, levels: Numbers) -> Numbers:
    """Give the CRPS as twice the mean pinball loss over evenly spread levels. Shape and unit: those of y."""
    return np.asarray(2 * pinball(y, quantiles, levels).mean(axis=-1))


def weighted_quantiles(ordered: Numbers, weight: Numbers, levels: Numbers) -> Numbers:
    """Give quantiles of ordered numbers with weights, each weight centred on its number; straight lines between."""
    places = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
    return np.asarray(np.interp(levels, places, ordered), dtype=float)


def ratio_interval(
    ours: Numbers,
    theirs: Numbers,
    area: NDArray[np.int64],
    origin: NDArray[np.int64],
    *,
    seed: int,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Give the ratio of two mean losses with its interval, by a bootstrap of whole countries and blocks of origins.

    Errors of one country, and of one time, hang together; so both are drawn, as wholes (blocks of `BLOCK_YEARS` years).
    Shape: all of one length. Returns ratio, lower and upper bound; NaN for none.
    """
    if not len(ours):
        return float("nan"), float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    _, who = np.unique(area, return_inverse=True)
    _, when = np.unique(origin // BLOCK_YEARS, return_inverse=True)
    cells = np.zeros((2, who.max() + 1, when.max() + 1))
    for place, loss in enumerate((ours, theirs)):
        np.add.at(cells[place], (who, when), loss)
    draws = []
    for axis in (1, 2):
        n = cells.shape[axis]
        draws.append(rng.multinomial(n, np.full(n, 1 / n), size=REPLICATES))
    sums = np.einsum("mrb,rb->rm", np.einsum("ra,mab->mrb", draws[0], cells), draws[1])
    sums = sums[sums[:, 1] > 0]
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [(1 - level) / 2, (1 + level) / 2])
    return float(ours.sum() / theirs.sum()), float(low), float(high)
