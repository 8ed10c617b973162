"""A chart of two years side by side, a line a country."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from npr.catalogue.declarations import Language
from npr.errors import UsageError
from npr.figures import alt
from npr.figures.checks import checked
from npr.figures.layout import spread, text_width_pt
from npr.figures.marks import draw_line
from npr.figures.style import QUIET, SIZE_PT, WIDTH_PT, Cast, Figure, axes_at, canvas, to_svg
from npr.language.messages import message

LINE_PT = SIZE_PT + 2.6
LEADER_PT = 15.0
HEAD_PT = 24.0
FOOT_PT = 9.0
SMALLEST_PT = 110.0  # the least width in which slopes can be told apart


def slope(
    table: pd.DataFrame,
    *,
    focus: str,
    mean: str | None,
    language: Language,
    axis: str,
    decimals: int,
    key: str,
) -> Figure:
    """Draw two years side by side, a line a country; one that lacks a year is left out.

    Shape: `table` has the countries' names as index, and two columns named after the years.

    Raises:
        UsageError: there are not two columns.
        ContentError: no country has both years, or a name stands twice.
    """
    if len(table.columns) != 2:
        what = f"Figure {key} compares two years, and got {len(table.columns)}"
        raise UsageError(what, kept="Nothing was drawn.", todo="Give a table with two columns.")
    rows, cast = checked(table.dropna(), key), Cast(focus, mean, language, decimals)
    texts, widths = _texts_that_fit(rows, cast)
    plot = min(230.0, WIDTH_PT - sum(widths))
    left = widths[0] + (WIDTH_PT - sum(widths) - plot) / 2
    height = max(215.0, LINE_PT * len(rows))
    with canvas(height + HEAD_PT + FOOT_PT, key) as figure:
        ax = axes_at(figure, left, FOOT_PT, plot, height)
        ax.set_xlim(0, 1)
        _limits(ax, rows)
        for side in (0, 1):
            _name_side(ax, rows.iloc[:, side], texts[side], side, cast, LEADER_PT / plot, height)
            ax.axvline(side, color=QUIET, linewidth=0.8, zorder=1, clip_on=False)
            _head(ax, side, str(rows.columns[side]), height)
        for name, numbers in rows.iterrows():
            size = 5.4 if cast.strong(str(name)) else 3.8
            draw_line(ax, [0, 1], numbers.tolist(), marker="o", markersize=size, clip_on=False, **cast.pen(str(name)))
        ax.set_axis_off()
        svg = to_svg(figure, key)
    data = rows.copy()
    data.index = pd.Index([str(name) for name in rows.index], name=message("scoreboard.country", language))
    return Figure(svg, alt.of_slope(rows, cast, axis), data, decimals)


def _texts_that_fit(rows: pd.DataFrame, cast: Cast) -> tuple[list[list[str]], list[float]]:
    """Give the labels of both sides and their widths; names too long for both stand on the right side only."""
    for named in (True, False):
        texts = [_texts(rows, 0, cast, named=named), _texts(rows, 1, cast, named=True)]
        widths = [max(text_width_pt(one, bold=True) for one in some) + LEADER_PT for some in texts]
        if sum(widths) + SMALLEST_PT <= WIDTH_PT:
            return texts, widths
    return texts, [widths[0], min(widths[1], WIDTH_PT - SMALLEST_PT - widths[0])]


def _texts(rows: pd.DataFrame, side: int, cast: Cast, *, named: bool) -> list[str]:
    """Give the labels of one side, the number next to the line; who stands out is always named."""
    shown = [cast.show(number) for number in rows.iloc[:, side]]
    names = [str(name) if named or cast.strong(str(name)) else "" for name in rows.index]
    pairs = zip(names, shown, strict=True)
    return [(f"{name}  {number}" if side == 0 else f"{number}  {name}").strip() for name, number in pairs]


def _limits(ax: Axes, rows: pd.DataFrame) -> None:
    low, high = float(rows.to_numpy().min()), float(rows.to_numpy().max())
    room = 0.05 * (high - low or abs(high) or 1.0)
    ax.set_ylim(low - room, high + room)


def _head(ax: Axes, side: int, year: str, height: float) -> None:
    """Write a year above its side."""
    over = ax.get_xaxis_transform()
    ax.text(side, 1 + 6 / height, year, transform=over, size=SIZE_PT + 0.5, ha="center", va="bottom", weight="bold")


def _name_side(
    ax: Axes, numbers: pd.Series[float], texts: list[str], side: int, cast: Cast, leader: float, height: float
) -> None:
    """Name the lines on one side; a thin leader joins a label that had to move."""
    low, high = ax.get_ylim()
    places = spread(numbers.tolist(), LINE_PT * (high - low) / height, low, high)
    out = -1 if side == 0 else 1
    for name, number, text, place in zip(map(str, numbers.index), numbers, texts, places, strict=True):
        bends = [side + out * leader * share for share in (0.25, 0.75)]
        draw_line(
            ax, [side, *bends], [number, number, place], color=cast.color(name), linewidth=0.5, clip_on=False, zorder=2
        )
        ax.text(
            side + out * leader,
            place,
            text,
            va="center_baseline",
            ha="right" if side == 0 else "left",
            **cast.font(name),
        )
