"""The rows under a chart that explain its signs: a line, an area or a marker beside its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D

from npr.figures.layout import text_width_pt
from npr.figures.lines import KEY_PT
from npr.figures.style import QUIET, WIDTH_PT, Look, mark_at, write_at

SAMPLE_PT, MARK_PT, BETWEEN_PT = 20.0, 9.0, 15.0
ROW_PT = 15.0  # from one row to the next


@dataclass(frozen=True)
class Sign:
    """A sign and its words: an area, a line through it and a marker, those that it has, drawn in this order."""

    text: str
    area: Look | None = None
    line: Look | None = None
    mark: Look | None = None
    font: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sample_pt(self) -> float:
        """Give the width of the sign itself."""
        return SAMPLE_PT if self.area or self.line else MARK_PT

    @property
    def width_pt(self) -> float:
        """Give the width of the sign and its words."""
        return self.sample_pt + 5 + text_width_pt(self.text, bold=self.font.get("weight") == "bold")


def rows_of(signs: Sequence[Sign], left: float = 0.0) -> list[list[Sign]]:
    """Break the signs into rows that fit the width right of `left`. Unit: points."""
    rows: list[list[Sign]] = []
    for sign in signs:
        taken = sum(one.width_pt + BETWEEN_PT for one in rows[-1]) if rows else WIDTH_PT
        if left + taken + sign.width_pt > WIDTH_PT:
            rows.append([])
        rows[-1].append(sign)
    return rows


def height_of(rows: Sequence[object]) -> float:
    """Give the height that the rows need. Unit: points."""
    return KEY_PT + ROW_PT * (len(rows) - 1) if rows else 0.0


def draw_rows(figure: Canvas, rows: Sequence[Sequence[Sign]], left: float = 0.0) -> None:
    """Draw the rows at the lower edge of a figure, each beginning at `left`. Unit: points."""
    for at, row in enumerate(reversed(rows)):
        middle, place = 7.5 + ROW_PT * at, left
        for sign in row:
            _sample(figure, sign, place, middle)
            look = {"color": QUIET, **sign.font}
            write_at(figure, place + sign.sample_pt + 5, middle, sign.text, va="center_baseline", **look)
            place += sign.width_pt + BETWEEN_PT


def _sample(figure: Canvas, sign: Sign, left: float, middle: float) -> None:
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans  # axes of their own would take ten times as long
    if sign.area:
        low, high, right = middle - 5, middle + 5, left + SAMPLE_PT
        corners = [(left, low), (left, high), (right, high), (right, low)]
        figure.add_artist(PolyCollection([corners], transform=points, **sign.area))
    if sign.line:
        figure.add_artist(Line2D([left, left + SAMPLE_PT], [middle, middle], transform=points, **sign.line))
    if sign.mark:
        mark_at(figure, left + sign.sample_pt / 2, middle, **sign.mark)
