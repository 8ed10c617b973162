"""Scores against another implementation, and by hand."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from npr.forecast.scoring import crps_quantiles, pinball, ratio_interval, weighted_quantiles


@pytest.mark.parametrize("n", [1, 9, 50])
def test_crps_of_quantiles_is_that_of_scoringrules(n):
    rng = np.random.default_rng(n)
    levels = (np.arange(n) + 0.5) / n
    y, quantiles = rng.normal(size=60), np.sort(rng.normal(size=(60, n)), axis=1)
    theirs = scoringrules.crps_quantile(y, quantiles, levels)
    np.testing.assert_allclose(crps_quantiles(y, quantiles, levels), theirs, atol=1e-6)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9])
def test_pinball_loss_is_that_of_scoringrules(level):
    rng = np.random.default_rng(3)
    y, quantile = rng.normal(size=200), rng.normal(size=200)
    theirs = scoringrules.quantile_score(y, quantile, level)
    np.testing.assert_allclose(pinball(y, quantile[:, None], np.array([level]))[:, 0], theirs, atol=1e-6)


def test_pinball_by_hand():
    # At level 0.9: 2 above the quantile costs 0.9 * 2 = 1.8; 2 below costs 0.1 * 2 = 0.2.
    assert pinball(np.array([7.0, 3.0]), np.array([[5.0], [5.0]]), np.array([0.9]))[:, 0] == pytest.approx([1.8, 0.2])


def test_crps_of_normal_quantiles_nears_its_closed_form():
    # For a standard normal and an outcome at its middle: (sqrt 2 - 1) / sqrt pi = 0.23369.
    levels = (np.arange(2000) + 0.5) / 2000
    assert crps_quantiles(np.array(0.0), norm.ppf(levels), levels) == pytest.approx(0.23369, abs=1e-4)


def test_weighted_quantiles_by_hand():
    # Weights 1, 2, 1: centred at 0.5/4, 2/4, 3.5/4 = 0.125, 0.5, 0.875. Level 0.3125 is half-way from 10 to 20; beyond
    # the outermost centres the outermost number stands.
    levels = np.array([0.0, 0.125, 0.3125, 0.5, 0.875, 1.0])
    found = weighted_quantiles(np.array([10.0, 20, 40]), np.array([1.0, 2, 1]), levels)
    assert found == pytest.approx([10, 10, 15, 20, 40, 40])


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.01, 10)), min_size=1, max_size=20))
def test_weighted_quantiles_never_fall_and_stay_among_the_numbers(pairs):
    numbers, weight = np.array(sorted(pairs)).T
    found = weighted_quantiles(numbers, weight, np.linspace(0, 1, 21))
    assert (np.diff(found) >= 0).all() and numbers[0] <= found[0] and found[-1] <= numbers[-1]


def test_a_ratio_that_is_the_same_everywhere_has_no_spread():
    rng = np.random.default_rng(1)
    theirs, area = rng.gamma(2, size=400), rng.integers(0, 20, 400)
    found = ratio_interval(0.5 * theirs, theirs, area, rng.integers(1980, 2020, 400), seed=1)
    assert found == pytest.approx((0.5, 0.5, 0.5))


def test_a_ratio_is_of_sums_not_of_rows():
    # (1 + 9) / (2 + 3) = 2, while the mean of the rows' ratios is (0.5 + 3) / 2 = 1.75.
    one = np.zeros(2, dtype=int)
    assert ratio_interval(np.array([1.0, 9]), np.array([2.0, 3]), one, one, seed=1) == pytest.approx((2, 2, 2))


def test_nothing_to_compare_has_no_ratio():
    none = np.array([])
    assert np.isnan(ratio_interval(none, none, none.astype(int), none.astype(int), seed=1)).all()


def test_an_interval_covers_a_simulated_truth_about_as_often_as_it_says():
    # Losses with the true ratio 0.8, and with errors that whole countries and whole blocks of years share. A true 95 %
    # interval would cover 114 of 120 trials, +- 2.4; a bootstrap of 20 countries and 8 blocks covers
    # somewhat less. So: at least 96 (80 %), and not all.
    covered = 0
    for trial in range(120):
        rng = np.random.default_rng(trial)
        area, origin = np.repeat(np.arange(20), 40), np.tile(np.arange(1980, 2020), 20)
        shared = np.exp(rng.normal(0, 0.3, 20)[area] + rng.normal(0, 0.3, 8)[(origin - 1980) // 5])
        centred = shared / np.exp(0.09)  # the mean of exp of a normal of variance 0.18
        theirs = rng.gamma(4, 0.25, 800)
        ours = 0.8 * rng.gamma(4, 0.25, 800) * centred
        _, low, high = ratio_interval(ours, theirs, area, origin, seed=trial)
        covered += low <= 0.8 <= high
    assert 96 <= covered < 120


def test_the_same_seed_gives_the_same_interval_and_names_of_areas_do_not_matter():
    rng = np.random.default_rng(2)
    ours, theirs = rng.gamma(2, size=(2, 300))
    area, origin = rng.integers(0, 10, 300), rng.integers(1990, 2015, 300)
    first = ratio_interval(ours, theirs, area, origin, seed=7)
    assert ratio_interval(ours, theirs, 3 * area + 5, origin, seed=7) == first
    assert ratio_interval(ours, theirs, area, origin, seed=8) != first
