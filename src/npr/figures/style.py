"""The one style of all charts, and how a chart becomes an SVG with real text and the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from npr.catalogue.declarations import Language
from npr.figures.drawing import DPI, Plot, Renderer
from npr.language.numbers import show_number

WIDTH_PT = 480.0  # the width of a text column
FAMILY = "Public Sans"
FOCUS, MEAN, OTHER, BAR, TEXT, QUIET, GRID = "#0B4F9E", "#1F1F1F", "#8794A1", "#B7C1CB", "#1F2933", "#52606D", "#E4E8EC"
SIZE_PT = 9.5
DASHES = (0, (3.4, 1.7))
RC = {
    "font.family": [FAMILY],
    "font.size": SIZE_PT,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a label with two dollar signs is no formula
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "text.color": TEXT,
    "xtick.color": QUIET,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "xtick.labelsize": SIZE_PT,
    "ytick.labelsize": SIZE_PT,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 1.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "lines.solid_capstyle": "round",
}
PROGRAM = (
    "backend", "date.epoch", "docstring", "figure.max_open", "figure.raise", "interactive", "keymap",
    "savefig.directory", "timezone", "tk.", "toolbar", "webagg",
)  # fmt: skip
"""Settings of matplotlib that belong to the program and not to a chart."""
Look = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A chart as SVG, its text alternative, and the numbers behind it as a table in the language of the chart."""

    svg: str
    alt: str
    data: pd.DataFrame
    decimals: int


@dataclass(frozen=True)
class Cast:
    """Who stands out in a chart and who recedes, and how its numbers are shown."""

    focus: str
    mean: str | None
    language: Language
    decimals: int

    def strong(self, name: str) -> bool:
        """Say whether a name stands out."""
        return name in (self.focus, self.mean)

    def color(self, name: str, other: str = OTHER) -> str:
        """Give the colour of a name's marks."""
        return FOCUS if name == self.focus else MEAN if name == self.mean else other

    def pen(self, name: str) -> Look:
        """Give the look of a name's line: colour, weight and dashes differ, so that it also works in grey."""
        if name == self.focus:
            return {"color": FOCUS, "linewidth": 2.6, "zorder": 6}
        if name == self.mean:
            return {"color": MEAN, "linewidth": 1.8, "linestyle": DASHES, "dash_capstyle": "butt", "zorder": 5}
        return {"color": OTHER, "linewidth": 1.0, "zorder": 3}

    def font(self, name: str, other: str = TEXT) -> Look:
        """Give the look of a name's text."""
        return {
            "color": FOCUS if name == self.focus else MEAN if name == self.mean else other,
            "weight": "bold" if self.strong(name) else "normal",
            "size": SIZE_PT,
        }

    def show(self, amount: float, *, signed: bool = False) -> str:
        """Show a number of the chart."""
        return show_number(float(amount), self.decimals, self.language, signed=signed)


def font_folder() -> Path:
    """Give the folder of the fonts that travel with the project."""
    return Path(__file__).with_name("fonts")


@cache
def load_fonts() -> None:
    """Make the project's fonts known to the charts, once."""
    for path in sorted(font_folder().glob("*.ttf")):
        font_manager.fontManager.addfont(path)


@cache
def _defaults() -> dict[str, Any]:
    """Give matplotlib's own settings, but for those of the program rather than of a chart."""
    return {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith(PROGRAM)}


@contextmanager
def canvas(height_pt: float, key: str) -> Iterator[Canvas]:
    """Give an empty figure in the project's style, of the one width.

    What the caller has set does not reach it, and is left as it was.
    """
    load_fonts()
    with mpl.rc_context({**_defaults(), **RC, "svg.hashsalt": f"npr {key}"}):
        yield Canvas(figsize=(WIDTH_PT / 72, height_pt / 72))


def axes_at(figure: Canvas, left: float, bottom: float, width: float, height: float) -> Axes:
    """Give axes at a place. Unit: points from the lower left corner of the figure."""
    wide, high = (72 * float(side) for side in figure.get_size_inches())
    return figure.add_axes(Plot(figure, (left / wide, bottom / high, width / wide, height / high)))


def write_at(figure: Canvas, left: float, bottom: float, text: str, **look: Any) -> None:
    """Write a text at a place. Unit: points from the lower left corner of the figure."""
    wide, high = (72 * float(side) for side in figure.get_size_inches())
    figure.text(left / wide, bottom / high, text, **look)


def mark_at(figure: Canvas, left: float, middle: float, **look: Any) -> None:
    """Draw one marker at a place. Unit: points from the lower left corner of the figure."""
    wide, high = (72 * float(side) for side in figure.get_size_inches())
    place = {"transform": figure.transFigure, "clip_on": False, "linestyle": "none"}
    figure.add_artist(Line2D([left / wide], [middle / high], **{**look, **place}))


def to_svg(figure: Canvas, key: str) -> str:
    """Write a figure as SVG that can stand in a page beside others.

    It has no prolog, date or style sheet (which would reach the rest of the page), and no id that two charts
    could share, unless they have both the same key and the same content.
    """
    out = io.StringIO()
    figure.set_dpi(DPI)
    width, height = (72 * float(side) for side in figure.get_size_inches())
    renderer = Renderer(width, height, out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    figure.draw(renderer)
    renderer.finalize()
    svg = out.getvalue()
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", svg))
    prefix = f"{re.sub(r'[^A-Za-z0-9]+', '-', f'f-{key}')}-{sha256(f'{key} {svg}'.encode()).hexdigest()[:8]}"
    svg = re.sub(r' id="([^"]+)"', lambda one: f' id="{prefix}-{one[1]}"' if one[1] in used else "", svg)
    svg = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}-", svg)
    return re.sub(r"\s*\n\s*", "\n", svg)
