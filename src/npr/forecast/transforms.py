"""The scale on which a series is continued: logarithms of ratios, log-odds of shares of a ceiling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Transform:
    """log(y) without a ceiling, log(y / (ceiling - y)) with one. The way back never leaves 0 to the ceiling."""

    ceiling: float | None = None

    def forward(self, y: Numbers | float) -> Numbers:
        """Give values on the scale; what has no place on it (zero, negative, at or above the ceiling) is NaN."""
        values = np.asarray(y, dtype=float)
        inside = np.isfinite(values) & (values > 0) & (values < (np.inf if self.ceiling is None else self.ceiling))
        safe = np.where(inside, values, 0.5 if self.ceiling is None else 0.5 * self.ceiling)
        odds = safe if self.ceiling is None else safe / (self.ceiling - safe)
        return np.where(inside, np.log(odds), np.nan)

    def inverse(self, z: Numbers | float) -> Numbers:
        """Give the values that lie at places on the scale."""
        places = np.asarray(z, dtype=float)
        if self.ceiling is None:
            return np.asarray(np.exp(places))
        return np.asarray(self.ceiling / (1.0 + np.exp(-places)))
