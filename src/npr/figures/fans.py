"""Fan charts: what was observed, and bands of what may come, that hold in grey and without colour vision."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import pandas as pd

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures import alt_scenarios as alt
from npr.figures.checks import GUARD
from npr.figures.fan_parts import (
    HIGH,
    LOW,
    MEDIAN,
    OTHERS,
    FanCell,
    Label,
    Target,
    band_labels,
    cell_labels,
    check,
    draw_bands,
    draw_history,
    draw_path,
    fan_axes,
    joined,
    keys_of,
    mark_target,
    mark_tested,
    numbers_of,
    outside,
    path_labels,
)  # fmt: skip
from npr.figures.layout import wrapped
from npr.figures.lines import FOOT_PT, KEY_PT, LINE_PT, draw_key
from npr.figures.style import QUIET, TEXT, WIDTH_PT, Figure, Look, canvas, to_svg, write_at
from npr.language.messages import message
from npr.language.numbers import show_number

HEIGHT_PT, CELL_PT, BETWEEN_PT = 230.0, 104.0, 22.0


def fan(
    history: pd.Series[float],
    bands: pd.DataFrame,
    *,
    name: str,
    language: Language,
    axis: str,
    decimals: int,
    key: str,
    tested_to: int | None = None,
    outcome: pd.Series[float] | None = None,
    lines: pd.DataFrame | None = None,
    target: Target | None = None,
) -> Figure:
    """Draw what was observed and the bands of what may come.

    The median is dashed; a year after `tested_to` is dotted and hatched. An outcome outside the 80 % band is crossed.
    `lines` are other paths, such as those of other models; `target` is a year, a level and what it is called.

    Shape: `history` and `outcome` by year; `bands` years after the history by quantile levels, 0.5 among them; `lines`
    years by names.

    Raises:
        ContentError: no history, bands without a median or with crossing quantiles, or years that do not follow.
    """
    check(history, bands, key)
    seen = pd.Series(dtype=float) if outcome is None else outcome.dropna()
    paths = pd.DataFrame(index=bands.index) if lines is None else lines
    numbers = [*history, *bands.to_numpy().ravel(), *seen, *paths.to_numpy().ravel()]
    labels = [*band_labels(bands, decimals, language), *path_labels(paths)]
    if len(seen):
        told = f"{message('fan.outcome', language)} {show_number(float(seen.iloc[-1]), decimals, language)}"
        labels.append(Label(float(seen.iloc[-1]), told, {"color": TEXT, "weight": "bold"}))
    missed = outside(seen, bands)
    keys: list[tuple[Look, str]] = []
    if len(missed):
        keys.append(
            ({"marker": "x", "markersize": 7, "color": TEXT, "markeredgewidth": 2}, message("fan.missed", language))
        )
    foot = FOOT_PT + (KEY_PT if keys else 0)
    with canvas(foot + HEIGHT_PT + 14, key) as figure:
        ax, left = fan_axes(
            figure, history, bands, [*numbers, *([target[1]] if target else [])], labels, language, foot, HEIGHT_PT
        )
        draw_bands(ax, history, bands, tested_to)
        draw_history(ax, history)
        for at, column in enumerate(paths.columns):
            ends = joined(history, paths[column])
            ax.plot(ends.index, ends, color=QUIET, linewidth=1.1, linestyle=OTHERS[at % len(OTHERS)], zorder=4)
        if len(seen):
            ends = joined(history, seen)
            ax.plot(ends.index, ends, color=TEXT, linewidth=1.8, zorder=7)
            hits = seen.drop(missed.index)
            ax.plot(hits.index, hits, "o", color=TEXT, markersize=4, zorder=8)
            ax.plot(missed.index, missed, "x", color=TEXT, markersize=7, markeredgewidth=2, zorder=8)
        if tested_to is not None and tested_to < int(bands.index[-1]):
            mark_tested(ax, tested_to, language)
        if target:
            mark_target(ax, int(history.index[-1]), target, decimals, language)
        draw_key(figure, keys, left)
        svg = to_svg(figure, key)
    told = alt.of_fan(
        history, bands, name, language, axis, decimals, seen, missed, target, list(map(str, paths.columns))
    )
    return Figure(svg, told, _data(history, bands, seen, paths, language), decimals)


def fan_multiples(
    cells: Sequence[FanCell], *, language: Language, axis: str, decimals: int, key: str, shared: bool = True
) -> Figure:
    """Draw small fans, two in a row: scenarios over the same fan on one scale, or indicators with a scale each.

    A scenario's path is a strong line, its range hatched, the baseline's median dashed under it.

    Raises:
        ContentError: no cell, or one that no fan can be drawn from.
    """
    if not cells:
        raise ContentError([Fault(f"figure {key}", "data", "at least one fan", "none")], todo=GUARD)
    for cell in cells:
        check(cell.history, cell.bands, key)
    columns = min(2, len(cells))
    width = (WIDTH_PT - BETWEEN_PT * (columns - 1)) / columns
    heads = [[*wrapped(cell.title, width, bold=True)] for cell in cells]
    units = [[] if shared else wrapped(cell.axis, width) for cell in cells]
    head = LINE_PT * max(len(a) + len(b) for a, b in zip(heads, units, strict=True)) + 5
    row = head + CELL_PT + FOOT_PT + 12
    common = [number for cell in cells for number in numbers_of(cell)] if shared else None
    keys = keys_of(cells, language)
    foot = KEY_PT if keys else 0
    height = row * ceil(len(cells) / columns) + foot
    with canvas(height, key) as figure:
        for at, cell in enumerate(cells):
            left, top = (at % columns) * (width + BETWEEN_PT), height - (at // columns) * row
            for place, text in enumerate([*heads[at], *units[at]]):
                look = {"weight": "bold", "color": TEXT} if place < len(heads[at]) else {"color": QUIET}
                write_at(figure, left, top - LINE_PT * (place + 1) + 2, text, va="baseline", **look)
            digits = decimals if cell.decimals is None else cell.decimals
            ax, _ = fan_axes(
                figure, cell.history, cell.bands, common or list(numbers_of(cell)), cell_labels(cell, digits, language),
                language, top - head - CELL_PT, CELL_PT, left, width,
            )  # fmt: skip
            draw_bands(ax, cell.history, cell.bands, None)
            draw_history(ax, cell.history)
            draw_path(ax, cell)
        draw_key(figure, keys, 0)
        svg = to_svg(figure, key)
    told = alt.of_fans(cells, language, axis, decimals)
    return Figure(svg, told, _cells_data(cells, decimals, language), decimals)


def _data(
    history: pd.Series[float], bands: pd.DataFrame, seen: pd.Series[float], paths: pd.DataFrame, language: Language
) -> pd.DataFrame:
    parts = {message("fan.observed", language): history, **_named(bands, language)}
    if len(seen):
        parts[message("fan.outcome", language)] = seen
    return _by_year({**parts, **{str(name): paths[name] for name in paths.columns}}, language)


def _cells_data(cells: Sequence[FanCell], decimals: int, language: Language) -> pd.DataFrame:
    """Give a row a small fan and year, each number with the decimals of its own fan."""
    names = [message(f"fan.{name}", language) for name in ("low_edge", "middle", "high_edge")]
    rows = {}
    for cell in cells:
        digits = decimals if cell.decimals is None else cell.decimals
        for year, band in cell.bands.iterrows():
            numbers = [float(band[level]) for level in (LOW, MEDIAN, HIGH)]
            if cell.path is not None:
                numbers.append(float(cell.path[year]))
            rows[f"{cell.title}, {year}"] = [show_number(number, digits, language) for number in numbers]
    if cells[0].path is not None:
        names.append(message("fan.path_word", language))
    data = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    data.index.name = message("fan.what_year", language)
    return data


def _named(bands: pd.DataFrame, language: Language) -> dict[str, pd.Series[float]]:
    shares = {float(level): 100 * float(level) for level in bands.columns}
    names = {
        level: message("fan.quantile", language, n=show_number(share, 1 if share % 1 else 0, language))
        for level, share in shares.items()
    }
    names[MEDIAN] = message("fan.middle", language)
    return {names[level]: bands[level] for level in sorted(bands.columns)}


def _by_year(parts: dict[str, pd.Series[float]], language: Language) -> pd.DataFrame:
    data = pd.DataFrame(parts).sort_index().dropna(how="all")
    data.index = pd.Index([str(year) for year in data.index], name=message("scoreboard.year", language))
    return data
