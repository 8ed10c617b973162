"""Fan charts of little or odd content: one year, one point, equal or negative numbers; and exact faults."""

from itertools import pairwise

import pandas as pd
import pytest

from npr.errors import ContentError, Fault
from npr.figures import FanCell, Figure, fan, fan_multiples
from npr.figures.style import FOCUS, QUIET
from svg_reading import outside, strokes, texts, written

HISTORY = pd.Series([3.0, 3.2, 3.4], index=[2021, 2022, 2023])
BANDS = pd.DataFrame(
    {0.025: [3.0, 2.8], 0.1: [3.2, 3.0], 0.5: [3.5, 3.6], 0.9: [3.8, 4.2], 0.975: [4.0, 4.5]}, index=[2024, 2025]
)


def draw(history: pd.Series = HISTORY, bands: pd.DataFrame = BANDS) -> Figure:
    said = {"name": "Sverige", "language": "sv", "axis": "procent av BNP", "decimals": 1, "key": "fou"}
    return fan(history, bands, **said)


def multiples(cells: list[FanCell]) -> Figure:
    return fan_multiples(cells, language="sv", axis="procent av BNP", decimals=1, key="bilder")


def test_faults_of_bands_are_told_together() -> None:
    with pytest.raises(ContentError) as told:
        draw(bands=BANDS.assign(**{"0.9": [3.8, 3.5]}).drop(columns=0.9).set_axis([2023, 2024]))
    assert told.value.faults == [
        Fault("figure fou", "bands", "quantiles in order", "some that cross in 2024"),
        Fault("figure fou", "bands", "years after 2023, the last observed", "2023"),
    ]
    with pytest.raises(ContentError) as told:
        multiples([])
    assert told.value.faults == [Fault("figure bilder", "cells", "at least one fan", "none")]


def test_a_history_of_one_point_and_bands_of_one_year_make_a_fan() -> None:
    for svg in (draw(HISTORY.iloc[-1:], BANDS.iloc[:1]).svg, multiples([FanCell("A", HISTORY[2:], BANDS[:1])]).svg):
        # No line of one observation: it is in the key alone. The middle joins 2023 and 2024, and is in the key.
        assert strokes(svg, FOCUS, "2.4") == [2] and strokes(svg, FOCUS, "2") == [2, 2]
        assert {"2023", "2024", "3,5"} <= set(texts(svg)) and outside(svg) == []
    told = draw(HISTORY.iloc[-1:], BANDS.iloc[:1]).alt
    assert "Senaste värdet är 3,4 (2023). År 2024 ligger mitten på 3,5" in told


@pytest.mark.parametrize(("level", "shown"), [(2.0, "2,0"), (0.0, "0,0"), (-1.5, "−1,5")])
def test_numbers_that_are_all_equal_make_a_fan_with_all_its_labels(level: float, shown: str) -> None:
    figure = draw(HISTORY * 0 + level, BANDS * 0 + level)
    labels = [one for one in written(figure.svg) if one.text.endswith(f": {shown}") or (one.bold and one.x > 300)]
    heights = sorted(one.y for one in labels)
    assert len(labels) == 5 and min(below - above for above, below in pairwise(heights)) > 11.8
    assert outside(figure.svg) == [] and f"väntas hamna mellan {shown} och {shown}." in figure.alt


def test_negative_numbers_have_a_minus_and_bands_around_zero_a_line_there() -> None:
    turned = draw(-HISTORY, (-BANDS).set_axis([0.975, 0.9, 0.5, 0.1, 0.025], axis=1))
    assert {"−3,6", "80\u00a0%: −4,2", "80\u00a0%: −3,0"} <= set(texts(turned.svg)) and outside(turned.svg) == []
    assert turned.data.loc["2025"].tolist()[1:] == [-4.5, -4.2, -3.6, -3.0, -2.8]
    assert strokes(turned.svg, QUIET, "0.8").count(2) == strokes(draw().svg, QUIET, "0.8").count(2)
    around = draw(HISTORY - 3.4, BANDS - 3.4)
    assert strokes(around.svg, QUIET, "0.8").count(2) == strokes(turned.svg, QUIET, "0.8").count(2) + 1


def test_a_fan_leaves_what_it_is_drawn_from_as_it_was() -> None:
    history, bands = HISTORY[::-1].copy(), BANDS[[0.9, 0.5, 0.1, 0.025, 0.975]].iloc[::-1].copy()
    given = (history.copy(), bands.copy())
    assert draw(history, bands).svg == draw().svg  # their order is no matter
    pd.testing.assert_series_equal(history, given[0])
    pd.testing.assert_frame_equal(bands, given[1])
