"""Text alternatives of charts, made from the numbers that they draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from npr.catalogue.declarations import Language
from npr.figures.style import Cast
from npr.language.messages import message
from npr.language.numbers import join_words


def of_lines(
    table: pd.DataFrame, cast: Cast, axis: str, breaks: Mapping[str, Sequence[int]], provisional: Sequence[int]
) -> str:
    """Tell a chart over time: what, when, how focus and mean went, who is highest and lowest, breaks and gaps."""
    said = cast.language
    countries = table.drop(columns=[str(cast.mean)], errors="ignore")
    parts = [message("alt.lines", said, who=_who(len(countries.columns), said), years=_span(table), axis=axis)]
    parts += _courses(table, cast)
    year = _year_to_compare(countries, cast.focus)
    last = countries.loc[year].dropna()
    if len(last) > 1:
        parts.append(_extremes(last, cast, year))
    if breaks:
        where = [f"{name} {join_words([str(one) for one in years], said)}" for name, years in breaks.items()]
        parts.append(message("alt.breaks", said, where="; ".join(where)))
    if provisional:
        parts.append(message("alt.provisional", said, years=join_words([str(one) for one in provisional], said)))
    return " ".join(parts)


def of_multiples(
    tables: Mapping[str, pd.DataFrame],
    casts: Mapping[str, Cast],
    axes: Mapping[str, str],
    breaks: Mapping[str, Mapping[str, Sequence[int]]],
) -> str:
    """Tell several small charts, one after the other."""
    said = next(iter(casts.values())).language
    parts = [message("alt.multiples", said, n=str(len(tables)))]
    for title, table in tables.items():
        courses = " ".join(_courses(table, casts[title]))
        parts.append(f"{title}, {axes[title]}, {_span(table)}: {courses}")
    broken = [f"{title}: {name} {join_words([str(one) for one in years], said)}"
              for title, found in breaks.items() for name, years in found.items()]  # fmt: skip
    if broken:
        parts.append(message("alt.breaks", said, where="; ".join(broken)))
    return " ".join(parts)


def of_ranked(series: pd.Series[float], cast: Cast, axis: str, form: str) -> str:
    """Tell a ranking: how many countries, highest and lowest, where the focus stands, and the mean."""
    said = cast.language
    countries = series.drop(labels=[str(cast.mean)], errors="ignore")
    parts = [message(f"alt.ranked_{form}", said, who=_who(len(countries), said), axis=axis)]
    if len(countries) > 1:
        parts.append(_extremes(countries, cast))
    if cast.focus in countries.index:
        amount = countries[cast.focus]
        place = 1 + int((countries > amount).sum())
        fields = {"name": cast.focus, "value": cast.show(amount), "place": str(place), "n": str(len(countries))}
        parts.append(message("alt.place", said, **fields))
    elif cast.focus not in series.index:
        parts.append(message("alt.absent", said, name=cast.focus))
    if cast.mean in series.index:
        parts.append(message("alt.stands", said, name=str(cast.mean), value=cast.show(series[cast.mean])))
    return " ".join(parts)


def of_sizes(rows: pd.DataFrame, cast: Cast, axis: str) -> str:
    """Tell size classes: each class's number for focus and mean, and where the largest class is furthest ahead."""
    said, classes = cast.language, [str(column) for column in rows.columns]
    countries = rows.drop(index=[str(cast.mean)], errors="ignore")
    fields = {"who": _who(len(countries), said), "axis": axis, "classes": join_words(classes, said)}
    parts = [message("alt.sizes", said, **fields, last=classes[-1])]
    for name in dict.fromkeys((cast.focus, cast.mean)):
        if name in rows.index:
            numbers = rows.loc[name].dropna()
            shown = [f"{size} {cast.show(amount)}" for size, amount in numbers.items()]
            parts.append(f"{name}: {join_words(shown, said)}.")
        elif name == cast.focus:
            parts.append(message("alt.absent", said, name=cast.focus))
    ahead = (countries[classes[-1]] - countries[classes[0]]).dropna()
    if len(classes) > 1 and len(ahead) > 1:
        (most, up), (least, down) = _most(ahead, cast), _most(-ahead, cast, back=True)
        ends = {"first": classes[0], "last": classes[-1], "most": most, "up": up, "least": least, "down": down}
        parts.append(message("alt.ahead", said, **ends))
    return " ".join(parts)


def of_slope(rows: pd.DataFrame, cast: Cast, axis: str) -> str:
    """Tell two years: focus and mean, and who changed the most in each direction."""
    said, (first, last) = cast.language, [str(column) for column in rows.columns]
    countries = rows.drop(index=[str(cast.mean)], errors="ignore")
    fields = {"who": _who(len(countries), said), "axis": axis, "start": first, "end": last}
    parts = [message("alt.slope", said, **fields), *_courses(rows.T, cast)]
    change = countries[last] - countries[first]
    if len(change) > 1:
        (most, up), (least, down) = _most(change, cast, signed=True), _most(-change, cast, signed=True, back=True)
        above = "rise_most" if change.max() > 0 else "fall_least"
        below = "fall_most" if change.min() < 0 else "rise_least"
        parts.append(message(f"alt.{above}", said, name=most, change=up))
        parts.append(message(f"alt.{below}", said, name=least, change=down))
    return " ".join(parts)


def _courses(table: pd.DataFrame, cast: Cast) -> list[str]:
    """Tell how focus and mean went, with the years they were observed first and last."""
    parts = []
    for name in dict.fromkeys((cast.focus, cast.mean)):
        if name in table.columns:
            series = table[name].dropna()
            ends = {"end": cast.show(series.iloc[-1]), "y1": str(series.index[-1])}
            if len(series) == 1:
                parts.append(message("alt.single", cast.language, name=str(name), **ends))
            else:
                start = {"start": cast.show(series.iloc[0]), "y0": str(series.index[0])}
                parts.append(message("alt.course", cast.language, name=str(name), **start, **ends))
        elif name == cast.focus:
            parts.append(message("alt.absent", cast.language, name=cast.focus))
    return parts


def _extremes(series: pd.Series[float], cast: Cast, year: int | None = None) -> str:
    (top, high), (bottom, low) = _most(series, cast), _most(-series, cast, back=True)
    key, when = ("", {}) if year is None else ("_in", {"year": str(year)})
    if high == low:
        return message(f"alt.equal{key}", cast.language, value=high, **when)
    return message(f"alt.extremes{key}", cast.language, top=top, high=high, bottom=bottom, low=low, **when)


def _most(series: pd.Series[float], cast: Cast, *, signed: bool = False, back: bool = False) -> tuple[str, str]:
    """Give all the names that have the highest number as it is shown, and that number.

    `back`: the numbers were turned round to find the lowest, and are turned back to be shown.
    """
    shown = {str(name): cast.show(-amount if back else amount, signed=signed) for name, amount in series.items()}
    best = shown[str(series.idxmax())]
    return join_words([name for name, text in shown.items() if text == best], cast.language), best


def _year_to_compare(countries: pd.DataFrame, focus: str) -> int:
    """Give the latest year of the focus when others have it too, else the latest year that most countries have."""
    counts = countries.notna().sum(axis=1)
    if focus in countries.columns:
        latest = int(countries[focus].dropna().index[-1])
        if counts[latest] > 1:
            return latest
    return int(counts[::-1].idxmax()) if len(counts) and counts.max() else int(countries.index[-1])


def _who(count: int, language: Language) -> str:
    return message("alt.one_country", language) if count == 1 else message("alt.countries", language, n=str(count))


def _span(table: pd.DataFrame) -> str:
    first, last = table.index.min(), table.index.max()
    return str(first) if first == last else f"{first}–{last}"
