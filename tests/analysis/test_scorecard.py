"""What the method would have said in 2016, held against what came."""

import math

import pytest

from npr.analysis.outlook import Outlook
from npr.analysis.scorecard import (
    AT,
    Outcome,
    against_last_value,
    newest,
    outcomes,
    share_within,
    worst,
)
from npr.forecast.fans import Fan
from specimens import panel_of, scenario_set


def outcome(indicator="a", area="SWE", year=2020, value=12.0, middle=10.0, last=9.0, place=0.5) -> Outcome:
    return Outcome(indicator, area, year, value, middle, 8.0, 13.0, last, place)


@pytest.fixture(scope="module")
def found(outlook):
    return outcomes(outlook, frozenset({"SWE", "KOR", "CRI"}))


def test_the_edges_of_the_band_are_hits():
    assert [outcome(place=one).hit for one in (-1.01, -1.0, 0.0, 1.0, 1.01)] == [False, True, True, True, False]


def test_errors_are_distances():
    one = outcome(value=12.0, middle=10.0, last=9.0)
    assert (one.error, one.naive_error) == (2.0, 3.0)


def test_newest_keeps_the_last_year_of_each_indicator_and_area():
    kept = newest([outcome(year=2021), outcome(year=2019), outcome(area="FIN", year=2018), outcome("b", year=2017)])
    assert [(one.indicator, one.area, one.year) for one in kept] == [
        ("a", "FIN", 2018),
        ("a", "SWE", 2021),
        ("b", "SWE", 2017),
    ]


def test_the_share_within_is_in_per_cent():
    assert share_within([outcome(place=0.2), outcome(place=2.0), outcome(place=-0.9), outcome(place=-3.0)]) == 50.0
    assert math.isnan(share_within([]))


def test_each_indicator_counts_alike_against_the_last_value():
    # Indicator a: our error 2 against 3; b: 4 against 1. Their geometric mean is the root of 2/3 times 4.
    mine = [outcome(), outcome("b", value=14.0, middle=10.0, last=13.0)]
    assert math.isclose(against_last_value(mine), math.sqrt(2 / 3 * 4))
    assert math.isnan(against_last_value([]))


def test_the_worst_are_those_farthest_outside_on_either_side():
    rows = [
        outcome(area="A", place=1.5),
        outcome(area="B", place=-3.0),
        outcome(area="C", place=0.9),
        outcome(area="D", place=2.0),
    ]
    assert [one.area for one in worst(rows, 2)] == ["B", "D"]


def test_outcomes_come_after_the_year_and_hold_the_figures_themselves(outlook, found):
    assert all(one.year > AT for one in found)
    mine = next(one for one in found if (one.indicator, one.area, one.year) == ("gerd_uis", "SWE", 2023))
    assert mine.value == 3.59978
    assert mine.last == outlook.panels["gerd_uis"].value("SWE", 2016).amount
    assert mine.low < mine.middle < mine.high


def test_the_place_is_that_of_the_value_in_its_band(outlook, found):
    for one in (each for each in found if each.indicator == "gerd_uis"):
        assert one.hit == (one.low <= one.value <= one.high)
        assert (one.place > 0) == (one.value > one.middle)


def test_what_is_said_of_2016_is_what_the_fan_of_2016_says(outlook, found):
    fan = outlook.fans("co2_intensity", 2024, AT)["KOR"]
    assert isinstance(fan, Fan)
    mine = next(one for one in found if (one.indicator, one.area, one.year) == ("co2_intensity", "KOR", 2024))
    assert (mine.low, mine.middle, mine.high) == tuple(fan.quantiles([0.1, 0.5, 0.9])[fan.row(2024)])


def test_a_regime_change_is_shown_as_a_miss(found):
    # Korea's productivity rose faster than any band of 2016 held; Sweden's stayed within.
    mine = {(one.indicator, one.area): one for one in newest(found)}
    assert not mine["gdp_per_hour_ilo", "KOR"].hit
    assert mine["gdp_per_hour_ilo", "SWE"].hit
    assert mine["gdp_per_hour_ilo", "KOR"] in worst(newest(found), 20)


def test_the_members_as_a_whole_are_near_what_the_band_promises(outlook, base):
    every = outcomes(outlook, base.catalogue.member_set)
    assert len(every) > 1500
    assert 70 < share_within(every) < 90
    assert against_last_value(every) < 1


def test_an_outcome_across_a_break_is_none():
    areas = [f"A{n:02}" for n in range(16)]
    rows = [
        (
            area,
            year,
            20.0 + n + 0.1 * (year - 1990) + ((year * (n + 3)) % 5) / 10,
            "B" if (n, year) == (0, 2018) else "",
        )
        for n, area in enumerate(areas)
        for year in range(1990, 2021)
    ]
    made = Outlook(scenario_set(), {"ai_all": panel_of(*rows)}, frozenset())
    found = outcomes(made, frozenset(areas))
    assert [one.year for one in found if one.area == "A00"] == [2017]
    assert [one.year for one in found if one.area == "A01"] == [2017, 2018, 2019, 2020]
