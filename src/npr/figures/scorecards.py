"""How good a method was: how much its bands held, and where outcomes fell in them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault, UsageError
from npr.figures import alt_scenarios as alt
from npr.figures.checks import GUARD, checked, refused
from npr.figures.fan_parts import percent
from npr.figures.keys import Sign, draw_rows, height_of, rows_of
from npr.figures.layout import text_width_pt, value_ticks
from npr.figures.lines import FOOT_PT
from npr.figures.marks import draw_marks, mark_below, rule_rows, write_beside
from npr.figures.row_names import lines_of, name_rows, room_of, row_height
from npr.figures.style import FOCUS, GRID, OTHER, QUIET, TEXT, WIDTH_PT, Figure, Look, axes_at, canvas, to_svg
from npr.language.messages import message
from npr.language.numbers import show_number

ROW_PT, HEAD_PT = 24.0, 18.0
LEAST_PT, CROSS_PT = 34.0, 19.0  # beside a mark: for its number and a cross; for the cross alone
FARTHEST = 4.0  # reaches of the band from its middle that a scorecard shows; what lies beyond stands at the edge
BAND, DARKER = "#E1EAF4", "#CBD9E8"
MARKS: tuple[Look, ...] = (
    {"marker": "o", "markersize": 8, "color": FOCUS, "markerfacecolor": FOCUS},
    {"marker": "D", "markersize": 6.6, "color": TEXT, "markerfacecolor": "white", "markeredgewidth": 1.6},
)
OFF: Look = {"marker": "x", "markersize": 6, "color": TEXT, "markeredgewidth": 1.8}
Tolerance = Mapping[float, tuple[float, float]]


def calibration_plot(table: pd.DataFrame, *, tolerance: Tolerance, language: Language, key: str, axis: str) -> Figure:
    """Draw how many per cent of the outcomes lay in bands that should hold a share of them.

    A share outside what is tolerated is crossed. Numbers are whole, unless rounding would put one on the other side of
    what is tolerated.

    Shape: `table` has a row a class and horizon, and a column a nominal level (0.8), at most two; `tolerance` gives
    what is near enough to each. Unit: per cent.

    Raises:
        UsageError: more levels than there are markers.
        ContentError: no number to draw, a row that stands twice, a share outside 0-100, a column that is no level, or
            one without a tolerance.
    """
    full = _levels(checked(table, key), tolerance, key)
    digits, names = _digits(full, tolerance), lines_of(list(full.index))
    left, height = room_of(names), row_height(names, ROW_PT) * len(full)
    room = _beside(full, digits, language)
    plot = WIDTH_PT - left - room
    low, first = _begins(full, tolerance, room / plot)
    rows = rows_of(_calibration_signs(list(full.columns), language))
    foot = FOOT_PT + height_of(rows) + 3
    with canvas(foot + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left, foot, plot, height)
        ax.set_xlim(first, 100)
        name_rows(ax, names)
        ticks = value_ticks(low, 100, 6)
        mark_below(ax, ticks, [show_number(tick, 0, language) for tick in ticks])
        for level in full.columns:
            _promise(ax, level, tolerance[level], language)
        point = (100 - first) / plot
        rule_rows(ax, range(len(full)), color=GRID, linewidth=0.7, zorder=0.6)
        for at in range(len(full)):
            _held(ax, at, full.iloc[at], tolerance, point, digits, language)
        draw_rows(figure, rows)
        svg = to_svg(figure, key)
    data = full.copy()
    data.columns = pd.Index([message("fan.band", language, share=_share(level, language)) for level in full.columns])
    data.index.name = table.index.name or message("fan.group", language)
    return Figure(svg, alt.of_calibration(full, tolerance, language, axis, digits), data, digits)


def scorecard_plot(table: pd.DataFrame, *, focus: str, language: Language, key: str, axis: str) -> Figure:
    """Draw where outcomes fell in the bands that were given: a row an indicator, a dot a country.

    Outcomes more than four reaches of the band from its middle stand at the edge, with an arrow.

    Shape: `table` has a row an indicator and a column a country: 0 at the middle of the band, -1 and 1 at the edges of
    the 80 % band, NaN where nothing came. An outcome of the focus outside its band is crossed. The data have the
    focus's places beside the quartiles of the others'. `axis` heads the names of the rows in the data.

    Raises:
        ContentError: no number to draw, or a label that stands twice.
    """
    full = checked(table, key)
    names = lines_of(list(full.index))
    left, height = room_of(names), row_height(names, ROW_PT) * len(full)
    rows = rows_of(_scorecard_signs(full, focus, language))
    foot = FOOT_PT + height_of(rows) + 3
    with canvas(foot + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left, foot, WIDTH_PT - left - 6, height)
        ax.set_xlim(-FARTHEST - 0.4, FARTHEST + 0.4)
        name_rows(ax, names)
        _expected(ax, language)
        rule_rows(ax, range(len(full)), color=GRID, linewidth=0.7, zorder=0.6)
        for at in range(len(full)):
            _places(ax, at, full.iloc[at].dropna(), focus)
        draw_rows(figure, rows)
        svg = to_svg(figure, key)
    return Figure(svg, alt.of_scorecard(full, focus, language), _summed(full, focus, language, axis), 1)


def _levels(full: pd.DataFrame, tolerance: Tolerance, key: str) -> pd.DataFrame:
    """Give the table with its levels as numbers, in order."""
    if len(full.columns) > len(MARKS):
        what = f"Figure {key} has {len(full.columns)} levels"
        raise UsageError(what, kept="Nothing was drawn.", todo=f"Give at most {len(MARKS)}.")
    try:
        full.columns = pd.Index([float(level) for level in full.columns])
    except ValueError as error:
        raise refused(key, "columns", "levels such as 0.8", str(error)) from error
    faults = [Fault(f"figure {key}", "tolerance", f"one for {level}", "none")
              for level in full.columns if level not in tolerance]  # fmt: skip
    if full.min().min() < 0 or full.max().max() > 100:
        faults.append(Fault(f"figure {key}", "data", "0 to 100 per cent", f"{full.min().min()} to {full.max().max()}"))
    if faults:
        raise ContentError(faults, todo=GUARD)
    return full[sorted(full.columns)]


def _digits(full: pd.DataFrame, tolerance: Tolerance) -> int:
    """Give the fewest decimals that leave every share on its side of what is tolerated."""
    held = [(float(one), tolerance[level]) for level in full.columns for one in full[level].dropna()]
    for digits in (0, 1):
        shown = [(np.floor(one * 10**digits + 0.5) / 10**digits, one, near) for one, near in held]
        if all((near[0] <= said <= near[1]) == (near[0] <= one <= near[1]) for said, one, near in shown):
            return digits
    return 2


def _beside(full: pd.DataFrame, digits: int, language: Language) -> float:
    """Give the room that a mark needs beside it, for its number and a cross. Unit: points."""
    held = full.to_numpy()[full.notna().to_numpy()]
    return max(LEAST_PT, CROSS_PT + max(text_width_pt(show_number(float(one), digits, language)) for one in held))


def _begins(full: pd.DataFrame, tolerance: Tolerance, share: float) -> tuple[float, float]:
    """Give the first tick, and where the scale begins: the lowest mark has a share of the scale left of it."""
    lowest, edges = float(full.min().min()), [tolerance[level][0] for level in full.columns]
    low = max(0.0, min(60.0, 10 * np.floor((min(lowest, *edges) - 4) / 10)))
    return low, min(low, (lowest - 100 * share) / (1 - share))


def _share(level: float, language: Language) -> str:
    return message("fan.share", language, n=percent(level, language))


def _calibration_signs(levels: list[float], language: Language) -> list[Sign]:
    signs = [Sign(message("fan.band", language, share=_share(level, language)), mark=mark)
             for level, mark in zip(levels, MARKS, strict=False)]  # fmt: skip
    edge: Look = {"facecolor": DARKER, "linewidth": 0}
    accepted = Sign(message("fan.accepted", language), area=edge)
    return [*signs, accepted, Sign(message("fan.off", language), mark=OFF)]


def _promise(ax: Axes, level: float, near: tuple[float, float], language: Language) -> None:
    """Draw what a band should hold, and what is near enough to it."""
    ax.axvspan(*near, facecolor=DARKER, linewidth=0, zorder=0.3, alpha=0.75)
    ax.axvline(100 * level, color=QUIET, linewidth=1.0, zorder=1)
    ax.annotate(_share(level, language), (100 * level, 1), xycoords=("data", "axes fraction"), xytext=(0, 5),
                textcoords="offset points", ha="center", va="baseline", color=QUIET)  # fmt: skip


def _held(
    ax: Axes, at: int, row: pd.Series[float], tolerance: Tolerance, point: float, digits: int, language: Language
) -> None:
    """Draw a row's shares; each number stands on the side away from its line, or from a mark that is near."""
    held = {float(str(level)): float(one) for level, one in row.dropna().items()}
    close = len(held) > 1 and max(held.values()) - min(held.values()) < 50 * point
    for mark, (level, one) in zip(_marks(row), held.items(), strict=True):
        draw_marks(ax, [one], [at], clip_on=False, zorder=4, **mark)
        right = one > min(held.values()) or (level == max(held) and one == min(held.values()) == max(held.values()))
        side = (1 if right else -1) if close else (1 if one >= 100 * level else -1)
        text = show_number(one, digits, language)
        look: Look = {"ha": "left" if side > 0 else "right", "va": "center_baseline", "color": mark["color"]}
        write_beside(ax, one, at, text, 8 * side, zorder=5, **look)
        if not tolerance[level][0] <= one <= tolerance[level][1]:
            draw_marks(ax, [one + side * (15 + text_width_pt(text)) * point], [at], clip_on=False, zorder=4, **OFF)


def _marks(row: pd.Series[float]) -> list[Look]:
    return [mark for mark, held in zip(MARKS, row.notna(), strict=False) if held]


def _expected(ax: Axes, language: Language) -> None:
    """Draw the band that outcomes should fall in, and the scale in words."""
    ax.axvspan(-1, 1, facecolor=BAND, linewidth=0, zorder=0)
    ax.axvline(0, color=QUIET, linewidth=0.9, zorder=1)
    for edge in (-1, 1):
        ax.axvline(edge, color=QUIET, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    words = {-FARTHEST: "fan.lower", 0.0: "fan.as_expected", FARTHEST: "fan.higher"}
    for (place, word), side in zip(words.items(), ("left", "center", "right"), strict=True):
        mark_below(ax, [place], [message(word, language)], ha=side)
    ax.annotate(message("fan.band80", language), (0, 1), xycoords=("data", "axes fraction"), xytext=(0, 5),
                textcoords="offset points", ha="center", va="baseline", color=QUIET)  # fmt: skip


def _places(ax: Axes, at: int, row: pd.Series[float], focus: str) -> None:
    """Draw the others as small dots, those beyond the scale as arrows at its edge, and the focus on top."""
    others = row.drop(labels=[focus], errors="ignore")
    inside = others[others.abs() <= FARTHEST]
    draw_marks(
        ax,
        inside,
        [at] * len(inside),
        color=OTHER,
        markersize=4,
        alpha=0.6,
        markeredgewidth=0,
        zorder=2,
    )
    for side, arrow in ((-1, "<"), (1, ">")):
        if (side * others > FARTHEST).any():
            draw_marks(
                ax,
                [side * (FARTHEST + 0.22)],
                [at],
                marker=arrow,
                color=OTHER,
                markersize=5,
                zorder=2,
            )
    if focus not in row.index:
        return
    place, hit = float(np.clip(row[focus], -FARTHEST, FARTHEST)), abs(float(row[focus])) <= 1
    draw_marks(ax, [place], [at], zorder=5, **(_MINE if hit else _CROSSED))
    if abs(float(row[focus])) > FARTHEST:
        pointer: Look = {"marker": ">" if place > 0 else "<", "markersize": 6, "color": FOCUS, "clip_on": False}
        draw_marks(ax, [place + np.sign(place) * 0.34], [at], zorder=5, **pointer)


_MINE: Look = {"marker": "o", "markersize": 10, "color": FOCUS, "markeredgecolor": "white", "markeredgewidth": 1.0}
_CROSSED: Look = {"marker": "x", "markersize": 8, "color": FOCUS, "markeredgewidth": 2.8}


def _scorecard_signs(full: pd.DataFrame, focus: str, language: Language) -> list[Sign]:
    signs = []
    if focus in full.columns:
        own = full[focus].dropna()
        bold = {"weight": "bold", "color": FOCUS}
        signs.append(Sign(focus, mark=_MINE, font=bold))
        if (own.abs() > 1).any():
            signs.append(Sign(message("fan.own_missed", language, name=focus), mark=_CROSSED))
    others = full.drop(columns=[focus], errors="ignore")
    if len(others.columns):
        signs.append(
            Sign(message("fan.other_countries", language), mark={"marker": "o", "markersize": 4.5, "color": OTHER})
        )
    if (full.abs() > FARTHEST).to_numpy().any():
        signs.append(Sign(message("fan.farther", language), mark={"marker": ">", "markersize": 5, "color": OTHER}))
    return signs


def _summed(full: pd.DataFrame, focus: str, language: Language, axis: str) -> pd.DataFrame:
    """Give the places of the focus beside the quartiles of the others', a row an indicator."""
    others = full.drop(columns=[focus], errors="ignore")
    parts = {focus: full[focus]} if focus in full.columns else {}
    for name, level in (("others_lower", 0.25), ("others_middle", 0.5), ("others_upper", 0.75)):
        if len(others.columns):
            parts[message(f"fan.{name}", language)] = others.quantile(level, axis=1)
    return pd.DataFrame(parts).rename_axis(axis)
