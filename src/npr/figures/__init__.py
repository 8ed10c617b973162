"""One function a chart form: each returns the figure, its alt text made from its data, and that data."""

from npr.figures.lines import line_comparison
from npr.figures.multiples import small_multiples
from npr.figures.rows import counted, ranked, size_gap
from npr.figures.slopes import slope
from npr.figures.standings import standings
from npr.figures.style import Figure, font_folder
from npr.figures.timeline import Moment, timeline

__all__ = [
    "Figure", "Moment", "counted", "font_folder", "line_comparison", "ranked", "size_gap", "slope", "small_multiples",
    "standings", "timeline",
]  # fmt: skip
