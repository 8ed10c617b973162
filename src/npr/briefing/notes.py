"""Writes the notes under figures and tables: breaks, provisional years, missing countries, the mean, the source."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from npr.catalogue.declarations import Caveat
from npr.indicators.panel import Panel
from npr.language.messages import message
from npr.language.numbers import join_words, show_date, show_months, show_number

if TYPE_CHECKING:
    from npr.briefing.page import Page

PROVISIONAL = ("P", "E", "F")
OF_A_COPY = {
    Caveat.NO_STATUS_FLAGS,
    Caveat.SEVENTEEN_ECONOMIES,
    Caveat.ZEROS_REMOVED,
    Caveat.PRICE_BASE_UNKNOWN,
}


def provisional_years(panel: Panel) -> list[int]:
    """Give the years in which at least half of the observations are provisional, estimated or forecast."""
    marked, held = panel.marked(*PROVISIONAL).sum(axis=1), panel.wide.notna().sum(axis=1)
    return [int(year) for year, count in marked.items() if count and 2 * count >= held[year]]


def source_line(page: Page, panels: list[Panel]) -> str:
    """Name the sources as their custom asks: the OECD mean is ours, so the figure is "based on" them."""
    labels = join_words(list(dict.fromkeys(panel.source.label[page.language] for panel in panels)), page.language)
    dates = list(dict.fromkeys(retrieved(panel, page) for panel in panels))
    return message("note.own_calculations", page.language, sources=labels, retrieved=join_words(dates, page.language))


def retrieved(panel: Panel, page: Page) -> str:
    """Say when the vintage was retrieved, as far as its receipt knows."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", panel.retrieved)
    if found:
        return show_date(date.fromisoformat(found[0]), page.language)
    months = re.match(r"(\d{4})-(\d{2})(?:/(\d{2}))?$", panel.retrieved)
    if months:
        return show_months(int(months[1]), [int(one) for one in months.groups()[1:] if one], page.language)
    return message("note.date_unknown", page.language)


def for_lines(page: Page, panel: Panel, table: pd.DataFrame) -> str:
    """Give the note of a chart over time."""
    counts = [
        int(page.count(panel.decl.id, int(year)).amount)
        for year in table.index
        if table[page.mean_label()].notna()[year]
    ]
    return _joined(
        mean_over_time(page, counts),
        breaks(page, panel),
        provisional(page, panel),
        absent(page, panel),
        caveats(page, panel),
    )


def for_year(page: Page, panel: Panel, year: int | None) -> str:
    """Give the note of a chart of one year."""
    count = [] if year is None else [int(page.count(panel.decl.id, year).amount)]
    missing = absent(page, panel) or absent_in(page, panel, year)
    return _joined(mean_over_time(page, count), breaks(page, panel, year), missing, caveats(page, panel))


def for_slope(page: Page, panel: Panel, start: int, end: int, shown: list[str]) -> str:
    """Give the note of a chart of two years; a break between them is said."""
    between = [one for one in shown if any(start < year <= end for year in panel.breaks(one))]
    names = join_words([page.plain_name(one) for one in between], page.language)
    broken = message("note.break_between", page.language, areas=names) if between else ""
    return _joined(message("note.mean_same_members", page.language), broken, absent(page, panel), caveats(page, panel))


def for_table(page: Page, panels: list[Panel]) -> str:
    """Give the note of a table."""
    mean, dots = message("note.mean_note", page.language), message("page.not_available", page.language)
    return _joined(mean, dots, caveats(page, *panels))


def mean_over_time(page: Page, counts: list[int]) -> str:
    """Say of how many members the OECD mean is made."""
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    number = str(low) if low == high else f"{low}–{high}"
    return message("note.mean_of", page.language, n=number)


def breaks(page: Page, panel: Panel, year: int | None = None) -> str:
    """Name the breaks that the source marks, for the areas shown."""
    found = []
    for area in page.shown(panel) if year is None else [*panel.wide.columns]:
        years = [one for one in panel.breaks(area) if year is None or one == year]
        if years:
            found.append(f"{page.plain_name(area)} {', '.join(map(str, years))}")
    return message("note.breaks", page.language, areas=join_words(found, page.language)) if found else ""


def provisional(page: Page, panel: Panel) -> str:
    """Name the years that are provisional nearly everywhere."""
    years = provisional_years(panel)
    return (
        message("note.provisional", page.language, years=join_words(list(map(str, years)), page.language))
        if years
        else ""
    )


def absent(page: Page, panel: Panel) -> str:
    """Say that the country is not in the source."""
    if panel.has(page.country):
        return ""
    return message("note.country_absent", page.language, country=page.name)


def absent_in(page: Page, panel: Panel, year: int | None) -> str:
    """Say that the country has no number in the year shown."""
    if year is None or year in panel.years(page.country):
        return ""
    return message("note.country_absent_year", page.language, country=page.name, year=str(year))


def caveats(page: Page, *panels: Panel) -> str:
    """Give the reservations of indicators, each once, and which figures their source could not confirm."""
    said = dict.fromkeys(one.value for panel in panels for one in panel.decl.caveats if holds(one, panel))
    told = [message(f"caveat.{one}", page.language) for one in said]
    return " ".join([*told, *stale(page, *panels)])


def holds(caveat: Caveat, panel: Panel) -> bool:
    """Say whether a reservation holds of this vintage: one about a copy does not when the source itself was asked."""
    return caveat not in OF_A_COPY or not panel.downloaded


def stale(page: Page, *panels: Panel) -> list[str]:
    """Name the indicators that could not be confirmed when the edition was frozen, in one sentence for each age."""
    alike: dict[tuple[str, date], list[str]] = {}
    for panel in panels:
        if panel.stale:
            name = panel.decl.short[page.language]
            alike.setdefault((panel.stale.confirmed, panel.stale.tried), []).append(name)
    return [_stale(page, list(dict.fromkeys(names)), *since) for since, names in alike.items()]


def _stale(page: Page, names: list[str], confirmed: str, tried: date) -> str:
    """Say since when, and how old that is: in days, or in months where only the month is known."""
    year, month = int(confirmed[:4]), int(confirmed[5:7])
    if len(confirmed) == len("2025-05"):
        known = show_months(year, [month], page.language)
        number = (tried.year - year) * 12 + tried.month - month
        age = message("note.age_months", page.language, n=show_number(number, 0, page.language))
    else:
        day = date.fromisoformat(confirmed)
        known = show_date(day, page.language)
        age = message("note.age_days", page.language, n=show_number((tried - day).days, 0, page.language))
    return message(
        "note.stale",
        page.language,
        indicators=join_words(names, page.language),
        confirmed=known,
        tried=show_date(tried, page.language),
        age=age,
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
