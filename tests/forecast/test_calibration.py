"""Bands as wide as the method has been wrong: counted by hand, known in time, never narrower further out."""

from dataclasses import replace

import numpy as np
import pytest

from npr.forecast.backtest import backtest
from npr.forecast.baseline import HORIZONS, METHODS, MODELS
from npr.forecast.calibration import LEVELS, NEED, TAUS, Calibration, Errors, band_widths
from npr.forecast.prepare import prepare_panel
from npr.forecast.scoring import weighted_quantiles


def said(year, scores, *, kind="slow", seen=HORIZONS, spread=0.5):
    """What an origin said of areas whose errors, in spreads, are `scores` at each horizon up to `seen`."""
    scores = np.asarray(scores, dtype=float)
    truth = np.tile(spread * scores, (HORIZONS, 1))
    truth[seen:] = np.nan
    shape = (len(MODELS), HORIZONS, len(scores))
    areas = tuple(str(place) for place in range(len(scores)))
    zero = np.zeros(len(scores))
    return Errors("made", kind, year, areas, zero, np.zeros(shape), np.full(shape, spread), truth, zero + 1)


def test_levels_hold_every_band_that_is_shown_and_every_one_that_a_crps_needs():
    assert {0.0, 0.5, 0.8, 0.9, 0.95} <= set(LEVELS) and (np.diff(LEVELS) > 0).all()
    assert set(np.round(np.abs(2 * TAUS - 1), 10)) <= set(LEVELS)


def test_a_year_knows_the_errors_whose_outcome_had_come_and_of_neighbouring_horizons():
    # One origin, 2000, of 60 areas. By 2001 one horizon has come: 60 scores of h = 1, and none of others to lend.
    # By 2002 h = 1 has its own 60 and the 60 of h = 2, and so has h = 2; h = 3 has the 60 of h = 2 alone.
    # By 2003 h = 2 has the 60 each of h = 1, 2 and 3.
    found = Calibration([said(2000, np.linspace(0, 1, 60))], 2020)
    known = [np.isfinite(found.at("slow", year)[0, :4, -1]).tolist() for year in range(2000, 2004)]
    assert known == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]
    assert [found.tested_to("slow", year) for year in (2000, 2001, 2002, 2003, 2016, 2030)] == [0, 0, 2, 3, 15, 15]
    assert [found.known("slow", year) for year in (2000, 2001, 2002, 2030)] == [0, 60, 120, 120]
    assert found.known("diffusion", 2030) == 0 and found.tested_to("diffusion", 2030) == 0


@pytest.mark.parametrize(("more", "enough"), [(1, False), (2, True)])
def test_a_band_stands_on_a_hundred_scores(more, enough):
    # By 2002 the origin 2000 of 49 areas has 98 scores near h = 1, and 2001 one of each of its own: 99 or 100.
    found = Calibration([said(2000, np.arange(49)), said(2001, np.arange(more))], 2002)
    assert NEED == 100 and found.known("slow", 2002) == 98 + more
    assert np.isfinite(found.at("slow", 2002)[:, 0]).all() == enough
    assert np.isnan(found.at("slow", 2002)[:, 0]).all() != enough


@pytest.mark.parametrize("kind", ["slow", "diffusion"])
def test_newer_errors_count_more_by_the_half_life_of_the_class(kind):
    # Errors of 1 spread from 2000 and of 3 spreads from 2008, h = 15 and 14 alone: targets 2014, 2015, 2022 and 2023.
    # A weight halves in 4 years (slow) or 2 (diffusion), so the old ones weigh a quarter or a sixteenth of the new.
    early, late = (said(year, np.full(80, size), kind=kind) for year, size in ((2000, 1.0), (2008, 3.0)))
    found = Calibration([early, late], 2023).at(kind, 2023)[0, HORIZONS - 1]
    share = {"slow": 1 / 5, "diffusion": 1 / 17}[kind]  # of the weight that the old ones have: (1/4) / (1 + 1/4)
    inside = found[(LEVELS > 0) & (share - 0.01 > LEVELS)]
    assert (inside == 1).all() and (found[share + 0.01 < LEVELS] == 3).all()
    assert METHODS[kind].recall == {"slow": 4, "diffusion": 2}[kind]


def test_widths_are_quantiles_of_what_has_come():
    # 101 areas with errors of 0, 0.01 ... 1 spreads, alike at each horizon, in one year's outcome: level p lies at p.
    found = Calibration([said(2000, np.linspace(0, 1, 101), seen=1)], 2001)
    assert found.at("slow", 2001)[:, 0] == pytest.approx(np.tile(LEVELS, (5, 1)), abs=0.006)
    assert (found.at("slow", 2001)[:, :, 0][:, :2] == 0).all()


def test_before_the_first_year_and_for_another_class_nothing_is_known():
    found = Calibration([said(2000, np.arange(120))], 2010)
    assert np.isnan(found.at("slow", 2000)).all() and np.isnan(found.at("diffusion", 2010)).all()
    assert np.array_equal(found.at("slow", 2010), found.at("slow", 2031), equal_nan=True)


def test_nothing_is_calibrated_without_errors():
    found = Calibration([], 2010)
    assert np.isnan(found.at("slow", 2010)).all() and found.known("slow", 2010) == 0


def test_beyond_the_tried_horizons_the_longest_ones_widths_go_on():
    # Widths of one level, tried to h = 3 of 5; spreads 1 to 6 of one area. From h = 4 on it is 2 times the spread.
    widths = np.array([[1.0], [1.5], [2.0], [np.nan], [np.nan]])
    spread = np.arange(1.0, 8)[:, None]
    assert band_widths(spread, widths)[:, 0, 0].tolist() == [1, 3, 6, 8, 10, 12, 14]


def test_a_band_is_never_narrower_than_at_a_shorter_horizon():
    # 1 * 3 = 3, 2 * 1 = 2 but 3 was reached, 3 * 0.5 = 1.5 likewise, then 4 * 0.5 = 2, ... 7 * 0.5 = 3.5.
    widths, spread = np.array([[3.0], [1.0], [0.5]]), np.arange(1.0, 8)[:, None]
    assert band_widths(spread, widths)[:, 0, 0].tolist() == [3, 3, 3, 3, 3, 3, 3.5]


def test_without_calibration_there_is_no_band():
    assert np.isnan(band_widths(np.ones((20, 2)), np.full((15, 3), np.nan))).all()


@pytest.mark.parametrize("seed", range(3))
def test_calibration_of_a_year_reads_no_later_number(gappy, rewritten, seed):
    panels = [gappy(seed + 10 * place, f"gappy{place}") for place in range(2)]
    t = 22 + 5 * seed
    before = backtest(panels).calibration
    after = backtest([rewritten(panel, t, seed) for panel in panels]).calibration
    for year in range(1980, 1980 + t + 1):
        assert np.array_equal(before.at("slow", year), after.at("slow", year), equal_nan=True)
        assert before.tested_to("slow", year) == after.tested_to("slow", year)
    assert before.tested_to("slow", 1980 + t) >= 10
    assert not np.array_equal(before.at("slow", 1980 + t + 3), after.at("slow", 1980 + t + 3), equal_nan=True)


def test_a_panel_that_ends_in_a_year_gives_what_the_whole_one_knew_then(starter):
    whole, cut = [], []
    for indicator in ("gerd_uis", "co2_intensity"):
        panel = starter(indicator)
        rows = panel.years <= 2012
        whole.append(panel)
        cut.append(
            prepare_panel(indicator, panel.years[rows], panel.areas, panel.values[rows], kind="slow",
                          breaks=panel.breaks[rows])
        )  # fmt: skip
    then, now = backtest(cut).calibration.at("slow", 2012), backtest(whole).calibration.at("slow", 2012)
    np.testing.assert_allclose(then, now, rtol=1e-9)
    assert np.isfinite(now[0, 9]).all()


def test_widths_of_the_starter_edition_are_weighted_quantiles_of_its_own_errors(tested):
    # Another road to the same numbers, for slow indicators ten years ahead in 2019: a loop over single errors.
    scores = []
    for one in tested.errors:
        for h in (9, 10, 11):
            if one.kind == "slow" and one.year + h <= 2019:
                off = np.abs(one.truth[h - 1] - one.centre[0, h - 1]) / one.spread[0, h - 1]
                scores += [(float(size), 0.5 ** ((2019 - one.year - h) / 4)) for size in off if np.isfinite(size)]
    sizes, weight = np.array(sorted(scores)).T
    at = np.searchsorted(LEVELS, [0.5, 0.8, 0.95])
    found = tested.calibration.at("slow", 2019)[0, 9, at]
    assert found == pytest.approx(weighted_quantiles(sizes, weight, LEVELS[at]), rel=1e-6)
    assert len(scores) > 10_000


def test_order_of_errors_does_not_matter():
    rng = np.random.default_rng(1)
    errors = [said(year, rng.normal(size=40)) for year in range(1990, 2005)]
    one, other = Calibration(errors, 2015), Calibration(errors[::-1], 2015)
    for year in range(1990, 2016):
        np.testing.assert_allclose(one.at("slow", year), other.at("slow", year), rtol=1e-12)
    assert not np.allclose(
        Calibration([replace(errors[0], year=2004), *errors[1:]], 2015).at("slow", 2015), one.at("slow", 2015)
    )
