"""Joint paths: the same for everybody however they are drawn, and true to their fans."""

from dataclasses import replace

import numpy as np
import pytest

from npr.forecast.backtest import Backtest, backtest
from npr.forecast.baseline import HORIZONS, MODELS
from npr.forecast.calibration import Calibration, Errors
from npr.forecast.conditions import apply_scenario
from npr.forecast.joint import STRONGEST, Dependence, dependence, exceedance_probability, rank_distribution, simulate

DEPENDS = Dependence(0.4, np.array([0.0] + [0.9] * 14))
MODES = ("ever_by", "in_year", "every_year")


def cut(fan, years):
    """Give the same fan, cut to fewer years."""
    return replace(fan, years=fan.years[:years], centre=fan.centre[:, :years], half=fan.half[:, :years])


@pytest.fixture(scope="module")
def gerd(starter_fans):
    """Give the fans of one indicator, to 15 years."""
    return [cut(fan, 15) for fan in starter_fans if fan.indicator == "gerd_uis"]


@pytest.fixture(scope="module")
def drawn(gerd):
    """Give joint paths of them."""
    return simulate(gerd, DEPENDS, seed=1, draws=4000)


# Paths.


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_draws_the_same_bytes(gerd, drawn, threads):
    again = simulate(gerd, DEPENDS, seed=1, draws=4000, threads=threads)
    assert [one.tobytes() for one in again] == [one.tobytes() for one in drawn]


def test_any_subset_and_order_of_areas_draws_the_same_bytes(gerd, drawn):
    for places in ([11], [30, 4, 17], list(range(len(gerd)))[::-1]):
        some = simulate([gerd[place] for place in places], DEPENDS, seed=1, draws=4000, threads=2)
        assert [one.tobytes() for one in some] == [drawn[place].tobytes() for place in places]


def test_a_shorter_fan_draws_the_first_years_of_a_longer_one(gerd, drawn):
    some = simulate([cut(gerd[0], 6), gerd[1]], DEPENDS, seed=1, draws=4000)
    assert some[0].shape == (6, 4000) and some[0].tobytes() == drawn[0][:6].tobytes()
    alone = simulate([cut(gerd[0], 6)], DEPENDS, seed=1, draws=4000)
    assert alone[0].tobytes() == some[0].tobytes()


def test_another_seed_area_or_indicator_draws_others(gerd, drawn, normal_fan):
    assert not np.array_equal(simulate(gerd[:1], DEPENDS, seed=2, draws=4000)[0], drawn[0])
    paths = simulate([normal_fan([1.0] * 3, 0.1), normal_fan([1.0] * 3, 0.1, area="NOR")], DEPENDS, seed=1, draws=50)
    other = simulate([normal_fan([1.0] * 3, 0.1, indicator="other")], DEPENDS, seed=1, draws=50)
    assert not np.array_equal(paths[0], paths[1]) and not np.array_equal(paths[0], other[0])


def test_without_conditions_the_same_bytes_are_drawn(gerd, drawn):
    again = simulate([apply_scenario(fan, []) for fan in gerd], DEPENDS, seed=1, draws=4000)
    assert [one.tobytes() for one in again] == [one.tobytes() for one in drawn]


def test_nobody_draws_nothing():
    assert simulate([], DEPENDS, seed=1) == []


def test_errors_of_countries_and_years_hang_together_as_they_were_told_to(normal_fan):
    # 20,000 draws: a correlation of 0.4 has a standard error of 0.006. Cutting at the outer 1 % takes a little off.
    steps = np.array([0, 0.5, 0.9, 0.0, 0.7] + [0.7] * 10)
    fans = [normal_fan([1.0] * 5, 0.1, area=area) for area in ("SWE", "NOR")]
    swe, nor = simulate(fans, Dependence(0.4, steps), seed=3, draws=20_000)
    for row in range(5):
        assert np.corrcoef(swe[row], nor[row])[0, 1] == pytest.approx(0.4, abs=0.03)
        assert swe[row].std() == pytest.approx(0.1, rel=0.03)
    for row in range(1, 5):
        assert np.corrcoef(swe[row], swe[row - 1])[0, 1] == pytest.approx(steps[row], abs=0.03)


def test_countries_share_what_happens_in_a_year_also_when_one_of_them_reports_late(normal_fan):
    depends = Dependence(0.9, np.zeros(15))
    early = normal_fan([0.0] * 3, 1.0, area="SWE")
    late = replace(early, area="FIN", origin=2024, years=early.years + 1)
    one, two = simulate([early, late], depends, seed=1)
    assert np.corrcoef(one[1], two[0])[0, 1] == pytest.approx(0.9, abs=0.01)  # both 2025
    assert np.corrcoef(one[0], two[0])[0, 1] == pytest.approx(0.0, abs=0.04)  # 2024 and 2025


def test_independent_countries_draw_independent_paths(normal_fan):
    fans = [normal_fan([1.0], 0.1, area=area) for area in ("SWE", "NOR")]
    swe, nor = simulate(fans, Dependence(0.0, np.zeros(15)), seed=3, draws=20_000)
    assert abs(np.corrcoef(swe[0], nor[0])[0, 1]) < 0.03


def test_paths_beyond_the_tried_horizons_go_on_with_the_last_step(normal_fan):
    path = simulate([normal_fan([1.0] * 20, 0.1)], Dependence(0.0, np.array([0.0] * 14 + [0.8])), seed=3, draws=20_000)
    for row in (15, 19):
        assert np.corrcoef(path[0][row], path[0][row - 1])[0, 1] == pytest.approx(0.8, abs=0.03)
    assert abs(np.corrcoef(path[0][13], path[0][12])[0, 1]) < 0.03


def test_paths_lie_within_the_bands_as_often_as_these_say(gerd, drawn):
    # A share of 4,000 draws has a standard error of sqrt(p (1 - p) / 4000); 4.5 of them, since many are looked at, and
    # 0.25 points for the table of 2,048 steps from score to place (a step is 0.006 scores, at most 0.24 points).
    levels = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
    for fan, paths in zip(gerd, drawn, strict=True):
        for row in (0, 4, 14):
            places = fan.transform.forward(fan.quantiles(levels)[row])
            below = (paths[row] <= places[:, None]).mean(axis=1)
            assert (np.abs(below - levels) < 4.5 * np.sqrt(levels * (1 - levels) / 4000) + 0.0025).all()


# Chances.


def test_a_chance_in_a_year_is_that_of_the_paths(gerd, drawn):
    for fan, paths in zip(gerd, drawn, strict=True):
        for times, year in ((0.9, fan.years[3]), (1.05, fan.years[9]), (1.3, fan.years[14])):
            chance = exceedance_probability(fan, paths, ">=", times * fan.last, int(year), "in_year")
            share = (paths[fan.row(year)] >= np.log(times * fan.last)).mean()
            assert chance == fan.chance(">=", times * fan.last, int(year))
            # The bands end at the central 98 %: beyond them the paths hold all or nothing, the closed form 1 %.
            assert share == pytest.approx(chance, abs=4.5 * np.sqrt(chance * (1 - chance) / 4000) + 0.0125)


def test_once_is_as_likely_as_in_the_year_and_always_no_likelier(starter_fans):
    checked = 0
    for fan in starter_fans[::5]:
        paths = simulate([fan], DEPENDS, seed=1, draws=300)[0]
        for op in (">=", "<="):
            for times in (0.8, 0.97, 1.0, 1.1, 1.5):
                year = int(fan.years[9])
                ever, inside, every = (
                    exceedance_probability(fan, paths, op, times * fan.last, year, mode) for mode in MODES
                )
                assert 0 <= every <= inside <= ever <= 1
                checked += every < inside < ever
    assert checked > 300


def test_chances_of_paths_by_hand(normal_fan):
    # Four paths over three years around a demand at the middle, exp(1), where the closed form is 1/2 in each year.
    fan = normal_fan([1.0, 1.0, 1.0], 0.1)
    up, down = 1.05, 0.95
    paths = np.array([[up, up, down, down], [up, down, up, down], [up, down, down, down]], dtype=np.float32)
    demand = float(np.exp(1.0))
    # Once by 2026: paths 1, 2, 3 of 4. In each year: path 1. By 2024 alone: 1 and 2.
    assert [exceedance_probability(fan, paths, ">=", demand, 2026, mode) for mode in MODES] == [0.75, 0.5, 0.25]
    assert [exceedance_probability(fan, paths, ">=", demand, 2025, mode) for mode in MODES] == [0.75, 0.5, 0.25]
    assert [exceedance_probability(fan, paths, ">=", demand, 2024, mode) for mode in MODES] == [0.5, 0.5, 0.5]
    # At most: once by 2026 paths 2, 3, 4; in each year path 4.
    assert [exceedance_probability(fan, paths, "<=", demand, 2026, mode) for mode in MODES] == [0.75, 0.5, 0.25]


def test_counted_chances_are_held_on_their_side_of_the_closed_form(normal_fan):
    fan = normal_fan([1.0, 1.0], 0.1)
    never, always = np.full((2, 9), 0.5, dtype=np.float32), np.full((2, 9), 1.5, dtype=np.float32)
    demand = float(np.exp(1.0))
    assert exceedance_probability(fan, never, ">=", demand, 2025, "ever_by") == 0.5
    assert exceedance_probability(fan, always, ">=", demand, 2025, "every_year") == 0.5


# Order.


def test_chances_of_places_by_hand(normal_fan):
    # Four draws of three countries in 2025: A is first in draws 1, 2 and 3, B in draw 4, C last but in draw 2.
    fans = [normal_fan([1.0, 1.0], 0.1, area=area) for area in "ABC"]
    rows = np.array([[9, 9, 9, 2], [5, 1, 5, 8], [1, 5, 2, 1]], dtype=np.float32)
    paths = [np.stack([np.zeros(4, dtype=np.float32), row]) for row in rows]
    # A: 9, 9, 9, 2 -> places 1, 1, 1, 2. B: 5, 1, 5, 8 -> 2, 3, 2, 1. C: 1, 5, 2, 1 -> 3, 2, 3, 3.
    by_hand = [[0.75, 0.25, 0], [0.25, 0.5, 0.25], [0, 0.25, 0.75]]
    assert rank_distribution(fans, paths, 2025, best="high").tolist() == by_hand
    assert rank_distribution(fans, paths, 2025, best="low").tolist() == [row[::-1] for row in by_hand]


def test_every_country_has_a_place_and_every_place_a_country(gerd, drawn):
    for best in ("high", "low"):
        chances = rank_distribution(gerd, drawn, int(gerd[0].years[9]), best=best)
        assert chances.shape == (len(gerd), len(gerd)) and (chances >= 0).all()
        np.testing.assert_allclose(chances.sum(axis=0), 1, atol=1e-12)
        np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-12)


def test_lowest_first_is_highest_first_read_backwards(normal_fan):
    rng = np.random.default_rng(1)
    fans = [normal_fan([1.0], 0.1, area=area) for area in "ABCDEFG"]
    paths = [rng.normal(size=(1, 3000)).astype(np.float32) for _ in fans]
    high, low = (rank_distribution(fans, paths, 2024, best=best) for best in ("high", "low"))
    assert np.array_equal(high, low[:, ::-1]) and not np.array_equal(high, low)


def test_a_country_far_above_all_others_is_first_for_sure(normal_fan):
    fans = [normal_fan([1.0], 0.1, area=area) for area in "ABCD"] + [normal_fan([5.0], 0.1, area="TOP")]
    paths = simulate(fans, DEPENDS, seed=1, draws=2000)
    assert rank_distribution(fans, paths, 2024, best="high")[4].tolist() == [1, 0, 0, 0, 0]
    assert rank_distribution(fans, paths, 2024, best="low")[4].tolist() == [0, 0, 0, 0, 1]


def test_countries_alike_share_the_places_evenly(normal_fan):
    fans = [normal_fan([1.0], 0.1, area=area) for area in "ABCD"]
    chances = rank_distribution(fans, simulate(fans, DEPENDS, seed=1), 2024, best="high")
    # 10,000 draws of 1/4 have a standard error of 0.0043. At the outermost 1 % of the bands paths are level, and the
    # order of the rows then decides: that may move a place by about one point.
    assert chances == pytest.approx(np.full((4, 4), 0.25), abs=0.03)


# How errors hang together.


def panel_of_errors(rho, year_to_year, seed):
    """Errors of 12 indicators, 26 origins and 20 areas: normal, in spreads, with a common factor."""
    rng = np.random.default_rng(seed)
    errors, keep = [], np.sqrt(1 - year_to_year**2)
    zero = np.zeros(20)
    for indicator in range(12):
        for year in range(1990, 2016):
            score = np.empty((HORIZONS, 20))
            for h in range(HORIZONS):
                new = np.sqrt(rho) * rng.normal() + np.sqrt(1 - rho) * rng.normal(size=20)
                score[h] = new if h == 0 else year_to_year * score[h - 1] + keep * new
            shape = (len(MODELS), HORIZONS, 20)
            areas = tuple(str(place) for place in range(20))
            errors.append(
                Errors(f"i{indicator}", "slow", year, areas, zero, np.full(shape, 2.0), np.full(shape, 0.5),
                       2.0 + 0.5 * score, zero + 1)
            )  # fmt: skip
    return errors


@pytest.mark.parametrize(("rho", "year_to_year"), [(0.5, 0.8), (0.25, 0.5), (0.0, 0.8)])
def test_a_known_common_factor_is_found_again(walks, rho, year_to_year):
    # The bands stand on the newest years, about six of them times 12 indicators: some 70 draws of the common factor. So
    # the scale of the scores is known to a tenth or so, and the estimate of their correlation to a fifth of itself.
    errors = panel_of_errors(rho, year_to_year, seed=6)
    bt = Backtest((walks(1, years=51),), tuple(errors), Calibration(errors, 2030))
    found = dependence(bt, "slow")
    assert found.countries == pytest.approx(rho, abs=0.02 + 0.2 * rho)
    assert found.years[0] == 0 and found.years[1:] == pytest.approx(np.full(14, year_to_year), abs=0.06)


def test_independent_walks_hang_together_in_time_but_not_between_countries(walks):
    # Without drift, for what damping takes from a drift is an error that all share, and is rightly counted as such.
    # An error at h + 1 holds the one at h: their correlation is sqrt(h / (h + 1)), near 0.71, 0.82, 0.87 for pure sums.
    found = dependence(backtest([walks(seed, indicator=f"still{seed}", drift=0.0) for seed in range(6)]), "slow")
    assert found.countries < 0.03
    assert found.years[1:4] == pytest.approx(np.sqrt([1 / 2, 2 / 3, 3 / 4]), abs=0.06)


def test_a_bias_that_all_share_counts_as_dependence(known_walks):
    # A drift of 0.02 is damped: ten years ahead all errors are half a standard deviation too high, and 0.5^2 = 0.25; at
    # shorter horizons it is less, at longer ones more.
    assert 0.06 < dependence(known_walks, "slow").countries < 0.25


def test_countries_that_err_alike_are_all_but_one(walks):
    errors = panel_of_errors(1.0, 0.8, seed=2)
    bt = Backtest((walks(1, years=51),), tuple(errors), Calibration(errors, 2030))
    assert 0.8 < dependence(bt, "slow").countries <= STRONGEST


def test_slow_indicators_hang_together_some_and_neighbouring_years_much(tested):
    found = dependence(tested, "slow")
    assert 0 < found.countries < 0.5 and (found.years[1:] > 0.5).all() and (found.years <= STRONGEST).all()


def test_all_fans_of_a_class_can_be_drawn(starter_fans):
    fans = [fan for fan in starter_fans if fan.indicator == "broadband"]
    for fan, path in zip(fans, simulate(fans, DEPENDS, seed=1, draws=50), strict=True):
        assert path.shape == (len(fan.years), 50) and path.dtype == np.float32 and np.isfinite(path).all()
