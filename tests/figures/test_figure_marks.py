"""Marks in a chart: each stands where matplotlib's own would, worked out by hand for a chart of 480 by 100 points.

The axes lie from (100, 20) to (300, 80), counted from the lower left corner; an SVG counts from the upper left one.
"""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from matplotlib.axes import Axes

from npr.figures.marks import (
    GAP,
    draw_bar,
    draw_line,
    draw_marks,
    mark_below,
    mark_values,
    rule_columns,
    rule_rows,
    write_beside,
)
from npr.figures.style import GRID, QUIET, axes_at, canvas, to_svg
from svg_reading import SVG, strokes, written

RED = "#ff0000"


def svg_of(draw: Callable[[Axes], None]) -> str:
    with canvas(100, "marks") as figure:
        ax = axes_at(figure, 100, 20, 200, 60)
        ax.set_xlim(0, 10)
        ax.set_ylim(0, 3)
        ax.set_axis_off()  # what matplotlib would draw itself
        draw(ax)
        return to_svg(figure, "marks")


def paths(svg: str, color: str) -> list[list[tuple[float, float]]]:
    """Give the corners of each path in a colour, be it of its line or of its area."""
    found = []
    for one in ElementTree.fromstring(svg).iter(f"{SVG}path"):
        if color in one.attrib.get("style", "") and "id" not in one.attrib:
            found.append([(float(x), float(y)) for x, y in re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", one.attrib["d"])])
    return found


def marks(svg: str) -> list[tuple[float, float]]:
    return [(float(one.attrib["x"]), float(one.attrib["y"])) for one in ElementTree.fromstring(svg).iter(f"{SVG}use")]


def test_a_line_is_lifted_at_a_gap():
    svg = svg_of(lambda ax: draw_line(ax, [0, 5, GAP, 5, 10], [0, 3, GAP, 0, 3], color=RED, linewidth=2))
    assert paths(svg, RED) == [[(100, 80), (200, 20), (200, 80), (300, 20)]]
    assert strokes(svg, RED, "2") == [4]


def test_markers_have_no_line_between_them():
    svg = svg_of(lambda ax: draw_marks(ax, [0, 5], [0, 3], color=RED, markersize=4))
    assert marks(svg) == [(100, 80), (200, 20)]
    assert paths(svg, RED) == []


def test_a_bar_lies_on_the_middle_of_its_row_and_may_run_to_the_left():
    svg = svg_of(lambda ax: draw_bar(ax, 5, 1.5, -2.5, 0.5, color=RED))
    assert sorted(set(paths(svg, RED)[0])) == [(150, 45), (150, 55), (200, 45), (200, 55)]


def test_rules_run_through_the_whole_chart():
    rows = svg_of(lambda ax: rule_rows(ax, [1, 2], color=RED, linewidth=1.5))
    assert paths(rows, RED) == [[(100, 60), (300, 60), (100, 40), (300, 40)]]
    columns = svg_of(lambda ax: rule_columns(ax, [5, 10], color=RED, linewidth=1.5))
    assert paths(columns, RED) == [[(200, 80), (200, 20), (300, 80), (300, 20)]]


def test_values_are_ruled_and_written_to_the_left():
    svg = svg_of(lambda ax: mark_values(ax, [0, 3], ["0", "3"]))
    assert strokes(svg, GRID, "0.7") == [4]
    (zero, three) = written(svg)
    assert [(one.text, one.x, one.color, one.anchor) for one in (zero, three)] == [
        ("0", 96.5, QUIET.lower(), "end"), ("3", 96.5, QUIET.lower(), "end"),
    ]  # fmt: skip
    assert zero.y - three.y == pytest.approx(60)


def test_places_below_have_a_tick_and_a_text():
    svg = svg_of(lambda ax: mark_below(ax, [0, 10], ["2000", "2010"]))
    assert marks(svg) == [(100, 80), (300, 80)]
    (first, last) = written(svg)
    assert [(one.text, one.x, one.anchor) for one in (first, last)] == [
        ("2000", 100, "middle"),
        ("2010", 300, "middle"),
    ]
    assert first.y == last.y > 86.5  # the top of the texts is 6.5 points below the axis


def test_a_text_stands_beside_its_place():
    svg = svg_of(lambda ax: write_beside(ax, 5, 0, "here", 8, 3, ha="left", va="baseline"))
    assert [(one.text, one.x, one.y) for one in written(svg) if one.text == "here"] == [("here", 208, 77)]
