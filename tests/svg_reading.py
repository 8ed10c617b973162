"""Reads back what a chart's SVG shows: its texts with their places, its strokes and its ids."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from npr.figures.layout import text_width_pt

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Written:
    """A text of the chart, and where it stands. Unit: points from the upper left corner."""

    text: str
    x: float
    y: float
    bold: bool
    color: str
    anchor: str


def written(svg: str) -> list[Written]:
    """Give the texts in the order in which they are drawn."""
    found = []
    for one in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        style = _style(one)
        place = float(one.attrib["x"]), float(one.attrib["y"])
        bold = style.get("font-weight") == "700"
        found.append(Written("".join(one.itertext()), *place, bold, style["fill"], style["text-anchor"]))
    return found


def texts(svg: str) -> list[str]:
    """Give what is written, without the places."""
    return [one.text for one in written(svg)]


def strokes(svg: str, color: str, width: str) -> list[int]:
    """Give how many points each line of a colour and a width joins."""
    found = []
    for one in ElementTree.fromstring(svg).iter(f"{SVG}path"):
        style = _style(one)
        if style.get("stroke") == color.lower() and style.get("stroke-width", "1") == width and "id" not in one.attrib:
            found.append(len(re.findall("[ML]", one.attrib["d"])))
    return found


def dashes(svg: str, color: str) -> set[str]:
    """Give the dash patterns of the lines of a colour; a full line has none."""
    paths = (_style(one) for one in ElementTree.fromstring(svg).iter(f"{SVG}path"))
    return {
        one["stroke-dasharray"] for one in paths if one.get("stroke") == color.lower() and "stroke-dasharray" in one
    }


def ids(svg: str) -> list[str]:
    """Give the ids."""
    return [one.attrib["id"] for one in ElementTree.fromstring(svg).iter() if "id" in one.attrib]


def outside(svg: str) -> list[Written]:
    """Give the texts that reach over the edge of the chart."""
    _, _, wide, high = (float(side) for side in ElementTree.fromstring(svg).attrib["viewBox"].split())
    found = []
    for one in written(svg):
        width = text_width_pt(one.text, bold=one.bold)
        left = one.x - {"start": 0.0, "middle": width / 2, "end": width}[one.anchor]
        # Letters reach some 7 points over the line that they stand on, and 2 under it.
        if left < -1 or left + width > wide + 1 or one.y < 6 or one.y > high - 1.9:
            found.append(one)
    return found


def _style(one: ElementTree.Element) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in one.attrib.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip().lower() for name, value in pairs}
