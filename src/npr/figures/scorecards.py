"""How good a method was: how much its bands held, and where outcomes fell in them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from npr.catalogue.declarations import Language
from npr.figures import alt_scenarios as alt
from npr.figures.checks import checked
from npr.figures.layout import text_width_pt, value_ticks, wrapped
from npr.figures.lines import FOOT_PT, KEY_PT, LINE_PT, draw_key
from npr.figures.style import (
    BAR,
    FOCUS,
    GRID,
    OTHER,
    QUIET,
    TEXT,
    WIDTH_PT,
    Figure,
    Look,
    axes_at,
    canvas,
    to_svg,
)
from npr.language.messages import message
from npr.language.numbers import show_number

ROW_PT, HEAD_PT = 25.0, 18.0
FARTHEST = 4.0  # reaches of the band from its middle that a scorecard shows; what lies beyond stands at the edge
MARKS: tuple[Look, ...] = (
    {"marker": "o", "markersize": 8, "color": FOCUS, "markerfacecolor": FOCUS},
    {"marker": "D", "markersize": 7, "color": TEXT, "markerfacecolor": "white", "markeredgewidth": 1.6},
)


def calibration_plot(
    table: pd.DataFrame, *, tolerance: Mapping[float, tuple[float, float]], language: Language, key: str, axis: str
) -> Figure:
    """Draw how many per cent of the outcomes lay in bands that should hold a share of them.

    Shape: `table` has a row a class and horizon, and a column a nominal level (0.8); `tolerance` gives what is near
    enough to each, in per cent. Unit: per cent.

    Raises:
        ContentError: no number to draw, or a row that stands twice.
    """
    full = checked(table, key)
    full.columns = pd.Index([float(level) for level in full.columns])
    labels = [str(label) for label in full.index]
    left = max(text_width_pt(label) for label in labels) + 12
    height = ROW_PT * len(full)
    low = min(60.0, 10 * np.floor(float(full.min().min()) / 10))
    with canvas(KEY_PT + FOOT_PT + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left, KEY_PT + FOOT_PT, WIDTH_PT - left - 14, height)
        ax.set_xlim(low, 100)
        _rows(ax, labels)
        ticks = value_ticks(low, 100, 7)
        ax.set_xticks(ticks, [show_number(tick, 0, language) for tick in ticks])
        for level in full.columns:
            ax.axvspan(*tolerance[level], color="#E3E8EE", linewidth=0, zorder=0)
            ax.axvline(100 * level, color=QUIET, linewidth=1.0, zorder=1)
            nominal = message("fan.share", language, n=f"{100 * level:.0f}")
            ax.annotate(nominal, (100 * level, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
                        textcoords="offset points", ha="center", va="bottom", color=QUIET)  # fmt: skip
        for at, label in enumerate(full.index):
            for place, (level, held) in enumerate(full.loc[label].dropna().items()):
                _held(ax, at, float(held), MARKS[place % 2], tolerance[float(str(level))], language)
        names = [message("fan.share", language, n=f"{100 * level:.0f}") for level in full.columns]
        keys = [(MARKS[place % 2], message("fan.band", language, share=name)) for place, name in enumerate(names)]
        draw_key(figure, keys, left)
        svg = to_svg(figure, key)
    data = full.copy()
    data.columns = pd.Index(names)
    data.index.name = axis
    return Figure(svg, alt.of_calibration(full, tolerance, language), data, 0)


def scorecard_plot(table: pd.DataFrame, *, focus: str, language: Language, key: str, axis: str) -> Figure:
    """Draw where outcomes fell in the bands that were given: a row an indicator, a dot a country.

    Shape: `table` has a row an indicator and a column a country: 0 at the middle of the band, -1 and 1 at the edges of
    the 80 % band, NaN where nothing came. An outcome of the focus outside its band is crossed.

    Raises:
        ContentError: no number to draw, or a label that stands twice.
    """
    full = checked(table, key)
    lines = [wrapped(str(label), 0.42 * WIDTH_PT) for label in full.index]
    left = max(text_width_pt(line) for one in lines for line in one) + 12
    height = ROW_PT * len(full)
    foot = FOOT_PT + KEY_PT
    with canvas(foot + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left, foot, WIDTH_PT - left - 14, height)
        ax.set_xlim(-FARTHEST - 0.3, FARTHEST + 0.3)
        _rows(ax, ["\n".join(one) for one in lines])
        ax.axvspan(-1, 1, color="#DCE6F2", linewidth=0, zorder=0)
        ax.axvline(0, color=QUIET, linewidth=0.9, zorder=1)
        for edge in (-1, 1):
            ax.axvline(edge, color=QUIET, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
        words = {-FARTHEST: "fan.lower", 0.0: "fan.as_expected", FARTHEST: "fan.higher"}
        ax.set_xticks(list(words), [message(word, language) for word in words.values()])
        for label, side in zip(ax.get_xticklabels(), ("left", "center", "right"), strict=True):
            label.set(ha=side)
        top = message("fan.band", language, share=message("fan.share", language, n="80"))
        ax.annotate(top, (0, 1), xycoords=("data", "axes fraction"), xytext=(0, 4), textcoords="offset points",
                    ha="center", va="bottom", color=QUIET)  # fmt: skip
        for at in range(len(full)):
            _places(ax, at, full.iloc[at].dropna(), focus)
        mine: Look = {"marker": "o", "markersize": 9, "color": FOCUS}
        crossed: Look = {"marker": "x", "markersize": 8, "color": FOCUS, "markeredgewidth": 2.6}
        keys = [(mine, focus), (crossed, message("fan.missed", language))]
        keys.append(({"marker": "o", "markersize": 4.5, "color": OTHER}, message("fan.other_countries", language)))
        draw_key(figure, keys, 0)
        svg = to_svg(figure, key)
    return Figure(svg, alt.of_scorecard(full, focus, language), _summed(full, focus, language, axis), 1)


def _summed(full: pd.DataFrame, focus: str, language: Language, axis: str) -> pd.DataFrame:
    """Give the places of the focus beside the middle half of the others, a row an indicator."""
    others = full.drop(columns=[focus], errors="ignore")
    parts = {focus: full[focus]} if focus in full.columns else {}
    for name, level in (("others_lower", 0.25), ("others_middle", 0.5), ("others_upper", 0.75)):
        parts[message(f"fan.{name}", language)] = others.quantile(level, axis=1)
    return pd.DataFrame(parts).rename_axis(axis)


def _rows(ax: Axes, labels: list[str]) -> None:
    """Name the rows, the first at the top, each with a faint line."""
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_yticks(range(len(labels)), labels, linespacing=LINE_PT / 10.5)
    for at in range(len(labels)):
        ax.axhline(at, color=GRID, linewidth=0.7, zorder=0.5)


def _held(ax: Axes, at: int, held: float, mark: Look, near: tuple[float, float], language: Language) -> None:
    ax.plot([held], [at], clip_on=False, zorder=4, **mark)
    if not near[0] <= held <= near[1]:
        ax.plot([held], [at], "x", color="white" if mark["markerfacecolor"] == FOCUS else TEXT, markersize=5, zorder=5)
    ax.annotate(show_number(held, 0, language), (held, at), xytext=(-8, 0), textcoords="offset points", ha="right",
                va="center_baseline", color=mark["color"])  # fmt: skip


def _places(ax: Axes, at: int, row: pd.Series[float], focus: str) -> None:
    """Draw the others as small dots, those beyond the scale as arrows at its edge, and the focus on top."""
    others = row.drop(labels=[focus], errors="ignore")
    inside = others[others.abs() <= FARTHEST]
    ax.plot(inside, [at] * len(inside), "o", color=OTHER, markersize=4, alpha=0.55, markeredgewidth=0, zorder=2)
    for side, marker in ((-1, "<"), (1, ">")):
        if (side * others > FARTHEST).any():
            ax.plot([side * (FARTHEST + 0.12)], [at], marker, color=BAR, markersize=5, zorder=2)
    if focus in row.index:
        place = float(np.clip(row[focus], -FARTHEST, FARTHEST))
        hit = abs(float(row[focus])) <= 1
        look: Look = (
            {"marker": "o", "markersize": 9} if hit else {"marker": "x", "markersize": 8, "markeredgewidth": 2.6}
        )
        ax.plot([place], [at], color=FOCUS, zorder=5, linestyle="none", **look)
