"""Fan charts: what was observed, and bands of what may come, that hold in grey and without colour vision."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import pandas as pd
from matplotlib.figure import Figure as Canvas

from npr.catalogue.declarations import Language
from npr.figures import alt_scenarios as alt
from npr.figures.checks import refused
from npr.figures.fan_marks import (
    CAME,
    DOTTED,
    EDGE,
    MIDDLE,
    MISSED,
    OBSERVED,
    OTHERS,
    PATH,
    RANGE,
    TINTS,
    Box,
    Label,
    area_of,
    band_labels,
    band_signs,
    cell_labels,
    draw_bands,
    draw_course,
    draw_history,
    draw_outcome,
    draw_path,
    fan_axes,
    mark_target,
    mark_tested,
    tinted,
)
from npr.figures.fan_parts import (
    MEDIAN,
    FanCell,
    Target,
    checked_cell,
    checked_fan,
    checked_outcome,
    checked_paths,
    checked_target,
    joined,
    numbers_of,
    percent_of,
    told_pair,
)
from npr.figures.keys import Sign, draw_rows, height_of, rows_of
from npr.figures.layout import wrapped
from npr.figures.lines import FOOT_PT, LINE_PT
from npr.figures.style import QUIET, TEXT, WIDTH_PT, Figure, Look, canvas, to_svg, write_at
from npr.language.messages import message
from npr.language.numbers import show_number

HEIGHT_PT, CELL_PT, BETWEEN_PT, HEAD_PT = 230.0, 104.0, 22.0, 16.0


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

    The median is dashed; after `tested_to` it is dotted, and the bands are filled with dots. An outcome outside the
    80 % band is crossed. `lines` are other paths, such as those of other models; `target` is a year, a level and what
    it is called.

    Shape: `history` and `outcome` by year; `bands` years after the history by quantile levels, 0.5 and one to three
    pairs around it; `lines` years by names. Unit: that of `axis`, in all of them.

    Raises:
        ContentError: no observation, bands without a median, without pairs or with quantiles that cross, years that
            do not follow the last observation, outcomes without an 80 % band, or a target outside the bands' years.
    """
    seen, full = checked_fan(history, bands, key)
    origin, end = int(seen.index[-1]), int(full.index[-1])
    came, missed = checked_outcome(outcome, origin, full, key)
    paths = checked_paths(lines, origin, key)
    checked_target(target, origin, end, key)
    last_tested = max(tested_to, origin) if tested_to is not None and tested_to < end else None
    labels = [*band_labels(full, decimals, language), *_path_labels(paths, end)]
    if len(came):
        labels.append(_outcome_label(came.dropna(), end, decimals, language))
    numbers = [*seen, *full.to_numpy().ravel(), *came, *paths.to_numpy().ravel(), *([target[1]] if target else [])]
    years = range(int(seen.index[0]), max(end, *(int(part.index[-1]) for part in (came, paths) if len(part)), 0) + 1)
    rows = rows_of(_signs(full, came, missed, last_tested, language))
    foot = FOOT_PT + height_of(rows) + 3
    with canvas(foot + HEIGHT_PT + HEAD_PT, key) as figure:
        box = Box(0, foot, WIDTH_PT, HEIGHT_PT)
        ax, plot = fan_axes(figure, box, years, pd.Series(numbers).dropna().tolist(), labels, language)
        draw_bands(ax, seen, full, last_tested)
        for at, path in enumerate(paths.columns):
            line: Look = {"color": QUIET, "linewidth": 1.1, "linestyle": OTHERS[at % len(OTHERS)]}
            draw_course(ax, joined(seen, paths[path]).dropna(), line, 4)
        draw_history(ax, seen)
        if len(came):
            draw_outcome(ax, seen, came, missed)
        if last_tested is not None:
            mark_tested(ax, last_tested, language)
        if target:
            mark_target(ax, plot, HEIGHT_PT, seen, target, decimals, language)
        draw_rows(figure, rows)
        svg = to_svg(figure, key)
    parts = alt.FanWords(name, language, axis, decimals, last_tested, target, [str(one) for one in paths.columns])
    return Figure(svg, alt.of_fan(seen, full, came, missed, parts), _data(seen, full, came, paths, language), decimals)


def fan_multiples(
    cells: Sequence[FanCell], *, language: Language, axis: str, decimals: int, key: str, shared: bool = True
) -> Figure:
    """Draw small fans, two in a row: scenarios over the same fan on one scale, or indicators with a scale each.

    A scenario's path is a strong line, its range hatched, the baseline's median dashed under it. With `shared` all
    have the scale and the unit `axis`; without it each has its own, and names the `axis` of its cell.

    Shape: the data have a row a small fan and year. They are texts where the cells differ in decimals.

    Raises:
        ContentError: no cell, a title that stands twice, or a cell that no fan can be drawn from.
    """
    titles = [cell.title for cell in cells]
    if not cells or len(set(titles)) < len(titles):
        expected = "each title once" if cells else "at least one fan"
        raise refused(key, "cells", expected, str(titles) if cells else "none")
    full = [checked_cell(cell, key) for cell in cells]
    svg = _draw_cells(full, language, decimals, key, shared=shared)
    told = alt.of_fans(full, language, axis if shared else None, decimals)
    digits = {_digits(cell, decimals) for cell in full}
    return Figure(svg, told, _cells_data(full, decimals, language), max(digits))


def _draw_cells(cells: Sequence[FanCell], language: Language, decimals: int, key: str, *, shared: bool) -> str:
    columns = min(2, len(cells))
    width = (WIDTH_PT - BETWEEN_PT * (columns - 1)) / columns
    heads = [(wrapped(cell.title, width, bold=True), wrapped(cell.axis, width) if cell.axis and not shared else [])
             for cell in cells]  # fmt: skip
    head = LINE_PT * max(len(names) + len(units) for names, units in heads) + 10
    row = head + CELL_PT + FOOT_PT + 10
    common = [number for cell in cells for number in numbers_of(cell)] if shared else None
    keys = rows_of(_cell_signs(cells, language))
    height = row * ceil(len(cells) / columns) + height_of(keys)
    with canvas(height, key) as figure:
        for at, cell in enumerate(cells):
            left, top = (at % columns) * (width + BETWEEN_PT), height - (at // columns) * row
            _head(figure, heads[at], left, top)
            digits, box = _digits(cell, decimals), Box(left, top - head - CELL_PT, width, CELL_PT)
            years = range(int(cell.history.index[0]), _end(cell) + 1)
            labels = cell_labels(cell, digits, language)
            ax, _ = fan_axes(figure, box, years, common or list(numbers_of(cell)), labels, language)
            draw_bands(ax, cell.history, cell.bands, cell.tested_to)
            draw_history(ax, cell.history)
            draw_path(ax, cell)
        draw_rows(figure, keys)
        return to_svg(figure, key)


def _head(figure: Canvas, texts: tuple[list[str], list[str]], left: float, top: float) -> None:
    names, units = texts
    for at, line in enumerate([*names, *units]):
        look: Look = {"weight": "bold", "color": TEXT} if at < len(names) else {"color": QUIET}
        write_at(figure, left, top - LINE_PT * (at + 1) + 2, line, va="baseline", **look)


def _signs(
    bands: pd.DataFrame, came: pd.Series[float], missed: pd.Series[float], last_tested: int | None, language: Language
) -> list[Sign]:
    """Explain what a fan shows, but for the lines that are named at their ends."""
    signs = [Sign(message("fan.observed", language), line=OBSERVED), *band_signs(bands, language)]
    if last_tested is not None:
        signs.append(_beyond(bands, language))
    if len(came) > len(missed):
        dot: Look = {"marker": "o", "markersize": 4, "color": TEXT}
        signs.append(Sign(message("fan.outcome", language), line=CAME, mark=dot))
    if len(missed):
        signs.append(Sign(message("fan.missed", language), line=CAME, mark=MISSED))
    return signs


def _beyond(bands: pd.DataFrame, language: Language) -> Sign:
    """Explain how years beyond the tested horizon are drawn."""
    paler = area_of(next(reversed(TINTS[len(bands.columns) // 2])), tried=False)
    line: Look = {**MIDDLE, "linestyle": DOTTED, "color": tinted(EDGE)}
    return Sign(message("fan.beyond", language), area=paler, line=line)


def _cell_signs(cells: Sequence[FanCell], language: Language) -> list[Sign]:
    """Explain once what all the small fans show."""
    signs, scenarios = [], any(cell.path is not None for cell in cells)
    if scenarios:
        signs.append(Sign(message("fan.path", language), line=PATH))
    if any(cell.low is not None for cell in cells):
        signs.append(Sign(message("fan.range", language), area={**RANGE, "linewidth": 0.6}))
    signs.append(Sign(message("fan.observed", language), line=OBSERVED))
    widest = max((cell.bands for cell in cells), key=lambda bands: len(bands.columns))
    signs += band_signs(widest, language, baseline=scenarios)
    untried = any(cell.tested_to is not None and cell.tested_to < int(cell.bands.index[-1]) for cell in cells)
    return [*signs, _beyond(widest, language)] if untried else signs


def _path_labels(paths: pd.DataFrame, end: int) -> list[Label]:
    """Name other paths at their ends."""
    ends = {str(name): paths[name].dropna() for name in paths.columns}
    return [
        Label(float(path.iloc[-1]), name, {"color": QUIET}, int(path.index[-1]) if path.index[-1] < end else None)
        for name, path in ends.items()
    ]


def _outcome_label(came: pd.Series[float], end: int, decimals: int, language: Language) -> Label:
    year, number = int(came.index[-1]), float(came.iloc[-1])
    early = year < end
    text = f"{message('fan.outcome', language)} {show_number(number, decimals, language)}"
    look: Look = {"color": TEXT, "weight": "bold"}
    return Label(number, f"{text} ({year})" if early else text, look, year if early else None)


def _digits(cell: FanCell, decimals: int) -> int:
    return decimals if cell.decimals is None else cell.decimals


def _end(cell: FanCell) -> int:
    return max(int(part.index[-1]) for part in (cell.bands, cell.path) if part is not None)


def _data(
    seen: pd.Series[float], bands: pd.DataFrame, came: pd.Series[float], paths: pd.DataFrame, language: Language
) -> pd.DataFrame:
    parts = {message("fan.observed", language): seen}
    for level in bands.columns:
        share = round(100 * float(level), 6)
        number = show_number(share, 1 if share % 1 else 0, language)
        name = "fan.middle" if level == MEDIAN else "fan.quantile"
        parts[message(name, language, n=number)] = bands[level]
    if len(came):
        parts[message("fan.outcome", language)] = came
    data = pd.DataFrame({**parts, **{str(name): paths[name] for name in paths.columns}}).sort_index().dropna(how="all")
    data.index = pd.Index([str(year) for year in data.index], name=message("scoreboard.year", language))
    return data


def _cells_data(cells: Sequence[FanCell], decimals: int, language: Language) -> pd.DataFrame:
    """Give a row a small fan and year: the band that is told, the median, and the scenario's path with its range."""
    same = len({_digits(cell, decimals) for cell in cells}) == 1
    parts = []
    for cell in cells:
        low, high = told_pair(cell.bands)
        share = percent_of(low, high, language)
        edges = [message(f"fan.{name}", language, n=share) for name in ("low_edge", "middle", "high_edge")]
        rows = pd.DataFrame(dict(zip(edges, (cell.bands[level] for level in (low, MEDIAN, high)), strict=True)))
        for name, part in (("path", cell.path), ("path_low", cell.low), ("path_high", cell.high)):
            if part is not None:
                rows = rows.join(part.rename(message(f"fan.{name}", language)), how="outer")
        rows.index = pd.Index([f"{cell.title}, {year}" for year in rows.index])
        digits = _digits(cell, decimals)
        parts.append(rows if same else rows.map(lambda one, digits=digits: show_number(one, digits, language)))
    data = pd.concat(parts)
    data = data if same else data.fillna(show_number(float("nan"), 0, language))
    return data.rename_axis(message("fan.what_year", language))
