"""Lines, bars and texts in a chart whose limits are set: a fraction of the work that matplotlib's own methods do.

Those also find the next colour, convert units and look after limits, for each mark anew; a chart has hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation, Transform

GAP = float("nan")  # where a line is lifted


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


def write_beside(ax: Axes, x: float, y: float, text: str, right_pt: float, up_pt: float = 0.0, **look: Any) -> None:
    """Write a text so far from a place of the chart."""
    ax.text(x, y, text, transform=moved(ax, ax.transData, right_pt, up_pt), **look)


def moved(ax: Axes, places: Transform, right_pt: float, up_pt: float = 0.0) -> Transform:
    """Give the places of a transform, moved by some points."""
    figure: Any = ax.get_figure(root=True)
    return places + ScaledTranslation(right_pt / 72, up_pt / 72, figure.dpi_scale_trans)
