"""What an "if" does to a fan: assumptions shift its middle, its ceiling or its width; nothing else, and no chances.

Without assumptions a fan stays what it is, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from npr.errors import UsageError
from npr.forecast.calibration import LEVELS
from npr.forecast.fans import Fan
from npr.forecast.transforms import Numbers, Transform

Driver = Literal["drift", "level", "ceiling", "spread"]
Unit = Literal["per_cent_a_year", "per_cent", "unit", "times"]
CLOSEST = 0.999  # of the ceiling: as near as an assumption can bring a share to it


@dataclass(frozen=True)
class Condition:
    """One assumption about one series. Unit: `low`, `mode` and `high` as `unit` says.

    From `start` on, and fully after `ramp` years: "drift" adds per cent a year to the growth, "level" adds to the value
    (its own unit, or per cent), "ceiling" multiplies the ceiling, "spread" multiplies the width of the bands.
    """

    id: str
    driver: Driver
    unit: Unit
    low: float
    mode: float
    high: float
    start: int
    ramp: int


@dataclass(frozen=True)
class Course:
    """What a scenario makes of a fan's middle. Shape: by year, in the unit of the indicator.

    `low` and `high` hold all its assumptions at the end that takes the middle lowest and highest.
    """

    path: Numbers
    low: Numbers
    high: Numbers


def apply_scenario(fan: Fan, amounts: Sequence[tuple[Condition, float]]) -> Fan:
    """Give the fan under conditions, each with an amount. All models are shifted alike.

    Raises:
        UsageError: an amount takes the indicator out of its scale.
    """
    shifted = fan
    for condition, amount in amounts:
        if condition.driver == "spread":
            wider = 1 + _weight(condition, fan) * (amount - 1)
            shifted = replace(shifted, half=shifted.half * wider[None, :, None])
        else:
            shift = _shift(shifted, condition, amount)
            shifted = replace(shifted, centre=shifted.centre + shift[None, :])
    return shifted


def course(fan: Fan, conditions: Sequence[Condition]) -> Course:
    """Give a scenario's middle path with its range."""

    def middle(pick: Callable[[Condition], float]) -> Numbers:
        changed = apply_scenario(fan, [(one, pick(one)) for one in conditions])
        return changed.transform.inverse(changed.centre[0])

    path = middle(lambda one: one.mode)
    ends = np.stack([path, middle(lambda one: one.low), middle(lambda one: one.high)])
    return Course(path, ends.min(axis=0), ends.max(axis=0))


def told_apart(fan: Fan, conditions: Sequence[Condition], *, band: float = 0.8) -> int | None:
    """Give the first year in which the scenario's middle lies outside the baseline's central band, if it ever does.

    Before that year an observation on the scenario's path would be no news.
    """
    outside = _share_of_band(fan, conditions, band) > 1
    return int(fan.years[np.argmax(outside)]) if outside.any() else None


def way_to_edge(fan: Fan, conditions: Sequence[Condition], year: int, *, band: float = 0.8) -> float:
    """Give how far a scenario's middle goes from the baseline's towards the edge of its central band: 1 at the edge."""
    return float(_share_of_band(fan, conditions, band)[fan.row(year)])


def sensitivity(fan: Fan, conditions: Sequence[Condition], year: int) -> list[tuple[str, float, float]]:
    """Give for each assumption the scenario's answer in a year with that one at its low and at its high end.

    The others stay at their middle. Unit: the indicator's.
    """
    answers = []
    for one in conditions:
        ends = [
            apply_scenario(fan, [(other, end if other is one else other.mode) for other in conditions]).middle(year)
            for end in (one.low, one.high)
        ]
        answers.append((one.id, ends[0], ends[1]))
    return answers


def _share_of_band(fan: Fan, conditions: Sequence[Condition], band: float) -> Numbers:
    shifted = apply_scenario(fan, [(one, one.mode) for one in conditions])
    reach = fan.half[0, :, np.searchsorted(LEVELS, band)]
    return np.asarray(np.abs(shifted.centre[0] - fan.centre[0]) / reach)


def _weight(condition: Condition, fan: Fan) -> Numbers:
    """Give how much of an assumption is in force each year, 0 to 1."""
    return np.clip((fan.years - condition.start + 1) / max(condition.ramp, 1), 0.0, 1.0)


def _shift(fan: Fan, condition: Condition, amount: float) -> Numbers:
    """Give the shift of the middle on the scale that an amount makes. Shape: by year."""
    centre, weight = fan.centre[0], _weight(condition, fan)
    base = fan.transform.inverse(centre)
    if condition.driver == "ceiling":
        wanted = _under_ceiling(fan, condition, amount)
        reached = (1 - weight) * base + weight * wanted
    elif condition.driver == "drift":
        reached = base * np.cumprod(1 + weight * amount / 100)
    else:
        reached = base + weight * (amount if condition.unit == "unit" else base * amount / 100)
    if fan.transform.ceiling is not None:
        reached = np.minimum(reached, CLOSEST * fan.transform.ceiling)
    if not (reached > 0).all():
        raise UsageError(
            f"The assumption {condition.id} takes {fan.indicator} of {fan.area} to zero or below",
            expected="a value above zero in each year",
            found=f"{reached.min():g} in {fan.years[np.argmin(reached)]}",
            todo="Choose a smaller amount in data/catalogue/scenarios.",
        )
    return np.where(weight > 0, fan.transform.forward(reached) - centre, 0.0)


def _under_ceiling(fan: Fan, condition: Condition, times: float) -> Numbers:
    """Give the middle when the ceiling is another one: the same steps in odds, from the same last value."""
    if fan.transform.ceiling is None:
        raise UsageError(
            f"The assumption {condition.id} moves a ceiling that {fan.indicator} does not have",
            todo="Use drift or level, or declare the indicator with a ceiling.",
        )
    lower = Transform(times * fan.transform.ceiling)
    start = float(lower.forward(fan.last))
    if not np.isfinite(start):
        raise UsageError(
            f"The assumption {condition.id} puts the ceiling of {fan.indicator} below the last value of {fan.area}",
            expected=f"a ceiling above {fan.last:g}",
            found=f"{times * fan.transform.ceiling:g}",
            todo="Choose a higher ceiling in data/catalogue/scenarios.",
        )
    return lower.inverse(fan.centre[0] - float(fan.transform.forward(fan.last)) + start)
