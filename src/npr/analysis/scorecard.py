"""The scorecard: what the method would have said in a year, with only what was known then, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from npr.analysis.outlook import Outlook
from npr.forecast.baseline import MODELS
from npr.forecast.calibration import LEVELS
from npr.forecast.fans import Fan

AT = 2016  # the year of the Government's decision


@dataclass(frozen=True)
class Outcome:
    """One number that came, beside what was said of it. Unit: the indicator's.

    `place` is 0 at the middle that was given, and -1 and 1 at the edges of the 80 % band.
    """

    indicator: str
    area: str
    year: int
    value: float
    middle: float
    low: float
    high: float
    last: float
    place: float

    @property
    def hit(self) -> bool:
        """Say whether the number lies in the 80 % band."""
        return bool(abs(self.place) <= 1)

    @property
    def error(self) -> float:
        """Give how far off the middle was."""
        return abs(self.value - self.middle)

    @property
    def naive_error(self) -> float:
        """Give how far off the last value known would have been."""
        return abs(self.value - self.last)


def outcomes(outlook: Outlook, areas: frozenset[str], *, at: int = AT) -> list[Outcome]:
    """Give every number after a year that an area got, for the indicators of the set that had a fan then."""
    kept = _KEPT.setdefault(outlook, {})
    if (areas, at) not in kept:
        kept[areas, at] = _all_outcomes(outlook, areas, at)
    return list(kept[areas, at])


_KEPT: WeakKeyDictionary[Outlook, dict[tuple[frozenset[str], int], list[Outcome]]] = WeakKeyDictionary()
"""What was worked out for an outlook: it is the same for every country."""


def _all_outcomes(outlook: Outlook, areas: frozenset[str], at: int) -> list[Outcome]:
    found: list[Outcome] = []
    for indicator, panel in outlook.prepared.items():
        last = int(panel.years[-1])
        if last > at >= int(panel.years[0]):
            for area, fan in outlook.fans(indicator, last, at).items():
                if area in areas and isinstance(fan, Fan):
                    found += _outcomes(outlook, fan)
    return found


def newest(found: list[Outcome]) -> list[Outcome]:
    """Give each indicator's and area's newest outcome."""
    last = {(one.indicator, one.area): one for one in sorted(found, key=lambda one: one.year)}
    return [last[key] for key in sorted(last)]


def share_within(found: list[Outcome]) -> float:
    """Give how many per cent of the outcomes lie in their 80 % bands; NaN for none."""
    return 100 * float(np.mean([one.hit for one in found])) if found else float("nan")


def against_last_value(found: list[Outcome]) -> float:
    """Give our mean error divided by that of the last value, each indicator counting alike; NaN for none."""
    ratios = []
    for indicator in sorted({one.indicator for one in found}):
        mine = [one for one in found if one.indicator == indicator]
        naive = sum(one.naive_error for one in mine)
        if naive > 0:
            ratios.append(sum(one.error for one in mine) / naive)
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else float("nan")


def worst(found: list[Outcome], count: int) -> list[Outcome]:
    """Give the worst misses: those farthest outside their bands."""
    return sorted((one for one in found if not one.hit), key=lambda one: -abs(one.place))[:count]


def _outcomes(outlook: Outlook, fan: Fan) -> list[Outcome]:
    panel = outlook.prepared[fan.indicator]
    column = panel.areas.index(fan.area)
    low, middle, high = fan.quantiles([0.1, 0.5, 0.9]).T
    reach = fan.half[MODELS.index("level_pooled"), :, np.searchsorted(LEVELS, 0.8)]
    found = []
    for row, year in enumerate(fan.years):
        value, z = panel.values[panel.row(int(year)), column], panel.z[panel.row(int(year)), column]
        broken = panel.breaks[panel.row(fan.origin) + 1 : panel.row(int(year)) + 1, column].any()
        if np.isfinite(z) and not broken:
            place = (z - fan.centre[0, row]) / reach[row]
            found.append(
                Outcome(
                    fan.indicator, fan.area, int(year), float(value), float(middle[row]), float(low[row]),
                    float(high[row]), fan.last, float(place),
                )
            )  # fmt: skip
    return found
