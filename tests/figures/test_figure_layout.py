"""Where things go: labels moved apart, ticks, limits, widths."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from npr.figures.drawing import measured
from npr.figures.layout import limits, spread, text_width_pt, tick_texts, value_ticks, wrapped, year_ticks
from npr.figures.style import FAMILY, load_fonts

numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1, max_size=40), st.floats(1e-3, 1e5))
def test_spread_labels_keep_their_order_and_their_distance(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, -1e6, 1e6)
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    assert all(placed[after] - placed[before] > gap * (1 - 1e-6) - 1e-6 for before, after in pairwise(order))
    if gap * (len(wanted) - 1) <= 2e6:
        assert all(-1e6 - 1e-3 <= place <= 1e6 + 1e-3 for place in placed)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20, unique=True))
def test_labels_with_room_stay_where_they_are(wanted: list[int]) -> None:
    assert spread([2.0 * one for one in wanted], 1.0, -1.0, 200.0) == [2.0 * one for one in wanted]


def test_labels_are_pushed_in_from_the_edges() -> None:
    assert spread([0.0, 0.0, 10.0, 10.0], 1.0, 0.0, 10.0) == [0.0, 1.0, 9.0, 10.0]


def test_labels_without_room_are_centred() -> None:
    assert spread([0.0, 0.0, 0.0], 2.0, 0.0, 2.0) == [-1.0, 1.0, 3.0]


def test_limits_begin_at_zero_unless_all_numbers_are_far_above_it() -> None:
    assert limits([30.0, 100.0]) == (0.0, 106.0)
    assert limits([200.0, 300.0]) == (194.0, 306.0)  # 6 per cent of 100 on both sides
    low, high = limits([-2.0, -1.0])
    assert low < -2 and high < 0


@given(numbers, numbers)
def test_ticks_are_few_distinct_and_within_the_limits(one: float, other: float) -> None:
    low, high = limits([one, other])
    ticks = value_ticks(low, high)
    slack = 1e-6 * (high - low)
    assert 1 <= len(ticks) <= 6 and all(low - slack <= tick <= high + slack for tick in ticks)
    assert len(set(tick_texts(ticks, "sv"))) == len(ticks) or high - low < 1e-7 * max(abs(low), abs(high), 1.0)


def test_ticks_have_the_decimals_of_their_step() -> None:
    assert tick_texts([0.0, 0.25, 0.5], "en") == ["0.00", "0.25", "0.50"]
    assert tick_texts([0.0, 1000.0], "sv") == ["0", "1\u00a0000"]


def test_years_are_marked_where_they_have_room() -> None:
    assert year_ticks([2020], 300) == [2020]
    assert year_ticks([2018, 2020, 2022], 300) == [2018, 2020, 2022]
    assert year_ticks(list(range(1981, 2025)), 130) == [1990, 2000, 2010, 2020]  # 4 labels of 31 points
    assert year_ticks([1981, 2019, 2020], 300) == [1990, 2000, 2010, 2020]  # 2019 and 2020 would overlap


@given(st.lists(st.integers(1900, 2100), min_size=1, max_size=60, unique=True), st.floats(80, 420))
def test_marked_years_never_overlap(years: list[int], width: float) -> None:
    ticks = year_ticks(sorted(years), width)
    span = max(years) - min(years)
    assert ticks and ticks == sorted(set(ticks)) and min(years) <= ticks[0] and ticks[-1] <= max(years)
    # A label of four digits is some 24 points wide.
    assert all((after - before) * width / span >= 25 or len(ticks) == 2 for before, after in pairwise(ticks))


def test_bold_text_is_wider_and_lines_are_broken_between_words() -> None:
    assert text_width_pt("Sverige", bold=True) > text_width_pt("Sverige") > 0
    room = text_width_pt("ett två")
    assert wrapped("ett två tre", room) == ["ett två", "tre"]
    assert wrapped("Nederländerna", 1.0) == ["Nederländerna"]


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("text", ["Sverige 12,3 %", "ÅÄÖ åäö – −4 °C", "AVAVA", "fi ffl", " ", "", "Ελλάδα", "日本 3"])
def test_a_text_is_measured_as_matplotlib_measures_it(text: str, weight: str) -> None:
    load_fonts()
    font = FontProperties(family=FAMILY, weight=weight, size=9.5)
    assert measured(text, font) == TextToPath().get_text_width_height_descent(text, font, ismath=False)
