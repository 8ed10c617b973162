"""The parts of a fan chart: scales, bands, paths, labels and signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure as Canvas

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures.checks import GUARD
from npr.figures.layout import limits, spread, text_width_pt, tick_texts, value_ticks, year_ticks
from npr.figures.lines import LEADER_PT, LINE_PT
from npr.figures.style import (
    FOCUS,
    QUIET,
    TEXT,
    WIDTH_PT,
    Look,
    axes_at,
)
from npr.language.messages import message
from npr.language.numbers import show_number

MEDIAN, LOW, HIGH = 0.5, 0.1, 0.9
TINTS = (0.16, 0.36)  # of the outer bands and of the innermost one: light enough for the lines on them
DASHED, DOTTED = (0, (4.0, 2.0)), (0, (1.0, 1.6))
OTHERS = ((0, (6.0, 2.0)), (0, (1.2, 1.6)), (0, (6.0, 1.6, 1.2, 1.6)), "solid")
HEIGHT_PT, CELL_PT, BETWEEN_PT = 230.0, 104.0, 22.0
Target = tuple[int, float, str]


@dataclass(frozen=True)
class FanCell:
    """One small fan: what was observed, the bands, and a scenario's path with its range, when there is one.

    Shape: `history`, `path`, `low` and `high` by year; `bands` years by quantile levels. `axis` and `decimals` are for
    cells that do not share a scale.
    """

    title: str
    history: pd.Series[float]
    bands: pd.DataFrame
    path: pd.Series[float] | None = None
    low: pd.Series[float] | None = None
    high: pd.Series[float] | None = None
    axis: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class Label:
    """A text beside the end of a line: where it belongs, and how it looks."""

    y: float
    text: str
    look: Look


def check(history: pd.Series[float], bands: pd.DataFrame, key: str) -> None:
    """Refuse what no fan can be drawn from; the faults are those that `fan` names."""
    faults = []
    levels = [float(level) for level in bands.columns]
    if history.dropna().empty:
        faults.append(Fault(f"figure {key}", "history", "at least one number", "none"))
    if MEDIAN not in levels or len(levels) < 3 or bands.empty:
        faults.append(Fault(f"figure {key}", "bands", "quantiles with the median and a pair around it", str(levels)))
    elif not np.isfinite(bands.to_numpy(dtype=float)).all():
        faults.append(Fault(f"figure {key}", "bands", "finite numbers", "a missing or infinite one"))
    elif (np.diff(bands[sorted(bands.columns)].to_numpy(dtype=float), axis=1) < 0).any():
        faults.append(Fault(f"figure {key}", "bands", "quantiles in order", "some that cross"))
    if not faults and int(bands.index[0]) <= int(history.dropna().index[-1]):
        found = f"{bands.index[0]} after {history.dropna().index[-1]}"
        faults.append(Fault(f"figure {key}", "bands", "years after the last observation", found))
    if faults:
        raise ContentError(faults, todo=GUARD)


def _pairs(bands: pd.DataFrame) -> list[tuple[float, float]]:
    """Give the pairs of quantiles, the widest first."""
    levels = sorted(float(level) for level in bands.columns)
    return [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]


def fan_axes(
    figure: Canvas, history: pd.Series[float], bands: pd.DataFrame, numbers: Sequence[float], labels: Sequence[Label],
    language: Language, bottom: float, height: float, left: float = 0.0, width: float = WIDTH_PT,
) -> tuple[Axes, float]:  # fmt: skip
    """Give axes with scales, ticks and the labels at the right; and where the frame begins."""
    low, high = limits([float(number) for number in numbers if np.isfinite(number)])
    ticks = value_ticks(low, high)
    texts = tick_texts(ticks, language)
    before = max(text_width_pt(text) for text in texts) + 8
    after = max((text_width_pt(one.text, bold="weight" in one.look) for one in labels), default=0.0) + LEADER_PT + 2
    plot = width - before - after
    ax = axes_at(figure, left + before, bottom, plot, height)
    ax.set_ylim(low, high)
    ax.set_yticks(ticks, texts)
    ax.grid(axis="y")
    years = list(range(int(history.index[0]), int(bands.index[-1]) + 1))
    ax.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    marks = year_ticks(years, plot)
    ax.set_xticks(marks, [str(year) for year in marks])
    _write_labels(ax, labels, plot, height)
    return ax, left + before


def _write_labels(ax: Axes, labels: Sequence[Label], plot: float, height: float) -> None:
    """Write the labels beside the right edge, moved apart, each with a thin leader."""
    (first, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    point = (right - first) / plot
    places = spread([one.y for one in labels], LINE_PT * (high - low) / height, low, high)
    for one, place in zip(labels, places, strict=True):
        ax.plot(
            [right - 0.3, right + 2 * point, right + (LEADER_PT - 5) * point], [one.y, one.y, place],
            color=QUIET, linewidth=0.5, clip_on=False, zorder=2, solid_capstyle="butt",
        )  # fmt: skip
        ax.text(right + LEADER_PT * point, place, one.text, va="center_baseline", **one.look)


def draw_bands(ax: Axes, history: pd.Series[float], bands: pd.DataFrame, tested_to: int | None) -> None:
    """Fill the bands from the last observation on, the widest lightest, with thin edges; dash the median."""
    for at, (low, high) in enumerate(pairs := _pairs(bands)):
        lower, upper = (joined(history, bands[level]) for level in (low, high))
        tint = TINTS[1] if at == len(pairs) - 1 else TINTS[0]
        for years, tried in _stretches(list(lower.index), tested_to):
            ax.fill_between(
                years, lower[years], upper[years], facecolor=_tint(tint if tried else tint / 2), edgecolor=_tint(0.6),
                hatch=None if tried else "....", linewidth=0.0, zorder=1.2 + at / 10,
            )  # fmt: skip
            for edge in (lower, upper):
                style = "solid" if tried else DOTTED
                ax.plot(years, edge[years], color=_tint(0.62), linewidth=0.7, linestyle=style, zorder=2)
    middle = joined(history, bands[MEDIAN])
    for years, tried in _stretches(list(middle.index), tested_to):
        ax.plot(years, middle[years], color=FOCUS, linewidth=2.0, linestyle=DASHED if tried else DOTTED, zorder=5)


def draw_history(ax: Axes, history: pd.Series[float]) -> None:
    """Draw what was observed, the last observation as a dot."""
    seen = history.dropna()
    ax.plot(seen.index, seen, color=FOCUS, linewidth=2.4, zorder=6)
    ax.plot([seen.index[-1]], [seen.iloc[-1]], "o", color=FOCUS, markersize=5, zorder=6)


def draw_path(ax: Axes, cell: FanCell) -> None:
    """Draw a scenario's path over its hatched range, when the cell has one."""
    if cell.path is None:
        return
    path = joined(cell.history, cell.path)
    if cell.low is not None and cell.high is not None:
        lower, upper = (joined(cell.history, one) for one in (cell.low, cell.high))
        ax.fill_between(
            lower.index, lower, upper, facecolor="none", edgecolor=TEXT, hatch="/////", linewidth=0.0, zorder=3
        )
    ax.plot(path.index, path, color="white", linewidth=4.4, zorder=6.5)
    ax.plot(path.index, path, color=TEXT, linewidth=2.2, zorder=7)


def mark_tested(ax: Axes, tested_to: int, language: Language) -> None:
    """Mark the last year that the back-test has tried."""
    ax.axvline(tested_to + 0.5, color=QUIET, linewidth=0.8, linestyle=DOTTED, zorder=2)
    text = message("fan.tested", language, year=str(tested_to))
    ax.annotate(text, (tested_to + 0.5, 1), xycoords=("data", "axes fraction"), xytext=(-3, 2),
                textcoords="offset points", ha="right", va="bottom", color=QUIET)  # fmt: skip


def mark_target(ax: Axes, origin: int, target: Target, decimals: int, language: Language) -> None:
    """Mark a target with its level and year."""
    year, value, called = target
    ax.plot([origin, year], [value, value], color=TEXT, linewidth=0.9, linestyle=DOTTED, zorder=4)
    ax.plot([year], [value], "D", color=TEXT, markersize=7, markerfacecolor="white", markeredgewidth=1.6, zorder=9)
    text = f"{called}: {show_number(value, decimals, language)} ({year})"
    first = float(ax.get_xlim()[0])
    ax.annotate(text, (first, value), xytext=(4, 3), textcoords="offset points", va="bottom", color=TEXT)
    ax.plot([first, origin], [value, value], color=TEXT, linewidth=0.9, linestyle=DOTTED, zorder=1)


def joined(history: pd.Series[float], later: pd.Series[float]) -> pd.Series[float]:
    """Give a path from the last observation on."""
    seen = history.dropna()
    return pd.concat([seen.iloc[-1:], later.dropna()])


def _stretches(years: list[int], tested_to: int | None) -> Iterator[tuple[list[int], bool]]:
    """Give the years that the back-test has tried and those beyond, each with where it begins."""
    tried = [year for year in years if tested_to is None or year <= tested_to]
    beyond = [year for year in years if tested_to is not None and year >= tested_to]
    if len(tried) > 1:
        yield tried, True
    if len(beyond) > 1:
        yield beyond, False


def outside(seen: pd.Series[float], bands: pd.DataFrame) -> pd.Series[float]:
    """Give the outcomes outside the 80 % band."""
    shared = seen[seen.index.isin(bands.index)]
    return shared[(shared < bands.loc[shared.index, LOW]) | (shared > bands.loc[shared.index, HIGH])]


def band_labels(bands: pd.DataFrame, decimals: int, language: Language) -> list[Label]:
    """Give the labels of the median and of both edges of each band."""
    end = bands.iloc[-1]
    labels = [
        Label(
            float(end[MEDIAN]), show_number(float(end[MEDIAN]), decimals, language), {"color": FOCUS, "weight": "bold"}
        )
    ]
    for low, high in _pairs(bands):
        share = message("fan.share", language, n=f"{100 * (high - low):.0f}")
        for level in (low, high):
            told = f"{share}: {show_number(float(end[level]), decimals, language)}"
            labels.append(Label(float(end[level]), told, {"color": QUIET}))
    return labels


def path_labels(paths: pd.DataFrame) -> list[Label]:
    """Give the names of other paths."""
    ends = {str(name): paths[name].dropna() for name in paths.columns}
    return [Label(float(path.iloc[-1]), name, {"color": QUIET, "style": "normal"}) for name, path in ends.items()]


def cell_labels(cell: FanCell, decimals: int, language: Language) -> list[Label]:
    """Give the labels of a small fan: the median, and the scenario's path."""
    middle = float(cell.bands[MEDIAN].iloc[-1])
    labels = [Label(middle, show_number(middle, decimals, language), {"color": FOCUS, "weight": "bold"})]
    if cell.path is not None:
        end = float(cell.path.iloc[-1])
        labels.append(Label(end, show_number(end, decimals, language), {"color": TEXT, "weight": "bold"}))
    return labels


def keys_of(cells: Sequence[FanCell], language: Language) -> list[tuple[Look, str]]:
    """Explain the two lines, where there are scenarios."""
    dash: Look = {"marker": "_", "markersize": 10, "markeredgewidth": 2}
    if all(cell.path is None for cell in cells):
        return []
    return [
        ({**dash, "color": TEXT}, message("fan.path", language)),
        ({**dash, "color": FOCUS}, message("fan.baseline", language)),
    ]


def numbers_of(cell: FanCell) -> Iterator[float]:
    """Give all numbers of a small fan, for its scale."""
    for part in (cell.history, cell.path, cell.low, cell.high):
        if part is not None:
            yield from (float(one) for one in part.dropna())
    yield from (float(one) for one in cell.bands.to_numpy().ravel())


def _tint(share: float) -> str:
    return str(to_hex([1 - share * (1 - part) for part in to_rgb(FOCUS)]))
