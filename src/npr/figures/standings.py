"""Where a country stands among others on many indicators: a row an indicator, from the last place to the first."""

from __future__ import annotations

import pandas as pd

from npr.catalogue.declarations import Language
from npr.figures.checks import checked
from npr.figures.layout import text_width_pt
from npr.figures.marks import draw_marks, rule_rows, write_beside
from npr.figures.style import (
    FOCUS,
    GRID,
    OTHER,
    QUIET,
    SIZE_PT,
    TEXT,
    WIDTH_PT,
    Figure,
    Look,
    axes_at,
    canvas,
    to_svg,
    write_at,
)
from npr.language.messages import message

ROW_PT = 17.0
HEAD_PT = 20.0


def standings(table: pd.DataFrame, *, focus: str, language: Language, key: str) -> Figure:
    """Draw the country's place on each indicator, the best to the right; the middle is marked.

    Shape: `table` has the indicators' names as index, and the columns `place` and `of` (places from 1, the best).

    Raises:
        ContentError: no number to draw, or an indicator that stands twice.
    """
    rows = checked(table, key)
    words = [message("standings.place", language, place=f"{a:.0f}", n=f"{n:.0f}") for a, n in rows.to_numpy()]
    left = max(text_width_pt(str(name)) for name in rows.index) + 12
    right = max(text_width_pt(text, bold=True) for text in words) + 12
    height = ROW_PT * len(rows)
    with canvas(height + HEAD_PT + 4, key) as figure:
        ax = axes_at(figure, left, 4, WIDTH_PT - left - right, height)
        ax.set_xlim(0, 1)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.spines["bottom"].set_visible(False)
        ax.axvline(0.5, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
        rule_rows(ax, range(len(rows)), color=GRID, linewidth=1.2, zorder=0)
        for at, (place, count) in enumerate(rows.to_numpy()):
            step = max(count - 1, 1)
            draw_marks(ax, [1 - one / step for one in range(int(count))], [at] * int(count), marker="|",
                    markersize=4.5, markeredgewidth=0.7, color=OTHER, zorder=2)  # fmt: skip
            where = 1 - (place - 1) / step
            draw_marks(ax, [where], [at], markersize=8.4, color=FOCUS, clip_on=False, zorder=3)
            look: Look = {"va": "center_baseline", "size": SIZE_PT}
            write_beside(ax, 0, at, str(rows.index[at]), -6, ha="right", color=TEXT, **look)
            write_beside(ax, 1, at, words[at], 10, color=FOCUS, weight="bold", **look)
        top = height + 8
        write_at(figure, left, top, message("standings.last", language), color=QUIET)
        middle = message("standings.middle", language)
        write_at(figure, left + (WIDTH_PT - left - right) / 2, top, middle, color=QUIET, ha="center")
        write_at(figure, WIDTH_PT - right, top, message("standings.first", language), color=QUIET, ha="right")
        svg = to_svg(figure, key)
    told = "; ".join(f"{name}: {text}" for name, text in zip(rows.index, words, strict=True))
    data = rows.copy()
    data.columns = pd.Index([message(f"standings.{name}", language) for name in ("column_place", "column_of")])
    data.index.name = message("scoreboard.indicator", language)
    return Figure(svg, message("alt.standings", language, name=focus, told=told), data, 0)
