"""One function a chart form: each returns the figure, its alt text made from its data, and that data."""

from npr.figures.fan_parts import FanCell
from npr.figures.fans import fan, fan_multiples
from npr.figures.lines import line_comparison
from npr.figures.multiples import small_multiples
from npr.figures.rows import counted, ranked, size_gap
from npr.figures.scorecards import calibration_plot, scorecard_plot
from npr.figures.slopes import slope
from npr.figures.standings import standings
from npr.figures.style import Figure, font_folder
from npr.figures.timeline import Moment, timeline
from npr.figures.tornados import tornado

__all__ = [
    "FanCell", "Figure", "Moment", "calibration_plot", "counted", "fan", "fan_multiples", "font_folder",
    "line_comparison", "ranked", "scorecard_plot", "size_gap", "slope", "small_multiples", "standings", "timeline",
    "tornado",
]  # fmt: skip
