"""Charts over time of one indicator: a line a country, each named at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.path import Path as Outline

from npr.catalogue.declarations import Language
from npr.figures import alt
from npr.figures.checks import checked_years
from npr.figures.layout import limits, spread, text_width_pt, tick_texts, value_ticks, year_ticks
from npr.figures.marks import draw_line, draw_marks, mark_below, mark_values
from npr.figures.runs import FEW_YEARS, Run, breaks_within, runs
from npr.figures.style import (
    QUIET,
    SIZE_PT,
    TEXT,
    WIDTH_PT,
    Cast,
    Figure,
    Look,
    axes_at,
    canvas,
    mark_at,
    to_svg,
    write_at,
)
from npr.language.messages import message

LINE_PT = SIZE_PT + 2.4  # from one label to the next
LEADER_PT = 15.0  # from the frame to the labels
FOOT_PT = 19.0  # for the years under a chart
KEY_PT = 20.0  # for the row that explains the signs
BREAK_SIGN = [(-0.75, -1.0), (-0.05, 1.0), (0.05, -1.0), (0.75, 1.0)]
BREAK_CODES = [1, 2, 1, 2]


@dataclass(frozen=True)
class Signs:
    """What a line must not hide: breaks by name, years with provisional numbers, and whether gaps are joined."""

    breaks: Mapping[str, Sequence[int]]
    provisional: Sequence[int]
    join_gaps: bool = False


def line_comparison(
    table: pd.DataFrame,
    *,
    focus: str,
    mean: str | None,
    language: Language,
    axis: str,
    decimals: int,
    key: str,
    breaks: Mapping[str, Sequence[int]] | None = None,
    provisional: Sequence[int] = (),
    join_gaps: bool = False,
) -> Figure:
    """Draw countries over time, each named at its line's end.

    A line stops before a year in `breaks`, where two slanted strokes stand. Where a country has no number a line is
    open, or dotted with `join_gaps`; a number between two gaps is a dot. Provisional years are dotted and hollow.

    Shape: `table` has years as index, and a column a country; NaN is missing.

    Raises:
        ContentError: no number to draw, or a table that is no table of years.
    """
    full, cast = checked_years(table, key), Cast(focus, mean, language, decimals)
    signs = Signs(breaks_within(full, breaks or {}), sorted(set(provisional) & set(full.index)), join_gaps)
    keys = key_of_signs(signs, language)
    foot = FOOT_PT + (KEY_PT if keys else 0)
    height = max(205.0, LINE_PT * len(full.columns))
    with canvas(foot + height + 8, key) as figure:
        frame = Frame.around(full, cast, list(full.columns))
        ax = axes_at(figure, frame.left, foot, WIDTH_PT - frame.left - frame.right, height)
        draw_lines(ax, full, cast, signs, frame)
        name_ends(ax, full, cast, frame, height)
        draw_key(figure, keys, frame.left)
        svg = to_svg(figure, key)
    data = full.copy()
    data.index = pd.Index([str(year) for year in full.index], name=message("scoreboard.year", language))
    return Figure(svg, alt.of_lines(full, cast, axis, signs.breaks, signs.provisional), data, decimals)


@dataclass(frozen=True)
class Frame:
    """The scale of a chart over time, and the room that its texts need. Unit: points."""

    left: float
    right: float
    low: float
    high: float
    ticks: list[float]
    texts: list[str]
    width: float = WIDTH_PT

    @classmethod
    def around(cls, table: pd.DataFrame, cast: Cast, named: list[str], width: float = WIDTH_PT) -> Frame:
        """Give the frame of a table in which some columns are named at their ends."""
        low, high = limits(table.to_numpy()[table.notna().to_numpy()].tolist())
        ticks = value_ticks(low, high)
        texts = tick_texts(ticks, cast.language)
        left = max(text_width_pt(text) for text in texts) + 8
        labels = [text_width_pt(end_text(table, name, cast), bold=cast.strong(name)) for name in named]
        right = min(max(labels, default=0.0) + LEADER_PT + 2, 0.62 * width)
        return cls(left, right, low, high, ticks, texts, width)

    @property
    def plot_pt(self) -> float:
        """Give the width of the chart itself."""
        return self.width - self.left - self.right


def draw_lines(ax: Axes, table: pd.DataFrame, cast: Cast, signs: Signs, frame: Frame) -> None:
    """Draw the lines of a table with their axes, the focus on top with a white edge."""
    set_scales(ax, [int(year) for year in table.index], frame)
    dots = len(table) <= FEW_YEARS
    for name in table.columns:
        series, pen = table[name], cast.pen(name)
        parts = runs(series, signs.breaks.get(name, ()), signs.provisional, join_gaps=signs.join_gaps)
        if name == cast.focus:
            _pieces(ax, series, parts, {**pen, "color": "white", "linewidth": 5.2, "zorder": 5.5})
        _pieces(ax, series, parts, pen)
        _dots(ax, series, parts, pen, signs.provisional, everywhere=dots)
        _break_signs(ax, series.dropna(), signs.breaks.get(name, ()), pen)


def set_scales(ax: Axes, years: list[int], frame: Frame) -> None:
    """Set both axes: few gridlines, and a line at zero when numbers lie on both sides of it."""
    ax.set_ylim(frame.low, frame.high)
    mark_values(ax, frame.ticks, frame.texts)
    if frame.low < 0 < frame.high:
        ax.axhline(0, color=QUIET, linewidth=0.8, zorder=1)
    room = max(0.3, 6 * (years[-1] - years[0]) / frame.plot_pt)
    ax.set_xlim(years[0] - room, years[-1] + room)
    ticks = year_ticks(years, frame.plot_pt)
    mark_below(ax, ticks, [str(year) for year in ticks])


def end_text(table: pd.DataFrame, name: str, cast: Cast) -> str:
    """Give the label of a line: the name, the number where it stands out, and the year where the line ends early."""
    series = table[name].dropna()
    year = int(series.index[-1])
    parts = [name, cast.show(float(series.iloc[-1]))] if cast.strong(name) else [name]
    return " ".join(parts if year == table.index[-1] else [*parts, f"({year})"])


def name_ends(ax: Axes, table: pd.DataFrame, cast: Cast, frame: Frame, height: float) -> None:
    """Name each line beside its last observation; a thin leader joins a label that had to move."""
    names = [str(name) for name in table.columns]
    ends = [(int(series.index[-1]), float(series.iloc[-1])) for series in (table[name].dropna() for name in names)]
    places = spread([end for _, end in ends], LINE_PT * (frame.high - frame.low) / height, frame.low, frame.high)
    first, right = ax.get_xlim()
    point = (right - first) / frame.plot_pt
    for name, (year, end), place in zip(names, ends, places, strict=True):
        bend = right + 2 * point
        draw_line(
            ax,
            [year, bend, bend + (LEADER_PT - 5) * point],
            [end, end, place],
            color=cast.color(name),
            linewidth=0.5,
            clip_on=False,
            zorder=2,
            solid_capstyle="butt",
        )
        ax.text(
            right + LEADER_PT * point,
            place,
            end_text(table, name, cast),
            va="center_baseline",
            **cast.font(name, QUIET),
        )


def key_of_signs(signs: Signs, language: Language) -> list[tuple[Look, str]]:
    """Give the signs that a chart uses and what they mean, in one language."""
    keys: list[tuple[Look, str]] = []
    if any(signs.breaks.values()):
        look: Look = {**_break_marker(), "color": TEXT, "markeredgewidth": 1.2}
        keys.append((look, message("chart.break", language)))
    if signs.provisional:
        hollow: Look = {"marker": "o", "markersize": 5, "color": TEXT, "markerfacecolor": "white"}
        keys.append((hollow, message("chart.provisional", language)))
    return keys


def draw_key(figure: Canvas, keys: list[tuple[Look, str]], left: float, bottom: float = 0.0) -> None:
    """Explain the signs in one row."""
    for look, text in keys:
        mark_at(figure, left + 5, bottom + 7.5, **look)
        write_at(figure, left + 14, bottom + 7.5, text, va="center_baseline", color=QUIET)
        left += 14 + text_width_pt(text) + 18


def _pieces(ax: Axes, series: pd.Series[float], parts: list[Run], pen: Look) -> None:
    for part in parts:
        look = pen if part.kind == "solid" else {**pen, "linestyle": (0, (1, 1.6)), "dash_capstyle": "butt"}
        if part.kind == "joined":
            look["linewidth"] = min(1.2, pen["linewidth"])
        if len(part.years) > 1:
            draw_line(ax, part.years, series.loc[part.years].to_numpy(), **look)


def _dots(
    ax: Axes, series: pd.Series[float], parts: list[Run], pen: Look, provisional: Sequence[int], *, everywhere: bool
) -> None:
    """Dot every observation of a short chart; of a long one those that no line joins and the strong provisional."""
    alone = {part.years[0] for part in parts if len(part.years) == 1}
    seen = series.dropna()
    strong, last = pen["linewidth"] > 1, max(seen.index)
    for unsure in (False, True):
        some = [year for year in seen.index if (year in provisional) == unsure
                and (everywhere or year in alone or (unsure and strong and year == last))]  # fmt: skip
        if some:
            draw_marks(
                ax,
                some,
                seen[some].to_numpy(),
                markersize=(5.4 if everywhere or unsure else 3.6) if strong else (3.4 if everywhere else 2.2),
                color=pen["color"],
                markerfacecolor="white" if unsure else pen["color"],
                markeredgewidth=1.4 if strong else 0.8,
                zorder=pen["zorder"] + 0.2,
            )


def _break_signs(ax: Axes, series: pd.Series[float], years: Sequence[int], pen: Look) -> None:
    """Stand two slanted strokes halfway over each break."""
    for year in years:
        before = series[series.index < year].index[-1]
        after = series[series.index >= year].index[0]
        draw_line(
            ax,
            [(before + after) / 2],
            [(series[before] + series[after]) / 2],
            **_break_marker(),
            color=pen["color"],
            markeredgewidth=max(1.0, pen["linewidth"] / 1.8),
            zorder=pen["zorder"],
        )


def _break_marker() -> Look:
    return {"marker": Outline(BREAK_SIGN, BREAK_CODES), "markersize": 9, "markerfacecolor": "none", "linestyle": "none"}
