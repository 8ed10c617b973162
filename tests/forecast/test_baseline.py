"""What is learnt and what is said from it, worked out by hand."""

from dataclasses import fields
from statistics import NormalDist

import numpy as np
import pytest

from npr.forecast.baseline import GRID, HORIZONS, METHODS, MODELS, Fit, ahead, fit_baseline

LAST = 19  # the last row of panels of 20 years
ALL = np.arange(4)


def grown(*rates, years=20, start=10.0):
    """Values of areas that grow by a constant rate each, years by areas."""
    return start * np.exp(np.outer(np.arange(years), rates))


@pytest.fixture
def plain():
    """Give a fit in which every level is followed by the same change."""

    def make(change=0.02, own=0.05, unrest=4.0, variance=0.01, pooled=0.03, kind="slow"):
        grid = np.linspace(0, 10, GRID)
        return Fit(
            grid=grid,
            change=np.full(GRID, change),
            variance=np.full(GRID, variance),
            pooled=pooled,
            variance_pooled=0.02,
            start=np.array([0]),
            z0=np.array([1.0]),
            own=np.array([own]),
            unrest=np.array([unrest]),
            scale=np.array([1.0]),
            method=METHODS[kind],
        )

    return make


def test_the_middle_of_each_model_by_hand(plain):
    centre, _ = ahead(plain(), 2)
    # level-pooled: 1 + 0.95 * 0.02 + 0.5 * (0.05 - 0.02) * 0.8 = 1 + 0.019 + 0.012 = 1.031,
    # then + 0.9025 * 0.02 + 0.5 * 0.03 * 0.64 = + 0.01805 + 0.0096 = 1.05865.
    # own drift: 1 + 0.95 * 0.05 = 1.0475, then 1 + (0.95 + 0.9025) * 0.05 = 1.092625; pooled alike with 0.03.
    by_hand = {
        "level_pooled": [1.031, 1.05865],
        "naive": [1, 1],
        "own_drift": [1.0475, 1.092625],
        "pooled_drift": [1.0285, 1.055575],
        "combination": [(1 + 1.0475 + 1.0285) / 3, (1 + 1.092625 + 1.055575) / 3],
    }
    assert {model: pytest.approx(centre[place, :, 0].tolist()) for place, model in enumerate(MODELS)} == by_hand


def test_spreading_technology_is_damped_more(plain):
    # 1 + 0.93 * 0.02 + 0.5 * 0.03 * 0.8 = 1.0306
    assert ahead(plain(kind="diffusion"), 1)[0][0, 0, 0] == pytest.approx(1.0306)


def test_spreads_by_hand(plain):
    _, spread = ahead(plain(), 3)
    # level-pooled: sqrt(h * 0.01 * sqrt(4) * (1 + h / 15)); the others: sqrt(4 * 0.02 * h * (1 + h / 15)).
    assert spread[0, :, 0] == pytest.approx([np.sqrt(h * 0.02 * (1 + h / 15)) for h in (1, 2, 3)])
    assert spread[1:, :, 0] == pytest.approx(np.tile([np.sqrt(h * 0.08 * (1 + h / 15)) for h in (1, 2, 3)], (4, 1)))


def test_a_follower_gets_what_leaders_did_at_the_levels_that_it_passes(made):
    # Two areas near 1 that grow by 10 % a year, two near 1,000 that stand still: far more than a bandwidth apart.
    low, high = grown(0.1, 0.1, years=20, start=1.0), np.full((20, 2), 1000.0)
    fitted = fit_baseline(made(np.hstack([low, high])), LAST, ALL)
    assert np.interp([0.5, np.log(1000)], fitted.grid, fitted.change) == pytest.approx([0.1, 0.0], abs=1e-3)
    # All changes of a year weigh the same, so the pooled one is half of 0.1.
    assert fitted.pooled == pytest.approx(0.05)


def test_levels_count_by_a_normal_curve_of_a_quarter_of_their_spread(made):
    # Two areas stand still, two grow above them; all lie within the reach of each other.
    values = np.hstack([np.full((20, 2), 1.0), grown(0.02, 0.03, years=20, start=1.5)])
    fitted = fit_baseline(made(values), LAST, ALL)
    level, change = np.log(values[:-1]), np.diff(np.log(values), axis=0)
    near = NormalDist(0, 0.25 * level.std())
    weight = 2.0 ** (-(18 - np.arange(19)) / 10)[:, None]
    for at in (0, 30, 60, GRID - 1):
        counts = weight * np.vectorize(near.pdf)(fitted.grid[at] - level)
        assert fitted.change[at] == pytest.approx((counts * change).sum() / counts.sum(), abs=1e-9)
    assert 0.001 < fitted.change[30] < 0.019


@pytest.mark.parametrize(("kind", "half_life"), [("slow", 10), ("diffusion", 5)])
def test_old_changes_lose_half_their_weight_in_a_half_life(made, kind, half_life):
    # 0.04 a year in the first ten changes, 0.01 in the last nine; the newest, into row 19, weighs 1.
    steps = np.array([0.04] * 10 + [0.01] * 9)
    values = np.exp(np.concatenate([[0], steps.cumsum()]))[:, None] * np.ones(4)
    weight = np.array([2 ** (-(18 - row) / half_life) for row in range(19)])
    assert fit_baseline(made(values, kind=kind), LAST, ALL).pooled == pytest.approx(
        (weight * steps).sum() / weight.sum()
    )


def test_a_change_across_a_break_is_not_learnt(made):
    # Every area grows by 2 % of its logarithm a year, and triples in 2010 by a new definition.
    values = grown(0.02, 0.02, 0.02, 0.02)
    values[10:] *= 3
    told = fit_baseline(made(values, breaks=[(2010, area) for area in range(4)]), LAST, ALL)
    assert told.pooled == pytest.approx(0.02, abs=1e-12)
    assert told.change == pytest.approx(np.full(GRID, 0.02), abs=1e-12) and told.own == pytest.approx([0.02] * 4)
    assert fit_baseline(made(values), LAST, ALL).pooled > 0.05


def test_the_own_drift_is_that_of_five_years_and_never_crosses_a_break(made):
    values = grown(0.01, 0.01, 0.01, 0.01)
    values[15:] *= np.exp(0.05 * np.arange(1, 6))[:, None]  # 6 % a year in the last five changes
    fitted = fit_baseline(made(values, breaks=[(2017, 1), (2019, 2)]), LAST, ALL)
    # B has two changes after its break, C none: it gets the pooled one. Window of A and D: from row 14 to row 19.
    assert fitted.own == pytest.approx([0.06, 0.06, fitted.pooled, 0.06])
    values[17, 1] *= 1.5  # before the break of 2018 this jump would count
    after = fit_baseline(made(values, breaks=[(2018, 1)]), LAST, ALL)
    assert after.own[1] == pytest.approx(0.06)


def test_the_own_drift_of_a_lagging_area_ends_where_its_numbers_end(made):
    values = grown(0.01, 0.03, 0.01, 0.01)
    values[17:, 1] = np.nan
    fitted = fit_baseline(made(values), LAST, ALL)
    assert fitted.start.tolist() == [19, 16, 19, 19] and fitted.own[1] == pytest.approx(0.03)
    assert np.exp(fitted.z0[1]) == pytest.approx(10 * np.exp(0.03 * 16))


def test_scale_is_the_mean_yearly_move_over_comparable_years(made):
    # Moves of 1, 2 and 4; the one into 2013, of 92, crosses a break.
    values = np.full((20, 4), 1.0) * np.linspace(1, 2, 20)[:, None]
    values[:, 0] = np.nan
    values[10:15, 0] = [1, 2, 4, 96, 100]
    assert fit_baseline(made(values, breaks=[(2013, 0)]), LAST, ALL).scale[0] == pytest.approx((1 + 2 + 4) / 3)


def test_unrest_is_the_own_variance_shrunk_to_the_mean_of_all(made):
    rng = np.random.default_rng(4)
    steps = rng.normal(0, [0.01, 0.02, 0.03, 0.08], (19, 4))
    values = np.exp(np.vstack([np.zeros(4), steps.cumsum(axis=0)]))
    fitted = fit_baseline(made(values), LAST, ALL)
    weight = 2.0 ** (-(18 - np.arange(19)) / 10)
    mean = np.average(steps, axis=0, weights=weight)
    own = np.average((steps - mean) ** 2, axis=0, weights=weight)
    n, typical = weight.sum(), own.mean()
    assert fitted.variance_pooled == pytest.approx(typical)
    assert fitted.unrest == pytest.approx((n * own + 8 * typical) / (n + 8) / typical)


def test_areas_with_few_points_do_not_count_in_the_typical_variance(made):
    rng = np.random.default_rng(4)
    values = np.exp(rng.normal(0, 0.02, (20, 4)).cumsum(axis=0))
    with_it = fit_baseline(made(values), LAST, ALL[:3])
    values[:13, 3] = np.nan  # seven points, and wild ones
    values[13:, 3] = [1, 9, 1, 9, 1, 9, 1]
    short = fit_baseline(made(values), LAST, ALL[:3])
    values[:, 3] = np.nan
    assert short.variance_pooled == fit_baseline(made(values), LAST, ALL[:3]).variance_pooled != with_it.variance_pooled


def test_what_is_learnt_does_not_depend_on_which_areas_are_asked_for(starter):
    panel = starter("gerd_uis")
    t = len(panel.years) - 1
    full, some = np.arange(len(panel.areas)), np.array([30, 4, 11])
    all_of_them, three = fit_baseline(panel, t, full), fit_baseline(panel, t, some)
    for field in ("grid", "change", "variance", "pooled", "variance_pooled"):
        assert np.array_equal(getattr(three, field), getattr(all_of_them, field))
    for field in ("start", "z0", "own", "unrest"):
        assert np.array_equal(getattr(three, field), getattr(all_of_them, field)[some])
    for one, other in zip(ahead(three, 15), ahead(all_of_them, 15), strict=True):
        assert np.array_equal(one, other[:, :, some])


@pytest.mark.parametrize("seed", range(8))
def test_no_number_of_a_later_year_is_read(gappy, rewritten, seed):
    panel = gappy(100 + seed)
    t = 14 + 2 * seed
    later = rewritten(panel, t, seed)
    columns = np.flatnonzero(panel.points(t) >= 8)
    before, after = fit_baseline(panel, t, columns), fit_baseline(later, t, columns)
    assert len(columns) >= 15 and not np.array_equal(panel.filled, later.filled, equal_nan=True)
    for field in fields(Fit):
        one, other = getattr(before, field.name), getattr(after, field.name)
        assert one == other if field.name == "method" else np.array_equal(one, other, equal_nan=True)
    for one, other in zip(ahead(before, 15), ahead(after, 15), strict=True):
        assert np.array_equal(one, other)


def test_a_filled_number_counts_from_the_year_in_which_its_gap_was_closed(made):
    # A's gap of 2010 and 2011 closes in 2012, far above: the line through it is known in row 12 and not in row 11.
    values = grown(0.02, 0.02, 0.02, 0.02)
    values[10:12, 0] = np.nan
    values[12:, 0] *= 5
    panel, columns = made(values), ALL[1:]
    assert fit_baseline(panel, 11, columns).pooled == pytest.approx(0.02, abs=1e-12)
    # Three steps from row 9 to row 12: together 0.06 + ln 5, each a third of it.
    weight = 2.0 ** (-(11 - np.arange(12)) / 10)
    steps = np.full((12, 4), 0.02)
    steps[9:12, 0] = (0.06 + np.log(5)) / 3
    by_hand = (weight[:, None] * steps).sum() / (4 * weight.sum())
    assert fit_baseline(panel, 12, columns).pooled == pytest.approx(by_hand)


def test_fans_of_every_model_are_as_long_as_asked(plain):
    for horizons in (1, HORIZONS, 20):
        centre, spread = ahead(plain(), horizons)
        assert centre.shape == spread.shape == (5, horizons, 1) and (np.diff(spread, axis=1) > 0).all()
