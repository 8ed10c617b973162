"""Lines, bars and texts in a chart whose limits are set: a fraction of the work that matplotlib's own methods do.

Those also find the next colour, convert units and look after limits, for each mark anew; a chart has hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation, Transform

from npr.figures.style import GRID, QUIET, Look

GAP = float("nan")  # where a line is lifted
RULE: Look = {"color": GRID, "linewidth": 0.7, "zorder": 0.5}


def draw_line(ax: Axes, xs: Any, ys: Any, **look: Any) -> None:
    """Draw a line through some points. NaN lifts it."""
    ax.add_artist(Line2D(xs, ys, **look))


def draw_marks(ax: Axes, xs: Any, ys: Any, marker: Any = "o", **look: Any) -> None:
    """Draw markers on some points, with no line."""
    draw_line(ax, xs, ys, marker=marker, **{**look, "linestyle": "none"})


def draw_bar(ax: Axes, start: float, middle: float, length: float, thick: float, **look: Any) -> None:
    """Draw a bar from `start` along its row, whose middle and height are those of the scale of rows."""
    ax.add_artist(Rectangle((start, middle - thick / 2), length, thick, **look))


def rule_rows(ax: Axes, rows: Sequence[float], **look: Any) -> None:
    """Draw a thin line across the whole chart at each of some rows, as one."""
    xs, ys = [0.0, 1.0, GAP] * len(rows), [y for row in rows for y in (row, row, GAP)]
    draw_line(ax, xs, ys, transform=ax.get_yaxis_transform(), **look)


def mark_below(ax: Axes, ticks: Sequence[float], texts: Sequence[str], **look: Any) -> None:
    """Mark places of the axis below the chart, each with a tick and a text; `look` is that of the texts."""
    below = ax.get_xaxis_transform()
    tick: Look = {"markersize": 3, "markeredgewidth": 0.8, "color": QUIET, "zorder": 0.5}
    draw_marks(ax, ticks, [0.0] * len(ticks), TICKDOWN, transform=below, clip_on=False, **tick)
    place = moved(ax, below, 0, -6.5)
    for x, text in zip(ticks, texts, strict=True):
        ax.text(x, 0, text, transform=place, **{"ha": "center", "va": "top", "color": QUIET, **look})


def rule_columns(ax: Axes, columns: Sequence[float], **look: Any) -> None:
    """Draw a thin line from the foot to the top of the chart at each of some places, as one."""
    xs, ys = [x for column in columns for x in (column, column, GAP)], [0.0, 1.0, GAP] * len(columns)
    draw_line(ax, xs, ys, transform=ax.get_xaxis_transform(), **look)


def mark_values(ax: Axes, ticks: Sequence[float], texts: Sequence[str]) -> None:
    """Rule the chart at some values, and write each to the left of it."""
    rule_rows(ax, ticks, **RULE)
    place = moved(ax, ax.get_yaxis_transform(), -3.5)
    for y, text in zip(ticks, texts, strict=True):
        ax.text(0, y, text, transform=place, ha="right", va="center_baseline", color=QUIET)


def write_beside(ax: Axes, x: float, y: float, text: str, right_pt: float, up_pt: float = 0.0, **look: Any) -> None:
    """Write a text so far from a place of the chart."""
    ax.text(x, y, text, transform=moved(ax, ax.transData, right_pt, up_pt), **look)


def moved(ax: Axes, places: Transform, right_pt: float, up_pt: float = 0.0) -> Transform:
    """Give the places of a transform, moved by some points."""
    figure: Any = ax.get_figure(root=True)
    return places + ScaledTranslation(right_pt / 72, up_pt / 72, figure.dpi_scale_trans)
