"""Charts with a row a country: one number in order, or the numbers of several size classes."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure as Canvas

from npr.catalogue.declarations import Language
from npr.errors import UsageError
from npr.figures import alt
from npr.figures.checks import checked, one_of
from npr.figures.layout import limits, text_width_pt, tick_texts, value_ticks
from npr.figures.marks import (
    GAP,
    RULE,
    draw_bar,
    draw_line,
    draw_marks,
    mark_below,
    moved,
    rule_columns,
    rule_rows,
    write_beside,
)
from npr.figures.style import (
    BAR,
    GRID,
    MEAN,
    QUIET,
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

ROW_PT = 11.5
NAME_PT = 8.0  # between a name and its row
FOOT_PT = 19.0
LEGEND_PT = 22.0
FORMS = ("bar", "dot")
MARKERS = ("o", "D", "s", "^", "v")
MARKER_PT = (5.6, 5.2, 5.6, 6.2, 6.2)

Form = Literal["bar", "dot"]


def ranked(
    table: pd.Series[float],
    *,
    focus: str,
    mean: str | None,
    language: Language,
    axis: str,
    decimals: int,
    key: str,
    form: Form | str = "bar",
) -> Figure:
    """Draw one number a country, the highest first, as bars from zero or as dots on a scale.

    Countries with the same number keep the order they came in.

    Shape: `table` has the countries' names as index, the mean among them.

    Raises:
        UsageError: no such form.
        ContentError: no number to draw, or a name that stands twice.
    """
    one_of(form, FORMS, "form", key)
    full = checked(table.rename(axis).to_frame(), key)[axis]
    series, cast = full.sort_values(ascending=False, kind="stable"), Cast(focus, mean, language, decimals)
    names = [str(name) for name in series.index]
    foot = FOOT_PT if form == "dot" else 2.0
    height, left = ROW_PT * len(series), _names_width(names, cast)
    room = max(text_width_pt(cast.show(amount), bold=True) for amount in series) + 9
    with canvas(foot + height + 2, key) as figure:
        ax = axes_at(figure, left, foot, WIDTH_PT - left - room, height)
        _name_rows(ax, names, cast)
        _bars(ax, series, cast) if form == "bar" else _points(ax, series, cast)
        svg = to_svg(figure, key)
    data = series.to_frame()
    data.index = pd.Index(names, name=message("scoreboard.country", language))
    return Figure(svg, alt.of_ranked(series, cast, axis, form), data, decimals)


def counted(table: pd.Series[float], *, language: Language, axis: str, label: str, key: str) -> Figure:
    """Draw how many there are of each kind, as bars, the most first. `label` is the heading of the kinds.

    Raises:
        ContentError: no number to draw, or a kind that stands twice.
    """
    series = checked(table.rename(axis).to_frame(), key)[axis].sort_values(ascending=False, kind="stable")
    names, cast = [str(name) for name in series.index], Cast("", None, language, 0)
    height, left = 16.0 * len(series), _names_width(names, cast)
    with canvas(height + 4, key) as figure:
        ax = axes_at(figure, left, 2, WIDTH_PT - left - 30, height)
        _name_rows(ax, names, cast)
        _bars(ax, series, cast)
        svg = to_svg(figure, key)
    told = "; ".join(f"{name} {cast.show(amount)}" for name, amount in zip(names, series, strict=True))
    data = series.to_frame()
    data.index = pd.Index(names, name=label)
    return Figure(svg, message("alt.counts", language, axis=axis, told=told), data, 0)


def size_gap(
    table: pd.DataFrame,
    *,
    focus: str,
    mean: str | None,
    language: Language,
    axis: str,
    decimals: int,
    key: str,
) -> Figure:
    """Draw the size classes of each country on one row, joined by a line; sorted by the last, the largest class.

    Shape: `table` has the countries' names as index, and a column a size class from small to large, at most five.

    Raises:
        UsageError: more classes than there are markers.
        ContentError: no number to draw, or a name that stands twice.
    """
    if len(table.columns) > len(MARKERS):
        what = f"Figure {key} has {len(table.columns)} size classes"
        raise UsageError(what, kept="Nothing was drawn.", todo=f"Give at most {len(MARKERS)}.")
    full, cast = checked(table, key), Cast(focus, mean, language, decimals)
    rows = full.sort_values(str(full.columns[-1]), ascending=False, kind="stable")
    names, sizes = [str(name) for name in rows.index], list(rows.columns)
    height, left, legend = ROW_PT * len(rows), _names_width(names, cast), _legend_rows(sizes)
    numbers = rows.to_numpy()[rows.notna().to_numpy()].tolist()
    over = FOOT_PT + height + LEGEND_PT * len(legend)
    with canvas(over, key) as figure:
        before, after = _room_for_ends(rows, cast, WIDTH_PT - left - 12, limits(numbers))
        ax = axes_at(figure, left + before, FOOT_PT, WIDTH_PT - left - before - after - 12, height)
        _name_rows(ax, names, cast, before)
        _scale(ax, numbers, cast, WIDTH_PT - left)
        _dumbbells(ax, rows, cast)
        for place, line in enumerate(legend):
            _legend(figure, line, sizes, left + before, over - LEGEND_PT * place - 8)
        svg = to_svg(figure, key)
    data = rows.copy()
    data.index = pd.Index(names, name=message("scoreboard.country", language))
    return Figure(svg, alt.of_sizes(rows, cast, axis), data, decimals)


def _names_width(names: list[str], cast: Cast) -> float:
    widest = max(text_width_pt(name, bold=cast.strong(name)) for name in names)
    return min(widest + NAME_PT, 0.6 * WIDTH_PT)


def _name_rows(ax: Axes, names: list[str], cast: Cast, away: float = 0.0) -> None:
    """Name the rows, the first at the top. Unit: `away`, from the frame, in points."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    place = moved(ax, ax.get_yaxis_transform(), 2 - NAME_PT - away)
    for at, name in enumerate(names):
        ax.text(0, at, name, transform=place, ha="right", va="center_baseline", **cast.font(name))


def _bars(ax: Axes, series: pd.Series[float], cast: Cast) -> None:
    low, high = min(0.0, float(series.min())), max(0.0, float(series.max()))
    for at, (name, amount) in enumerate(series.items()):
        look: Look = {"color": cast.color(str(name), BAR), "linewidth": 0}
        if name == cast.mean:  # hatched, so that it is told apart in grey
            look = {"facecolor": "white", "edgecolor": MEAN, "hatch": "/////", "linewidth": 1.0}
        draw_bar(ax, 0, at, float(amount), 0.7, **look)
        _number(ax, max(float(amount), 0.0), at, float(amount), str(name), cast, 4)
    ax.set_xlim(low, high if high > low else 1.0)
    if low < 0:
        ax.axvline(0, color=QUIET, linewidth=0.8)
    ax.spines["bottom"].set_visible(False)


def _points(ax: Axes, series: pd.Series[float], cast: Cast) -> None:
    _scale(ax, [float(amount) for amount in series], cast, 0.6 * WIDTH_PT)
    rule_rows(ax, range(len(series)), color=GRID, linewidth=0.7, zorder=0)
    for at, (name, amount) in enumerate(series.items()):
        marker, size = ("D", 6.0) if name == cast.mean else ("o", 8.0 if name == cast.focus else 6.0)
        draw_marks(ax, [amount], [at], marker=marker, markersize=size, color=cast.color(str(name)), clip_on=False)
        _number(ax, float(amount), at, float(amount), str(name), cast, 7)


def _number(ax: Axes, x: float, y: float, amount: float, name: str, cast: Cast, away: float) -> None:
    """Write a number beside its mark: to the right of it, or to the left when `away` is negative. Unit: points."""
    side = "left" if away > 0 else "right"
    write_beside(ax, x, y, cast.show(amount), away, va="center_baseline", ha=side, **cast.font(name))


def _scale(ax: Axes, numbers: list[float], cast: Cast, width_pt: float) -> None:
    """Set the axis of values below the rows."""
    low, high = limits(numbers)
    most = 6
    ticks = value_ticks(low, high, most)
    while most > 1 and sum(text_width_pt(text) + 14 for text in tick_texts(ticks, cast.language)) > width_pt:
        most -= 1
        ticks = value_ticks(low, high, most)
    ax.set_xlim(low, high)
    mark_below(ax, ticks, tick_texts(ticks, cast.language))
    rule_columns(ax, ticks, **RULE)


def _dumbbells(ax: Axes, rows: pd.DataFrame, cast: Cast) -> None:
    """Draw the classes of each country; the outer numbers of focus and mean are written beside them."""
    strong = {str(name): [at] for at, name in enumerate(rows.index) if cast.strong(str(name))}
    others = [at for at, name in enumerate(rows.index) if str(name) not in strong]
    for name, places in [*strong.items(), *([("", others)] if others else [])]:
        _look_alikes(ax, rows.iloc[places], places, name, cast)
    for name, [at] in strong.items():
        low, high = float(rows.iloc[at].min()), float(rows.iloc[at].max())
        ends = [(low, -8)] if cast.show(low) != cast.show(high) else []
        for amount, away in [*ends, (high, 8)]:
            _number(ax, amount, at, amount, name, cast, away)


def _look_alikes(ax: Axes, rows: pd.DataFrame, places: list[int], name: str, cast: Cast) -> None:
    """Draw the rows of countries that look alike, in one stroke: the joining lines, then the classes over them."""
    color, thick = cast.color(name), 2.4 if name == cast.focus else 1.4
    xs = [x for low, high in zip(rows.min(axis=1), rows.max(axis=1), strict=True) for x in (low, high, GAP)]
    ys = [y for place in places for y in (place, place, GAP)]
    draw_line(ax, xs, ys, color=_tint(color, 0.45), linewidth=thick, zorder=2)
    for at, size in enumerate(rows.columns):
        look: Look = {"marker": MARKERS[at], "markersize": MARKER_PT[at] + (0.8 if name else 0)}
        face = _face(color, at, len(rows.columns))
        draw_marks(ax, rows[size].to_numpy(), places, color=color, markerfacecolor=face, zorder=3, **look)


def _room_for_ends(rows: pd.DataFrame, cast: Cast, width: float, scale: tuple[float, float]) -> tuple[float, float]:
    """Give the room that the written numbers of focus and mean need beyond the scale, to its left and right."""
    low, high = scale
    left = right = 0.0
    for name in (name for name in rows.index if cast.strong(str(name))):
        first, last = float(rows.loc[name].min()), float(rows.loc[name].max())
        before, after = (text_width_pt(cast.show(number), bold=True) + 12 for number in (first, last))
        left = max(left, before - width * (first - low) / (high - low))
        right = max(right, after - 12 - width * (high - last) / (high - low))
    return left, right


def _legend_rows(sizes: list[str]) -> list[list[str]]:
    """Break the legend into rows that fit the width."""
    rows: list[list[str]] = [[]]
    for size in sizes:
        if rows[-1] and sum(_entry_width(one) for one in [*rows[-1], size]) > WIDTH_PT:
            rows.append([])
        rows[-1].append(size)
    return rows


def _entry_width(size: str) -> float:
    return text_width_pt(size) + 32


def _legend(figure: Canvas, line: list[str], sizes: list[str], left: float, middle: float) -> None:
    """Name the markers of the size classes in one row, from the left edge when the row is long."""
    left = max(0.0, min(left, WIDTH_PT - sum(_entry_width(size) for size in line)))
    for size in line:
        place = sizes.index(size)
        look: Look = {"marker": MARKERS[place], "markersize": MARKER_PT[place] + 0.8, "color": TEXT}
        mark_at(figure, left + 5, middle, markerfacecolor=_face(TEXT, place, len(sizes)), **look)
        write_at(figure, left + 14, middle, size, va="center_baseline")
        left += _entry_width(size)


def _face(color: str, place: int, count: int) -> str:
    """Give the filling of a size class, from white for the smallest to full: shape and shade both tell them apart."""
    return color if count < 2 else _tint(color, place / (count - 1))


def _tint(color: str, share: float) -> str:
    """Mix a colour with white.

    >>> _tint("#000000", 0.0), _tint("#0B4F9E", 1.0)
    ('#ffffff', '#0b4f9e')
    """
    return str(to_hex([1 - share * (1 - part) for part in to_rgb(color)]))
