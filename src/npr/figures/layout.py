"""Where things go in a chart: widths of texts, ticks, limits of axes, and labels moved apart. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import floor

from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from npr.catalogue.declarations import Language
from npr.figures.drawing import measured
from npr.figures.style import FAMILY, SIZE_PT, load_fonts
from npr.language.numbers import show_number

YEAR_ROOM_PT = 31.0  # what the label of a year needs on an axis


@cache
def text_width_pt(text: str, *, bold: bool = False, size_pt: float = SIZE_PT) -> float:
    """Give the width of a text in the project's font."""
    load_fonts()
    font = FontProperties(family=FAMILY, weight="bold" if bold else "normal", size=size_pt)
    return measured(text, font)[0]


def wrapped(text: str, width_pt: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit a width, between words; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_pt(longer, bold=bold) <= width_pt:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def limits(numbers: Sequence[float]) -> tuple[float, float]:
    """Give the limits of a value axis: from zero, unless all the numbers lie far above it.

    >>> limits([1.0, 100.0]), limits([80.0, 100.0]), limits([0.0, 0.0])
    ((0.0, 106.0), (78.8, 101.2), (0.0, 1.0))
    """
    low, high = min(numbers), max(numbers)
    most = max(abs(low), abs(high))
    if most < 1e-9:
        return 0.0, 1.0
    if low >= 0 and low < 0.6 * high:
        return 0.0, 1.06 * high
    room = 0.06 * (high - low if high - low > 1e-6 * most else most)
    return low - room, high + room


def value_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Give few round numbers between two limits.

    >>> value_ticks(0.0, 43.0)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    return [float(tick) for tick in ticks if low - slack <= tick <= high + slack]


def tick_texts(ticks: Sequence[float], language: Language) -> list[str]:
    """Show ticks with as many decimals as their step needs.

    >>> tick_texts([0.0, 2.5, 5.0], "sv")
    ['0,0', '2,5', '5,0']
    """
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else abs(ticks[0]) if ticks else 1.0
    decimals = next((count for count in range(9) if abs(round(step, count) - step) <= 1e-6 * step), 9)
    return [show_number(tick, decimals, language) for tick in ticks]


def year_ticks(years: Sequence[int], width_pt: float) -> list[int]:
    """Give the years to mark on an axis: every observed one if their labels have room, else round ones.

    >>> year_ticks([2021, 2023, 2024, 2025], 300.0)
    [2021, 2023, 2024, 2025]
    >>> year_ticks([1997, 2012, 2013], 300.0)
    [2000, 2005, 2010]
    """
    first, last = min(years), max(years)
    span = last - first
    closest = min((after - before for before, after in pairwise(years)), default=1)
    if not span or (len(years) <= 8 and closest * width_pt / span >= YEAR_ROOM_PT):
        return list(years)
    most = min(7, max(2, floor(width_pt / YEAR_ROOM_PT)))
    for step in (size * power for power in (1, 10, 100, 1000) for size in (1, 2, 5)):
        round_ones = list(range(first + -first % step, last + 1, step))
        if len(round_ones) <= most:
            break
    return round_ones if len(round_ones) > 1 else [first, last]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart: their order is kept, neighbours are `gap` apart, and all lie in low..high if there is room.

    >>> spread([1.0, 1.0, 5.0], 1.0, 0.0, 10.0)
    [0.5, 1.5, 5.0]
    """
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    groups: list[tuple[float, list[int]]] = []  # middle of a block of labels, and who is in it
    for at in order:
        groups.append((_inside(wanted[at], 1, gap, low, high), [at]))
        while len(groups) > 1 and _top(groups[-2], gap) > _bottom(groups[-1], gap):
            both = groups[-2][1] + groups[-1][1]
            middle = sum(wanted[one] for one in both) / len(both)
            groups[-2:] = [(_inside(middle, len(both), gap, low, high), both)]
    placed = [0.0] * len(wanted)
    for middle, block in groups:
        for place, at in enumerate(block):
            placed[at] = middle + gap * (place - (len(block) - 1) / 2)
    return placed


def _inside(middle: float, count: int, gap: float, low: float, high: float) -> float:
    half = gap * (count - 1) / 2
    return max(low + half, min(high - half, middle)) if high - low >= 2 * half else (low + high) / 2


def _top(group: tuple[float, list[int]], gap: float) -> float:
    return group[0] + gap * len(group[1]) / 2


def _bottom(group: tuple[float, list[int]], gap: float) -> float:
    return group[0] - gap * len(group[1]) / 2
