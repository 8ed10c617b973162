"""Panels made ready: gaps filled by hand and for training only, breaks kept apart."""

import numpy as np
import pytest

from npr.errors import UsageError
from npr.forecast.backtest import errors_at
from npr.forecast.prepare import NEVER, prepare_panel

NAN = float("nan")


def column(*numbers):
    return [[number] for number in numbers]


def test_a_gap_of_three_years_is_filled_by_a_straight_line_on_the_scale(made):
    # From 1 to 16 in four steps of logarithms is times 2 a year: 2, 4, 8. All three are known when 16 is, in row 4.
    panel = made(column(1, NAN, NAN, NAN, 16))
    assert np.exp(panel.filled[:, 0]) == pytest.approx([1, 2, 4, 8, 16])
    assert panel.known[:, 0].tolist() == [0, 4, 4, 4, 4]


def test_what_is_filled_is_neither_an_observation_nor_a_point(made):
    panel = made(column(1, NAN, NAN, NAN, 16))
    assert np.isfinite(panel.z[:, 0]).tolist() == [True, False, False, False, True]
    assert np.isfinite(panel.values[:, 0]).tolist() == [True, False, False, False, True]
    assert panel.points(4).tolist() == [2] and panel.points(3).tolist() == [1]


def test_a_gap_of_four_years_stays(made):
    panel = made(column(1, NAN, NAN, NAN, NAN, 32))
    assert np.isnan(panel.filled[1:5, 0]).all() and (panel.known[1:5, 0] == NEVER).all()


@pytest.mark.parametrize("year", [2001, 2002, 2003])
def test_a_gap_with_a_break_in_it_or_at_its_end_stays(made, year):
    panel = made(column(1, NAN, NAN, 8), breaks=[(year, 0)])
    assert np.isnan(panel.filled[1:3, 0]).all()


def test_a_gap_after_a_break_is_filled(made):
    assert np.exp(made(column(1, NAN, 4), breaks=[(2000, 0)]).filled[1, 0]) == pytest.approx(2)


def test_nothing_is_filled_before_the_first_or_after_the_last_observation(made):
    panel = made(column(NAN, 1, 2, NAN))
    assert np.isnan(panel.filled[[0, 3], 0]).all()


def test_years_that_the_source_skips_are_completed_and_breaks_keep_their_year():
    panel = prepare_panel(
        "biennial", [2001, 2005, 2003], ["A"], np.array([[1.0], [9.0], [4.0]]), kind="slow",
        breaks=np.array([[False], [True], [False]]),
    )  # fmt: skip
    assert panel.years.tolist() == [2001, 2002, 2003, 2004, 2005]
    assert panel.values[[0, 2, 4], 0].tolist() == [1, 4, 9] and panel.breaks[:, 0].tolist() == [0, 0, 0, 0, 1]
    # Half-way from 1 to 4 in logarithms is 2; from 4 to 9 lies a break.
    assert panel.filled[1, 0] == pytest.approx(np.log(2)) and np.isnan(panel.filled[3, 0])


def test_zeros_negatives_and_values_at_the_ceiling_count_as_missing(made):
    panel = made(column(0, -1, 30, 60, 61), ceiling=60)
    assert np.isfinite(panel.z[:, 0]).tolist() == [False, False, True, False, False]


def test_points_last_and_since_by_hand(made):
    panel = made([[1, 1, NAN], [2, 2, NAN], [3, NAN, NAN], [4, 4, NAN], [5, NAN, NAN]], breaks=[(2002, 0), (2004, 1)])
    assert panel.since(1).tolist() == [0, 0, 0] and panel.since(4).tolist() == [2, 4, 0]
    assert panel.points(1).tolist() == [2, 2, 0] and panel.points(4).tolist() == [3, 0, 0]
    assert panel.last(4).tolist() == [4, 3, -1] and panel.last(2).tolist() == [2, 1, -1]


def test_the_row_of_a_year_is_the_last_for_later_years_and_a_fault_before_the_first(made):
    panel = made(column(1, 2, 3))
    assert [panel.row(year) for year in (2000, 2002, 2030)] == [0, 2, 2]
    with pytest.raises(UsageError, match=r"does not reach back to 1999: expected 2000 or later, found 1999"):
        panel.row(1999)


def test_a_filled_year_is_never_a_truth(walks):
    panel = walks(1)
    values = panel.values.copy()
    values[22, 0] = NAN
    gappy = prepare_panel("gappy", panel.years, panel.areas, values, kind="slow")
    assert np.isfinite(gappy.filled[22, 0])
    (one,) = errors_at(gappy, 20)
    assert np.isfinite(one.truth[:4, 0]).tolist() == [True, False, True, True]
    assert one.truth[0, 0] == panel.z[21, 0] and one.truth[2, 0] == panel.z[23, 0]


def test_nothing_is_said_from_a_filled_year(walks):
    panel = walks(1)
    values = panel.values.copy()
    values[22, 0] = NAN
    gappy = prepare_panel("gappy", panel.years, panel.areas, values, kind="slow")
    assert errors_at(gappy, 22)[0].areas == panel.areas[1:]
