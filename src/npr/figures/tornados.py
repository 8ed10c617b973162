"""What moves an answer: a bar for each assumption, from its low to its high end, the widest first."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures import alt_scenarios as alt
from npr.figures.checks import GUARD, checked
from npr.figures.layout import text_width_pt, wrapped
from npr.figures.lines import KEY_PT, LINE_PT, draw_key
from npr.figures.style import FOCUS, GRID, TEXT, WIDTH_PT, Figure, Look, axes_at, canvas, to_svg
from npr.language.messages import message
from npr.language.numbers import show_number

ROW_PT, HEAD_PT, BAR_HEIGHT = 30.0, 18.0, 0.55
LOW, HIGH = "low", "high"


def tornado(table: pd.DataFrame, *, base: float, language: Language, axis: str, decimals: int, key: str) -> Figure:
    """Draw how far each assumption moves an answer: hatched towards its low end, filled towards its high end.

    Shape: `table` has a row an assumption and the columns "low" and "high": the answer with it at that end.

    Raises:
        ContentError: no such columns, no number, or a label that stands twice.
    """
    if set(table.columns) != {LOW, HIGH}:
        raise ContentError(
            [Fault(f"figure {key}", "columns", f"{LOW} and {HIGH}", str(list(table.columns)))], todo=GUARD
        )
    full = checked(table, key)
    rows = full.loc[(full[HIGH] - full[LOW]).abs().sort_values(ascending=False, kind="stable").index]
    lines = [wrapped(str(label), 0.4 * WIDTH_PT) for label in rows.index]
    left = max(text_width_pt(line) for one in lines for line in one) + 12
    ends = [show_number(float(number), decimals, language) for number in rows.to_numpy().ravel()]
    room = max(text_width_pt(end) for end in ends) + 8
    height = ROW_PT * len(rows)
    with canvas(KEY_PT + 6 + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left + room, KEY_PT + 6, WIDTH_PT - left - 2 * room, height)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_yticks(range(len(rows)), ["\n".join(one) for one in lines], linespacing=LINE_PT / 10.5)
        ax.tick_params(axis="y", pad=room)
        low, high = min(base, float(rows.min().min())), max(base, float(rows.max().max()))
        ax.set_xlim((low, high) if high > low else (low - 1, high + 1))
        ax.xaxis.set_visible(False)
        ax.spines["bottom"].set_visible(False)
        for at in range(len(rows)):
            ax.axhline(at + 0.5, color=GRID, linewidth=0.7, zorder=0)
            _bars(ax, at, rows.iloc[at], base, decimals, language)
        ax.axvline(base, color=TEXT, linewidth=1.2, zorder=4)
        middle = message("fan.answer", language, value=show_number(base, decimals, language))
        ax.annotate(middle, (base, 1), xycoords=("data", "axes fraction"), xytext=(0, 4), textcoords="offset points",
                    ha="center", va="bottom", weight="bold", color=TEXT)  # fmt: skip
        square: Look = {"marker": "s", "markersize": 9, "color": FOCUS}
        hollow: Look = {**square, "markerfacecolor": "white", "markeredgewidth": 1.4}
        draw_key(
            figure, [(hollow, message("fan.low_end", language)), (square, message("fan.high_end", language))], left
        )
        svg = to_svg(figure, key)
    data = rows.rename(columns={end: message(f"fan.{end}_end", language) for end in (LOW, HIGH)})
    data.index.name = message("fan.what", language)
    return Figure(svg, alt.of_tornado(rows, base, language, axis, decimals), data, decimals)


def _bars(ax: Axes, at: int, row: pd.Series[float], base: float, decimals: int, language: Language) -> None:
    """Draw both ends of a row from the base; an end that moves nothing is a dot at the base."""
    for end in (LOW, HIGH):
        amount = float(row[end])
        face: Look = {"facecolor": FOCUS, "linewidth": 1.2}
        if end == LOW:
            face = {"facecolor": "white", "hatch": "/////", "linewidth": 1.2}
        if amount == base:
            ax.plot([base], [at], "o", color=FOCUS, markersize=4, zorder=5)
        else:
            ax.barh(at, amount - base, BAR_HEIGHT, left=base, edgecolor=FOCUS, zorder=3, **face)
    for amount, side in ((float(row.min()), -1), (float(row.max()), 1)):
        text, place = show_number(amount, decimals, language), "left" if side > 0 else "right"
        look: Look = {"textcoords": "offset points", "ha": place, "va": "center_baseline", "color": TEXT}
        ax.annotate(text, (amount, at), xytext=(4 * side, 0), **look)
