"""What matplotlib draws our charts with, less what they never show, and with fonts read once.

Charts write their scales themselves (`marks`), so nothing is made ready for those that matplotlib would write.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import IdentityTransform

DPI = 72
Design = tuple[tuple[str, ...], Any, Any, Any, Any]
"""What names a font, but for its size: families, style, variant, weight and stretch."""


class Renderer(RendererSVG):  # type: ignore[misc]
    """What matplotlib writes SVG with, but that texts and fonts are measured once for all charts."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Give the measures of a text. Unit: points."""
        return measured(s, prop)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float | None, float | None, float | None]:
        """Give what a line in a font needs above and below its base, and between lines, as matplotlib asks for it."""
        lines = _lines(_design(prop))
        if not lines:
            return None, None, None
        units, ascent, descent, gap = lines
        scale = 1 / units * prop.get_size_in_points() * DPI / 72
        return ascent * scale, -descent * scale, gap * scale


class Plot(Axes):
    """Axes without the ticks and grids that matplotlib makes for each, to show them or not."""

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _UnseenX(self, clear=False), _UnseenY(self, clear=False)
        for axis, sides in ((self.xaxis, ("bottom", "top")), (self.yaxis, ("left", "right"))):
            axis.set_visible(False)
            for side in sides:
                self.spines[side].register_axis(axis)

    def _gen_axes_patch(self) -> Rectangle:
        return _Ground((0.0, 0.0), 1.0, 1.0)


class _Unseen:
    """An axis of which only the scale is used."""

    def grid(self, *_: Any, **__: Any) -> None:
        """Draw no grid."""

    def set_clip_path(self, *_: Any, **__: Any) -> None:
        """Make no ticks in order to clip them."""


class _UnseenX(_Unseen, XAxis):
    pass


class _UnseenY(_Unseen, YAxis):
    pass


class _Ground(Rectangle):
    """The ground of a chart, to which all that stands on it is clipped; each asks for its transform."""

    def get_patch_transform(self) -> IdentityTransform:
        """Give the transform from the unit square, which it is."""
        return IdentityTransform()


@lru_cache(maxsize=1 << 14)
def measured(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Give width, height and descent of a text, as matplotlib measures it. Unit: points.

    Matplotlib reads a font's file again for every letter, which takes two thirds of the time; here it is in memory.
    """
    face, letters = _face(_design(font))
    if not letters.issuperset(text):  # some are taken from other fonts
        width, height, descent = text_to_path.get_text_width_height_descent(text, font, ismath=False)
        return width, height, descent
    face.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    scale = font.get_size_in_points() / text_to_path.FONT_SCALE
    width, height = face.get_width_height()
    return width / 64.0 * scale, height / 64.0 * scale, face.get_descent() / 64.0 * scale


def _design(font: FontProperties) -> Design:
    return tuple(font.get_family()), font.get_style(), font.get_variant(), font.get_weight(), font.get_stretch()


@cache
def _face(design: Design) -> tuple[FT2Font, frozenset[str]]:
    """Find and read a font, which is the same for all sizes, and the letters that it has."""
    family, style, variant, weight, stretch = design
    wanted = FontProperties(family=[*family], style=style, variant=variant, weight=weight, stretch=stretch)
    path = font_manager.findfont(wanted)
    face = FT2Font(io.BytesIO(Path(path).read_bytes()))
    face.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    return face, frozenset(map(chr, face.get_charmap()))


@cache
def _lines(design: Design) -> tuple[int, int, int, int] | None:
    """Give a font's units of its size, and in them its ascent, its descent (negative) and the gap between lines."""
    face, _ = _face(design)
    table, head = face.get_sfnt_table("OS/2"), face.get_sfnt_table("head")
    if table is None or head is None:
        return None
    return head["unitsPerEm"], table["sTypoAscender"], table["sTypoDescender"], table["sTypoLineGap"]
