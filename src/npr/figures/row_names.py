"""The names of a chart's rows, wrapped where they are long, each line a text of its own."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from npr.figures.layout import text_width_pt, wrapped
from npr.figures.lines import LINE_PT
from npr.figures.marks import moved
from npr.figures.style import TEXT, WIDTH_PT

WIDEST = 0.38 * WIDTH_PT  # of a line of a name
AWAY_PT = 10.0  # between a name and its row


def lines_of(labels: Sequence[object]) -> list[list[str]]:
    """Break names into lines; a name of one line and a bit is broken in two of about the same length."""
    found = []
    for label in labels:
        lines = wrapped(str(label), WIDEST)
        if len(lines) > 1:
            even = wrapped(str(label), 1.12 * text_width_pt(str(label)) / len(lines))
            lines = even if len(even) == len(lines) else lines
        found.append(lines)
    return found


def room_of(names: Sequence[Sequence[str]]) -> float:
    """Give the room that the names need left of the rows. Unit: points."""
    return max(text_width_pt(line) for lines in names for line in lines) + AWAY_PT


def row_height(names: Sequence[Sequence[str]], least: float) -> float:
    """Give the height of a row that holds the longest name. Unit: points."""
    return max(least, LINE_PT * max(len(lines) for lines in names) + 5)


def name_rows(ax: Axes, names: Sequence[Sequence[str]], away: float = 0.0) -> None:
    """Name the rows, the first at the top. Unit: `away`, from the frame, in points."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    left = moved(ax, ax.get_yaxis_transform(), 2 - away - AWAY_PT)
    for at, lines in enumerate(names):
        for place, line in enumerate(lines):
            up = LINE_PT * ((len(lines) - 1) / 2 - place)
            ax.text(0, at, line, transform=moved(ax, left, 0, up), ha="right", va="center_baseline", color=TEXT)
