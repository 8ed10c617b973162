"""Charts of what is declared: the time line, standings and counts."""

import math
import re

import pandas as pd
import pytest

from npr.errors import ContentError
from npr.figures import Moment, counted, standings, timeline
from npr.figures.style import FOCUS
from svg_reading import outside, texts, written

MOMENTS = [
    Moment("2016-06-30", "Rekvisition", "Uppdraget"),
    Moment("2015", "Start", "OECD"),
    Moment("2017-05", "Avslut", "OECD"),
]


def test_a_month_and_a_year_stand_at_their_beginning():
    # 30 June: 2016 + 5/12 + 29/365 = 2016.4961
    assert [round(one.place, 4) for one in MOMENTS] == [2016.4961, 2015.0, 2017.3333]


def test_moments_are_shown_as_exactly_as_they_are_known():
    assert [one.shown("sv") for one in MOMENTS] == ["30 juni 2016", "2015", "maj 2017"]


def test_the_time_line_runs_in_order_and_writes_every_moment():
    figure = timeline(MOMENTS, language="sv", key="k")
    assert figure.data.iloc[:, 0].tolist() == ["Start", "Rekvisition", "Avslut"]
    for text in ("Start, 2015", "Rekvisition, 30 juni 2016", "Avslut, maj 2017", "Uppdraget", "OECD"):
        assert text in texts(figure.svg)
    assert "2015: Start (OECD)" in figure.alt
    assert not outside(figure.svg)


def test_a_time_line_without_moments_or_with_too_many_lanes_is_refused():
    for moments in ([], [Moment("2015", "x", str(lane)) for lane in range(4)]):
        with pytest.raises(ContentError, match="lanes"):
            timeline(moments, language="sv", key="k")


def test_the_first_place_is_to_the_right_and_the_last_to_the_left():
    table = pd.DataFrame({"place": [1, 5, 3], "of": [5, 5, 5]}, index=["Först", "Sist här", "I mitten"])
    figure = standings(table, focus="Sverige", language="sv", key="k")
    assert {"1 av 5", "5 av 5", "3 av 5"} <= set(texts(figure.svg))
    assert "Först: 1 av 5; Sist här: 5 av 5; I mitten: 3 av 5" in figure.alt
    assert figure.data["Plats"].tolist() == [1, 5, 3]
    first, last, middle = _marks(figure.svg)
    assert last < middle < first
    assert math.isclose(first - middle, middle - last, rel_tol=1e-3)
    assert not outside(figure.svg)


def test_a_country_with_one_indicator_alone_has_a_chart_and_none_has_not():
    one = pd.DataFrame({"place": [1], "of": [1]}, index=["Ensam"])
    assert "1 av 1" in texts(standings(one, focus="Chile", language="sv", key="k").svg)
    with pytest.raises(ContentError, match="at least one number"):
        standings(one.iloc[:0], focus="Chile", language="sv", key="k")


def test_counts_run_from_the_most_to_the_fewest():
    figure = counted(pd.Series({"a": 2.0, "b": 14.0}), language="en", axis="number", label="kind", key="k")
    assert figure.data.index.tolist() == ["b", "a"]
    assert figure.alt == "Bar chart. number: b 14; a 2."
    assert [one.text for one in written(figure.svg) if one.text in ("14", "2")] == ["14", "2"]


def _marks(svg: str) -> list[float]:
    """Give how far to the right the marks of the focus stand, from the first row to the last."""
    found = re.findall(rf'<use [^>]*x="([\d.]+)" y="([\d.]+)"[^>]*fill: {FOCUS.lower()}', svg)
    return [float(x) for x, _ in sorted(found, key=lambda one: float(one[1]))]
