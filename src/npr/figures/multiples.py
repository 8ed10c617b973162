"""Several indicators over time as small charts, each with its own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import pandas as pd
from matplotlib.figure import Figure as Canvas

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures import alt
from npr.figures.checks import GUARD, checked_years
from npr.figures.layout import text_width_pt, wrapped
from npr.figures.lines import FOOT_PT, KEY_PT, LINE_PT, Frame, Signs, draw_key, draw_lines, key_of_signs, name_ends
from npr.figures.runs import breaks_within
from npr.figures.style import QUIET, TEXT, WIDTH_PT, Cast, Figure, axes_at, canvas, to_svg, write_at
from npr.language.messages import message
from npr.language.numbers import join_words

PLOT_PT = 92.0
BETWEEN_PT = 22.0


def small_multiples(
    tables: Mapping[str, pd.DataFrame],
    *,
    focus: str,
    mean: str | None,
    language: Language,
    axes: Mapping[str, str],
    decimals: Mapping[str, int],
    key: str,
    breaks: Mapping[str, Mapping[str, Sequence[int]]] | None = None,
    provisional: Mapping[str, Sequence[int]] | None = None,
) -> Figure:
    """Draw several indicators over time, two in a row, each with its own scale.

    A table without a number is left out. Focus and mean are named in each chart; the others are named in one row below.

    Shape: `tables` holds a table as `line_comparison` takes it by the title of each small chart; `breaks` and
    `provisional` are by title too.

    Raises:
        ContentError: no number to draw in any of them, or a table that is no table of years.
    """
    full = {title: checked_years(one, key) for title, one in tables.items() if one.notna().to_numpy().any()}
    if not full:
        raise ContentError([Fault(f"figure {key}", "data", "at least one number", "none")], todo=GUARD)
    casts = {title: Cast(focus, mean, language, decimals[title]) for title in full}
    signs = {
        title: Signs(
            breaks_within(one, (breaks or {}).get(title, {})),
            sorted(set((provisional or {}).get(title, ())) & set(one.index)),
        )
        for title, one in full.items()
    }
    svg = _draw(full, casts, signs, axes, key)
    told = alt.of_multiples(full, casts, axes, {title: one.breaks for title, one in signs.items()})
    return Figure(svg, told, _data(full, focus, mean, language), max(decimals[title] for title in full))


def _draw(
    full: Mapping[str, pd.DataFrame],
    casts: Mapping[str, Cast],
    signs: Mapping[str, Signs],
    axes: Mapping[str, str],
    key: str,
) -> str:
    first = next(iter(casts.values()))
    columns = min(2, len(full))
    cell = (WIDTH_PT - BETWEEN_PT * (columns - 1)) / columns
    heads = {title: (wrapped(title, cell, bold=True), wrapped(axes[title], cell)) for title in full}
    head = LINE_PT * max(len(names) + len(units) for names, units in heads.values()) + 5
    row = head + PLOT_PT + FOOT_PT + 12
    both = {title: Signs(one.breaks, one.provisional) for title, one in signs.items()}
    keys = _keys(list(both.values()), first.language)
    others = _others(full, first)
    below = (KEY_PT if keys else 0) + LINE_PT * len(others) + (6 if others else 0)
    height = row * ceil(len(full) / columns) + below
    with canvas(height, key) as figure:
        for at, title in enumerate(full):
            left, top = (at % columns) * (cell + BETWEEN_PT), height - (at // columns) * row
            _head(figure, heads[title], left, top)
            _panel(figure, full[title], casts[title], signs[title], left, top - head - PLOT_PT, cell)
        draw_key(figure, keys, 0, below - KEY_PT)
        for at, line in enumerate(reversed(others)):
            write_at(figure, 0, LINE_PT * at + 3, line, va="baseline", color=QUIET)
        return to_svg(figure, key)


def _head(figure: Canvas, texts: tuple[list[str], list[str]], left: float, top: float) -> None:
    names, units = texts
    for at, line in enumerate([*names, *units]):
        look = {"weight": "bold", "color": TEXT} if at < len(names) else {"color": QUIET}
        write_at(figure, left, top - LINE_PT * (at + 1) + 2, line, va="baseline", **look)


def _panel(
    figure: Canvas, table: pd.DataFrame, cast: Cast, signs: Signs, left: float, bottom: float, cell: float
) -> None:
    """Draw one small chart, its axis beginning at the left edge of its cell."""
    named = [name for name in table.columns if cast.strong(name)]
    frame = Frame.around(table, cast, named, cell)
    ax = axes_at(figure, left + frame.left, bottom, frame.plot_pt, PLOT_PT)
    draw_lines(ax, table, cast, signs, frame)
    if named:
        name_ends(ax, table[named], cast, frame, PLOT_PT)


def _keys(signs: list[Signs], language: Language) -> list[tuple[dict[str, object], str]]:
    """Explain each sign once for all the small charts."""
    breaks = {str(at): [0] for at, one in enumerate(signs) if one.breaks}
    return key_of_signs(Signs(breaks, [year for one in signs for year in one.provisional]), language)


def _others(full: Mapping[str, pd.DataFrame], cast: Cast) -> list[str]:
    """Name the grey lines, once for all the small charts."""
    names = list(dict.fromkeys(name for table in full.values() for name in table.columns if not cast.strong(name)))
    if not names:
        return []
    text = message("chart.others", cast.language, names=join_words(names, cast.language))
    return wrapped(text, WIDTH_PT - text_width_pt(" "))


def _data(full: Mapping[str, pd.DataFrame], focus: str, mean: str | None, language: Language) -> pd.DataFrame:
    """Give the numbers of focus and mean by year (of all, where neither has any), a column a small chart and name."""
    strong = [name for name in (focus, mean) if any(name in table.columns for table in full.values())]
    parts = {
        f"{title}: {name}": table[name]
        for title, table in full.items()
        for name in (strong or table.columns)
        if name in table.columns
    }
    data = pd.DataFrame(parts).sort_index().dropna(how="all")
    data.index = pd.Index([str(year) for year in data.index], name=message("scoreboard.year", language))
    return data
