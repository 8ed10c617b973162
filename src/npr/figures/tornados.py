"""What moves an answer: a bar for each assumption, from its low to its high end, the widest first."""

from __future__ import annotations

from math import isfinite

import pandas as pd
from matplotlib.axes import Axes

from npr.catalogue.declarations import Language
from npr.figures import alt_scenarios as alt
from npr.figures.checks import checked, refused
from npr.figures.keys import Sign, draw_rows, height_of, rows_of
from npr.figures.layout import text_width_pt
from npr.figures.marks import draw_bar, draw_marks, rule_rows, write_beside
from npr.figures.row_names import lines_of, name_rows, room_of, row_height
from npr.figures.style import FOCUS, GRID, TEXT, WIDTH_PT, Figure, Look, axes_at, canvas, to_svg
from npr.language.messages import message
from npr.language.numbers import show_number

ROW_PT, HEAD_PT, BAR_HEIGHT = 28.0, 20.0, 0.56
LOW, HIGH = "low", "high"
FACES: dict[str, Look] = {
    LOW: {"facecolor": "white", "edgecolor": FOCUS, "hatch": "/////", "linewidth": 1.2},
    HIGH: {"facecolor": FOCUS, "edgecolor": FOCUS, "linewidth": 1.2},
}


def tornado(table: pd.DataFrame, *, base: float, language: Language, axis: str, decimals: int, key: str) -> Figure:
    """Draw how far each assumption moves an answer: hatched towards its low end, filled towards its high end.

    Where both ends move the answer the same way, they share the row: the low end above, the high end below. A row that
    moves nothing is a dot at the answer.

    Shape: `table` has a row an assumption and the columns "low" and "high": the answer with it at that end. The data
    have the rows with the widest first. Unit: that of `axis`, in all of them.

    Raises:
        ContentError: no such columns, an end that is missing, an answer that is no finite number, or a label that
            stands twice.
    """
    if set(table.columns) != {LOW, HIGH}:
        raise refused(key, "columns", f"{LOW} and {HIGH}", str(list(table.columns)))
    full = checked(table, key)
    if len(full) < len(table) or full.shape[1] < 2 or full.isna().to_numpy().any():
        raise refused(key, "data", "both ends of each row", "one that is missing")
    if not isfinite(base):
        raise refused(key, "base", "a finite number", str(base))
    full = full[[LOW, HIGH]]
    rows = full.loc[(full[HIGH] - full[LOW]).abs().sort_values(ascending=False, kind="stable").index]
    names = lines_of(list(rows.index))
    numbers = [show_number(float(number), decimals, language) for number in rows.to_numpy().ravel()]
    room, left = max(text_width_pt(number) for number in numbers) + 8, room_of(names)
    height, each = row_height(names, ROW_PT) * len(rows), row_height(names, ROW_PT)
    keys = rows_of([Sign(message(f"fan.{end}_end", language), area=FACES[end]) for end in (LOW, HIGH)])
    foot = height_of(keys) + 6
    with canvas(foot + height + HEAD_PT, key) as figure:
        ax = axes_at(figure, left + room, foot, WIDTH_PT - left - 2 * room, height)
        name_rows(ax, names, room)
        ax.spines["bottom"].set_visible(False)
        low, high = min(base, float(rows.min().min())), max(base, float(rows.max().max()))
        ax.set_xlim((low, high) if high > low else (low - 1, high + 1))
        rule_rows(ax, [at - 0.5 for at in range(1, len(rows))], color=GRID, linewidth=0.7, zorder=0)
        for at in range(len(rows)):
            _row(ax, at, rows.iloc[at], base, BAR_HEIGHT * min(1.0, 1.15 * ROW_PT / each), decimals, language)
        _answer(ax, base, show_number(base, decimals, language), language)
        draw_rows(figure, keys)
        svg = to_svg(figure, key)
    data = rows.rename(columns={end: message(f"fan.{end}_end", language) for end in (LOW, HIGH)})
    data.index.name = message("fan.what", language)
    return Figure(svg, alt.of_tornado(rows, base, language, axis, decimals), data, decimals)


def _row(
    ax: Axes, at: int, row: pd.Series[float], base: float, thick: float, decimals: int, language: Language
) -> None:
    """Draw both ends of a row from the answer, each with its number."""
    ends = {end: float(row[end]) for end in (LOW, HIGH)}
    moving = {end: amount for end, amount in ends.items() if amount != base}
    if len(moving) < 2:
        draw_marks(ax, [base], [at], color=FOCUS, markersize=5, zorder=5)
    if not moving:
        _number(ax, at, base, 1, show_number(base, decimals, language), 7)
        return
    same = len(moving) == 2 and (ends[LOW] - base) * (ends[HIGH] - base) > 0
    for end, amount in moving.items():
        shift = (-0.25 if end == LOW else 0.25) if same else 0.0
        draw_bar(ax, base, at + shift * 1.1, amount - base, thick * (0.55 if same else 1), zorder=3, **FACES[end])
        _number(ax, at + shift, amount, 1 if amount > base else -1, show_number(amount, decimals, language), 4)
    if len(moving) == 1:
        side = -1 if next(iter(moving.values())) > base else 1
        _number(ax, at, base, side, show_number(base, decimals, language), 7)


def _number(ax: Axes, at: float, amount: float, side: int, text: str, away: float) -> None:
    look: Look = {"ha": "left" if side > 0 else "right", "va": "center_baseline", "color": TEXT, "zorder": 6}
    write_beside(ax, amount, at, text, away * side, **look)


def _answer(ax: Axes, base: float, number: str, language: Language) -> None:
    """Draw the answer as a line through all rows, with its words above, inside the chart."""
    ax.axvline(base, color=TEXT, linewidth=1.2, zorder=4)
    low, high = ax.get_xlim()
    share = (base - low) / (high - low)
    side = "center" if 0.25 <= share <= 0.75 else "left" if share < 0.25 else "right"
    look: Look = {"ha": side, "va": "baseline", "weight": "bold", "color": TEXT}
    ax.annotate(message("fan.answer", language, value=number), (base, 1), xycoords=("data", "axes fraction"),
                xytext=(0, 6), textcoords="offset points", **look)  # fmt: skip
