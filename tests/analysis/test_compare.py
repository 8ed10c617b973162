"""Comparisons, with every expected value worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npr.analysis import compare
from specimens import UNITS, panel_of

MEMBERS = frozenset({"SWE", "FIN", "DNK", "NOR"})


@pytest.fixture
def panel():
    return panel_of(
        ("SWE", 2021, 10.0), ("SWE", 2023, 12.5, "B"), ("SWE", 2025, 35.0),
        ("FIN", 2021, 16.0), ("FIN", 2023, 15.0), ("FIN", 2025, 38.0),
        ("DNK", 2021, 24.0), ("DNK", 2023, 15.0), ("DNK", 2025, 42.0), ("DNK", 2026, 50.0),
        ("EU27_2020", 2025, 20.0),
    )  # fmt: skip


def test_latest_is_the_newest_observation(panel):
    value = compare.latest(panel, "SWE")
    assert (value.amount, value.origin.year) == (35.0, 2025)


def test_latest_of_an_absent_country_is_missing(panel):
    assert compare.latest(panel, "KOR").missing


def test_comparable_year_skips_a_year_that_one_country_alone_has_reported(panel):
    # 2026 holds 1 of the 3 reporting members, which is less than half; 2025 holds 3 of 3.
    assert compare.comparable_year(panel, "DNK", MEMBERS) == 2025


def test_comparable_year_of_an_absent_country_is_the_newest_full_year(panel):
    assert compare.comparable_year(panel, "KOR", MEMBERS) == 2025


def test_mean_is_unweighted_and_leaves_aggregates_out(panel):
    # (35 + 38 + 42) / 3 = 115 / 3 = 38.333...
    mean = compare.oecd_mean(panel, 2025, MEMBERS)
    assert mean.amount == pytest.approx(115 / 3)
    assert [part.origin.area for part in mean.made_of] == ["DNK", "FIN", "SWE"]


def test_mean_of_a_year_without_data_is_missing(panel):
    assert compare.oecd_mean(panel, 1999, MEMBERS).missing


def test_count_leaves_aggregates_out(panel):
    assert compare.count(panel, 2025, MEMBERS).amount == 3


def test_rank_puts_the_highest_first(panel):
    assert [compare.rank(panel, one, 2025, MEMBERS).amount for one in ("DNK", "FIN", "SWE")] == [1, 2, 3]


def test_rank_puts_the_lowest_first_when_lower_is_better():
    low = panel_of(("SWE", 2024, 1.0), ("FIN", 2024, 2.0), direction="lower")
    assert compare.rank(low, "SWE", 2024, MEMBERS).amount == 1


def test_equals_share_a_place(panel):
    # FIN and DNK both have 15.0 in 2023: both are first, Sweden third.
    assert [compare.rank(panel, one, 2023, MEMBERS).amount for one in ("FIN", "DNK", "SWE")] == [1, 1, 3]


def test_an_aggregate_has_no_rank(panel):
    assert compare.rank(panel, "EU27_2020", 2025, MEMBERS).missing


def test_gap_is_in_percentage_points_and_keeps_both_parts(panel):
    gap = compare.gap(panel.value("SWE", 2025), panel.value("FIN", 2025), UNITS)
    assert (gap.amount, gap.unit.id, len(gap.made_of)) == (-3.0, "PP", 2)


def test_gap_is_missing_when_the_peer_is_missing(panel):
    assert compare.gap(panel.value("SWE", 2025), panel.value("KOR", 2025), UNITS).missing


def test_gap_between_different_units_is_missing(panel):
    other = panel_of(("SWE", 2025, 1.0), unit_id="OTHER")
    assert compare.gap(panel.value("SWE", 2025), other.value("SWE", 2025), UNITS).missing


def test_ratio_divides(panel):
    # 35 / 10 = 3.5
    assert compare.ratio(panel.value("SWE", 2025), panel.value("SWE", 2021), UNITS).amount == 3.5


def test_ratio_by_zero_is_missing():
    zero = panel_of(("SWE", 2024, 1.0), ("FIN", 2024, 0.0))
    assert compare.ratio(zero.value("SWE", 2024), zero.value("FIN", 2024), UNITS).missing


def test_change_across_a_break_says_so(panel):
    change = compare.change(panel, "SWE", 2021, 2025)
    assert (change.amount, change.unit.id, change.origin.status) == (25.0, "PP", "B")


def test_change_after_a_break_carries_no_flag(panel):
    assert compare.change(panel, "SWE", 2023, 2025).origin.status == ""


def test_growth_is_in_per_cent_of_the_first_year(panel):
    # 35 / 10 - 1 = 2.5, which is 250 per cent.
    assert compare.growth(panel, "SWE", 2021, 2025).amount == pytest.approx(250)


def test_leader_is_the_best_member(panel):
    assert compare.leader(panel, 2025, MEMBERS).origin.area == "DNK"


def test_latest_common_year_is_the_newest_that_all_have(panel):
    assert compare.latest_common_year([panel], ["SWE", "DNK"]) == 2025
    assert compare.latest_common_year([panel], ["SWE", "KOR"]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4, unique=True))
def test_ranks_of_unequal_values_are_a_permutation(amounts):
    codes = sorted(MEMBERS)[: len(amounts)]
    panel = panel_of(*((code, 2024, amount) for code, amount in zip(codes, amounts, strict=True)))
    ranks = sorted(compare.rank(panel, code, 2024, MEMBERS).amount for code in codes)
    assert ranks == [float(place) for place in range(1, len(codes) + 1)]


def test_missing_compares_false_both_ways(panel):
    missing = panel.value("KOR", 2025)
    assert math.isnan(missing.amount)
    assert not missing > panel.value("SWE", 2025)
    assert not missing <= panel.value("SWE", 2025)


def test_relative_is_in_per_cent_of_the_other(panel):
    # 38 is 8.571 per cent above 35.
    own, other = panel.value("FIN", 2025), panel.value("SWE", 2025)
    assert math.isclose(compare.relative(own, other, UNITS).amount, 100 * 3 / 35)


def test_relative_to_nothing_or_to_zero_is_missing(panel):
    own, zero = panel.value("SWE", 2025), panel_of(("SWE", 2025, 0.0)).value("SWE", 2025)
    assert compare.relative(own, zero, UNITS).missing
    assert compare.relative(own, panel.value("NOR", 2025), UNITS).missing


def test_a_tally_counts_its_parts_and_keeps_them(panel):
    parts = [panel.value("SWE", 2025), panel.value("FIN", 2025)]
    made = compare.tally(parts, "better than mean", UNITS)
    assert (made.amount, made.how, made.made_of) == (2, "better than mean", tuple(parts))
