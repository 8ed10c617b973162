"""A time line: a row an event, in order, with its mark at its day and its words beside the mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault
from npr.figures.marks import RULE, draw_marks, mark_below, rule_columns, rule_rows, write_beside
from npr.figures.style import (
    FOCUS,
    GRID,
    MEAN,
    OTHER,
    SIZE_PT,
    TEXT,
    WIDTH_PT,
    Figure,
    Look,
    axes_at,
    canvas,
    mark_at,
    to_svg,
    write_at,
)
from npr.language.messages import message
from npr.language.numbers import show_date, show_months

ROW_PT = 17.0
FOOT_PT = 19.0
LEGEND_PT = 22.0
EDGE_PT = 16.0  # half the label of a year
# Shape and shade both tell the lanes apart, so that they also work in grey.
LOOKS: tuple[Look, ...] = (
    {"marker": "o", "color": FOCUS, "markerfacecolor": FOCUS},
    {"marker": "s", "color": OTHER, "markerfacecolor": OTHER},
    {"marker": "D", "color": MEAN, "markerfacecolor": "white"},
)


@dataclass(frozen=True)
class Moment:
    """A day, a month or a year (2016-06-30, 2016-06, 2016), what happened, and the lane it belongs to."""

    when: str
    label: str
    lane: str

    def shown(self, language: Language) -> str:
        """Give the time in words."""
        parts = [int(one) for one in self.when.split("-")]
        if len(parts) == 3:
            return show_date(date(*parts), language)
        return show_months(parts[0], parts[1:], language) if len(parts) == 2 else str(parts[0])

    @property
    def place(self) -> float:
        """Give where it stands on a scale of years; a month or a year stands at its beginning."""
        year, month, day = (*(int(one) for one in self.when.split("-")), 1, 1)[:3]
        return year + (month - 1) / 12 + (day - 1) / 365


def timeline(moments: list[Moment], *, language: Language, key: str) -> Figure:
    """Draw moments in order of time.

    Raises:
        ContentError: there are none, or more lanes than there are looks.
    """
    lanes = list(dict.fromkeys(one.lane for one in moments))
    if not moments or len(lanes) > len(LOOKS):
        raise ContentError([Fault(f"figure {key}", "lanes", f"1 to {len(LOOKS)}", str(len(lanes)))])
    ordered = sorted(moments, key=lambda one: (one.place, one.label))
    height = ROW_PT * len(ordered)
    first, last = int(ordered[0].place), int(ordered[-1].place) + 1
    with canvas(FOOT_PT + height + LEGEND_PT, key) as figure:
        ax = axes_at(figure, EDGE_PT, FOOT_PT, WIDTH_PT - 2 * EDGE_PT, height)
        ax.set_xlim(first, last)
        ax.set_ylim(len(ordered) - 0.5, -0.5)
        years = range(first, last + 1)
        mark_below(ax, years, [str(year) for year in years])
        rule_columns(ax, years, **RULE)
        rule_rows(ax, range(len(ordered)), color=GRID, linewidth=0.5, zorder=0)
        middle = (first + last) / 2
        for at, one in enumerate(ordered):
            look = LOOKS[lanes.index(one.lane)]
            draw_marks(ax, [one.place], [at], markersize=6.4, clip_on=False, zorder=3, **look)
            right = one.place <= middle
            write_beside(
                ax, one.place, at, f"{one.label}, {one.shown(language)}", 8 if right else -8, va="center_baseline",
                ha="left" if right else "right", color=TEXT, size=SIZE_PT - 0.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
        left = 6.0
        for lane, look in zip(lanes, LOOKS, strict=False):
            mark_at(figure, left, FOOT_PT + height + 12, markersize=6.4, **look)
            write_at(figure, left + 9, FOOT_PT + height + 12, lane, va="center_baseline")
            left += 150
        svg = to_svg(figure, key)
    rows = [(one.shown(language), one.label, one.lane) for one in ordered]
    columns = [message(f"timeline.{name}", language) for name in ("when", "event", "lane")]
    told = "; ".join(f"{when}: {label} ({lane})" for when, label, lane in rows)
    alt = message("alt.timeline", language, first=str(first), last=str(last), told=told)
    data = pd.DataFrame([row[1:] for row in rows], columns=columns[1:])
    data.index = pd.Index([row[0] for row in rows], name=columns[0])
    return Figure(svg, alt, data, 0)
