"""What a fan chart draws: scales, bands, paths, a target, and the labels at the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure as Canvas

from npr.catalogue.declarations import Language
from npr.figures.fan_parts import MEDIAN, FanCell, Target, joined, pairs, share_of
from npr.figures.keys import Sign
from npr.figures.layout import limits, spread, text_width_pt, tick_texts, value_ticks, wrapped, year_ticks
from npr.figures.lines import LEADER_PT, LINE_PT
from npr.figures.marks import draw_line, draw_marks, mark_below, mark_values
from npr.figures.runs import runs
from npr.figures.style import FOCUS, QUIET, TEXT, Look, axes_at
from npr.language.messages import message
from npr.language.numbers import show_number

TINTS = {1: (0.28,), 2: (0.14, 0.34), 3: (0.11, 0.24, 0.40)}  # by how many bands, the widest lightest
EDGE = 0.62
DASHED, DOTTED = (0, (4.0, 2.0)), (0, (1.0, 1.6))
OTHERS = ((0, (6.0, 2.0)), (0, (1.2, 1.6)), (0, (6.0, 1.6, 1.2, 1.6)), (0, (10.0, 3.0)), "solid")
OBSERVED: Look = {"color": FOCUS, "linewidth": 2.4}
MIDDLE: Look = {"color": FOCUS, "linewidth": 2.0, "linestyle": DASHED, "dash_capstyle": "butt"}
PATH: Look = {"color": TEXT, "linewidth": 2.2}
CAME: Look = {"color": TEXT, "linewidth": 1.8}
MISSED: Look = {"marker": "x", "markersize": 7, "color": TEXT, "markeredgewidth": 2}
RANGE: Look = {"facecolor": "none", "edgecolor": TEXT, "hatch": "/////", "linewidth": 0.0}


@dataclass(frozen=True)
class Box:
    """Where a chart stands, with its labels. Unit: points from the lower left corner of the figure."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class Label:
    """A text beside the end of a line: where it belongs, how it looks, and the year where a line ends early."""

    y: float
    text: str
    look: Look
    year: int | None = None


def fan_axes(
    figure: Canvas, box: Box, years: Sequence[int], numbers: Sequence[float], labels: Sequence[Label],
    language: Language,
) -> tuple[Axes, float]:  # fmt: skip
    """Give axes with scales, ticks and the labels at the right, and the width of the chart itself in points."""
    low, high = limits([float(number) for number in numbers])
    ticks = value_ticks(low, high, 5 if box.height > 150 else 4)
    texts = tick_texts(ticks, language)
    lines = [_lines(label, box) for label in labels]
    before = max(text_width_pt(text) for text in texts) + 8
    after = max(text_width_pt(line.text, bold="weight" in line.look) for one in lines for line in one) + LEADER_PT + 2
    plot = box.width - before - after
    ax = axes_at(figure, box.left + before, box.bottom, plot, box.height)
    ax.set_ylim(low, high)
    mark_values(ax, ticks, texts)
    if low < 0 < high:
        ax.axhline(0, color=QUIET, linewidth=0.8, zorder=1)
    ax.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    marks = year_ticks(years, plot)
    mark_below(ax, marks, [str(year) for year in marks])
    _write_labels(ax, lines, plot, box.height)
    return ax, plot


def _lines(label: Label, box: Box) -> list[Label]:
    """Give a label's lines, the lowest first, as `spread` keeps them."""
    lines = wrapped(label.text, 0.28 * box.width, bold="weight" in label.look)
    return [replace(label, text=line) for line in reversed(lines)]


def _write_labels(ax: Axes, labels: Sequence[Sequence[Label]], plot: float, height: float) -> None:
    """Write the labels beside the right edge, moved apart; one thin leader joins each number to its lines."""
    (first, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    point = (right - first) / plot
    wanted = [line.y for lines in labels for line in lines]
    places = iter(spread(wanted, LINE_PT * (high - low) / height, low, high))
    for lines in labels:
        at = [next(places) for _ in lines]
        begin, y, end = lines[0].year or right - 0.3, lines[0].y, sum(at) / len(at)
        draw_line(
            ax, [begin, right + 2 * point, right + (LEADER_PT - 5) * point], [y, y, end],
            color=QUIET, linewidth=0.5, clip_on=False, zorder=2, solid_capstyle="butt",
        )  # fmt: skip
        for line, place in zip(lines, at, strict=True):
            ax.text(right + LEADER_PT * point, place, line.text, va="center_baseline", **line.look)


def draw_bands(ax: Axes, history: pd.Series[float], bands: pd.DataFrame, tested_to: int | None = None) -> None:
    """Fill the bands from the last observation on, the widest lightest, with thin edges; dash the median.

    Years after `tested_to` are filled with dots instead, and their edges and median are dotted.
    """
    both = pairs(bands)
    for at, (low, high) in enumerate(both):
        lower, upper = (joined(history, bands[level]) for level in (low, high))
        tint = TINTS[len(both)][at]
        for years, tried in _stretches(list(lower.index), tested_to):
            ends = lower[years], upper[years]
            ax.fill_between(years, *ends, zorder=1.2 + at / 10, **area_of(tint, tried=tried))
            for edge in ends:
                style = "solid" if tried else DOTTED
                draw_line(ax, years, edge, color=tinted(EDGE), linewidth=0.7, linestyle=style, zorder=2)
    middle = joined(history, bands[MEDIAN])
    for years, tried in _stretches(list(middle.index), tested_to):
        draw_line(ax, years, middle[years], zorder=5, **(MIDDLE if tried else {**MIDDLE, "linestyle": DOTTED}))


def area_of(tint: float, *, tried: bool = True) -> Look:
    """Give the look of a band; beyond what has been tried it is paler, with dots."""
    if tried:
        return {"facecolor": tinted(tint), "linewidth": 0.0}
    return {"facecolor": tinted(tint / 2), "edgecolor": tinted(EDGE), "hatch": "....", "linewidth": 0.0}


def draw_course(ax: Axes, series: pd.Series[float], look: Look, zorder: float) -> None:
    """Draw a line; over a gap it is thin and dotted, and a number between two gaps is a dot."""
    for run in runs(series, (), join_gaps=True):
        pen = look if run.kind == "solid" else {**look, "linewidth": 1.2, "linestyle": DOTTED}
        if len(run.years) > 1:
            draw_line(ax, run.years, series.loc[run.years], zorder=zorder, **pen)
        else:
            draw_marks(
                ax,
                run.years,
                series.loc[run.years],
                color=look["color"],
                markersize=3.6,
                zorder=zorder,
            )


def draw_history(ax: Axes, history: pd.Series[float]) -> None:
    """Draw what was observed, the last observation as a dot."""
    draw_course(ax, history, OBSERVED, 6)
    draw_marks(ax, history.index[-1:], history.iloc[-1:], color=FOCUS, markersize=5, zorder=8)


def draw_outcome(ax: Axes, history: pd.Series[float], came: pd.Series[float], missed: pd.Series[float]) -> None:
    """Draw what came afterwards, with a dot a year, or a cross outside the 80 % band."""
    draw_course(ax, joined(history, came), CAME, 7)
    hits = came.drop(missed.index).dropna()
    draw_marks(ax, hits.index, hits, color=TEXT, markersize=4, zorder=8, clip_on=False)
    draw_marks(ax, missed.index, missed, zorder=8, clip_on=False, **MISSED)


def draw_path(ax: Axes, cell: FanCell) -> None:
    """Draw a scenario's path over its hatched range, when the cell has one."""
    if cell.path is None:
        return
    if cell.low is not None and cell.high is not None:
        lower, upper = (joined(cell.history, one) for one in (cell.low, cell.high))
        ax.fill_between(lower.index, lower, upper, zorder=3, **RANGE)
        for edge in (lower, upper):
            draw_line(ax, edge.index, edge, color=TEXT, linewidth=0.6, zorder=3)
    path = joined(cell.history, cell.path)
    draw_line(ax, path.index, path, color="white", linewidth=4.4, zorder=5.5)
    draw_line(ax, path.index, path, zorder=7, **PATH)


def mark_tested(ax: Axes, year: int, language: Language) -> None:
    """Mark the last year that the method has been tested for."""
    ax.axvline(year, color=QUIET, linewidth=0.8, linestyle=DOTTED, zorder=2)
    text = message("fan.tested", language, year=str(year))
    ax.annotate(text, (year, 1), xycoords=("data", "axes fraction"), xytext=(-1, 3), textcoords="offset points",
                ha="right", va="baseline", color=QUIET)  # fmt: skip


def mark_target(
    ax: Axes, plot: float, height: float, history: pd.Series[float], target: Target, decimals: int, language: Language
) -> None:
    """Mark a target by a diamond on a thin line, with its words where the observations leave room for them."""
    year, value, called = target
    text = f"{called} {year}: {show_number(value, decimals, language)}"
    (first, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    wide, line = (text_width_pt(text) + 4) * (right - first) / plot, 13 * (high - low) / height
    start, above = _free(history.dropna(), value, wide, line, (first, right, low, high))
    free = start + wide <= float(history.index[-1])
    draw_line(ax, [start, year], [value, value], color=TEXT, linewidth=0.9, linestyle=DOTTED, zorder=4)
    diamond: Look = {"markersize": 6.5, "markerfacecolor": "white", "markeredgewidth": 1.6, "clip_on": False}
    draw_marks(ax, [year], [value], marker="D", color=TEXT, zorder=10, **diamond)
    backing = None if free else {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
    ax.annotate(text, (start, value), xytext=(1, 4 if above else -4), textcoords="offset points", color=TEXT,
                va="baseline" if above else "top", bbox=backing, zorder=9.5)  # fmt: skip


def _free(
    seen: pd.Series[float], value: float, wide: float, line: float, frame: tuple[float, float, float, float]
) -> tuple[float, bool]:
    """Give where a text may begin, and whether above its level: the free place nearest to the fan, or else within it.

    Unit: `wide` in years and `line` in those of the values.
    """
    first, right, low, high = frame
    origin, room = float(seen.index[-1]), 0.5
    start = origin - wide - room
    while start >= first:
        near = seen[(seen.index >= start - 1) & (seen.index <= start + wide + 1)]
        for above in (True, False):
            floor, top = (value, value + 1.3 * line) if above else (value - 1.3 * line, value)
            if low <= floor and top <= high + 0.4 * line and not near.between(floor - 0.3 * line, top).any():
                return start, above
        start -= 0.5
    return max(first, min(origin, right - wide)), value + 1.3 * line <= high + 0.4 * line


def _stretches(years: list[int], tested_to: int | None) -> Iterator[tuple[list[int], bool]]:
    """Give the years that have been tried and those beyond, each with where it begins."""
    last = years[-1] if tested_to is None else max(tested_to, years[0])
    for part, tried in (([year for year in years if year <= last], True), (_from(years, last), False)):
        if len(part) > 1:
            yield part, tried


def _from(years: list[int], last: int) -> list[int]:
    """Give the years from the last tried one on."""
    return [year for at, year in enumerate(years) if year >= last or (at + 1 < len(years) and years[at + 1] > last)]


def band_labels(bands: pd.DataFrame, decimals: int, language: Language) -> list[Label]:
    """Give the labels of the median and of both edges of each band at the end."""
    end, labels = bands.iloc[-1], [middle_label(bands, decimals, language)]
    for low, high in pairs(bands):
        for level in (low, high):
            number = show_number(float(end[level]), decimals, language)
            labels.append(Label(float(end[level]), f"{share_of(low, high, language)}: {number}", {"color": QUIET}))
    return labels


def middle_label(bands: pd.DataFrame, decimals: int, language: Language) -> Label:
    """Give the label of the median at the end."""
    end = float(bands[MEDIAN].iloc[-1])
    return Label(end, show_number(end, decimals, language), {"color": FOCUS, "weight": "bold"})


def cell_labels(cell: FanCell, decimals: int, language: Language) -> list[Label]:
    """Give the labels of a small fan: the median, and the scenario's path."""
    labels = [middle_label(cell.bands, decimals, language)]
    if cell.path is not None:
        end = float(cell.path.dropna().iloc[-1])
        labels.append(Label(end, show_number(end, decimals, language), {"color": TEXT, "weight": "bold"}))
    return labels


def band_signs(bands: pd.DataFrame, language: Language, *, baseline: bool = False) -> list[Sign]:
    """Explain the median and the bands, the narrowest first."""
    word = "fan.baseline" if baseline else "fan.middle"
    signs, both = [Sign(message(word, language), line=MIDDLE)], pairs(bands)
    for (low, high), tint in reversed(list(zip(both, TINTS[len(both)], strict=True))):
        text = message("fan.of_outcomes", language, share=share_of(low, high, language))
        edge: Look = {"edgecolor": tinted(EDGE), "linewidth": 0.7}
        signs.append(Sign(text, area={**area_of(tint), **edge}))
    return signs


def tinted(share: float) -> str:
    """Mix the focus's colour with white."""
    return str(to_hex([1 - share * (1 - part) for part in to_rgb(FOCUS)]))
