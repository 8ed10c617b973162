"""The back-test: honest in time on the panels of the starter edition, right on walks whose law is known."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import scoringrules
from scipy.stats import norm

from npr.forecast.backtest import AREAS, Backtest, backtest, errors_at
from npr.forecast.baseline import HORIZONS, MODELS, POINTS
from npr.forecast.calibration import TAUS
from npr.forecast.fans import Fan, project
from npr.forecast.prepare import prepare_panel

# Rows that were judged and the origins that they come from, at least: far fewer would mean that something went missing.
SEEN = {
    ("slow", 1): (8000, 60), ("slow", 5): (6500, 55), ("slow", 10): (4800, 45),
    ("diffusion", 1): (1700, 23), ("diffusion", 5): (1200, 16), ("diffusion", 10): (500, 7),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "horizon"), SEEN)
def test_bands_cover_about_as_often_as_they_say(tested, kind, horizon):
    found = tested.summary(kind, horizon)
    rows, origins = SEEN[kind, horizon]
    assert found.n >= rows and found.origins >= origins
    assert 75 <= found.covers80 <= 85
    assert 92 <= found.covers95 <= 98


@pytest.mark.parametrize("horizon", [1, 5, 10])
@pytest.mark.parametrize("model", ["naive", "own_drift"])
def test_slow_indicators_are_said_better_than_by_simple_means(tested, model, horizon):
    ratio, low, high = tested.against(model, "slow", horizon)
    assert low < ratio < high < 1


def test_ten_years_ahead_the_loss_is_at_most_two_thirds_of_the_last_values(tested):
    ours, naive = (tested.summary("slow", 10, model).crps for model in ("level_pooled", "naive"))
    ratio = tested.against("naive", "slow", 10)[0]
    assert ratio == pytest.approx(ours / naive) and ratio <= 0.65


# Six panels of 20 independent random walks, 60 years, drift 0.02 and unrest 0.03 of the logarithm. Errors of one walk
# whose spans overlap hang together, so n rows at horizon h are worth about n / h: 6120, 1056 and 408 independent ones.
# Allowed are three standard errors of a share among so many: 3 * sqrt(0.8 * 0.2 / 6120) = 1.5 points, and so on.
@pytest.mark.parametrize(("horizon", "rows"), [(1, 6120), (5, 5280), (10, 4080)])
def test_bands_of_random_walks_cover_what_they_say_within_sampling_error(known_walks, horizon, rows):
    found = known_walks.summary("slow", horizon)
    assert found.n == rows
    for covers, share in ((found.covers80, 0.8), (found.covers95, 0.95)):
        assert covers == pytest.approx(100 * share, abs=300 * np.sqrt(share * (1 - share) * horizon / rows))


def test_random_walks_are_said_nearly_as_well_as_by_their_own_law(known_walks):
    # Who knew the law would say a normal distribution with drift 10 * 0.02 and a standard deviation of 0.03 * sqrt 10.
    # Ours holds back by its damping: (10 - the sum of 0.95^h, 7.62) * 0.02 = 0.048, half a standard deviation, which
    # alone costs about sqrt(1 + 0.25) - 1 = 12 %; the noisy own drift costs some more. Better than the law is luck.
    seen = known_walks.judged("slow", 10)
    panels = {panel.indicator: panel for panel in known_walks.panels}
    best = []
    for indicator, area, origin in zip(seen.indicator, seen.area, seen.origin, strict=True):
        panel = panels[indicator]
        column, t = panel.areas.index(area), int(origin - panel.years[0])
        moves = np.abs(np.diff(panel.values[: t + 1, column])).mean()
        centre = np.log(panel.values[t, column]) + 0.2 + 0.03 * np.sqrt(10) * norm.ppf(TAUS)
        y = panel.values[t + 10, column]
        best.append(scoringrules.crps_quantile(y, np.exp(centre), TAUS) / moves)
    assert 1 < seen.crps.mean() / np.mean(best) < 1.25


def test_rows_judged_are_those_of_the_fan_of_their_year(tested, starter):
    # The fan that stands in 2010 is what was scored: the same bands, and a CRPS that scoringrules gives as well.
    panel = starter("gerd_uis")
    fans = project(panel, tested.calibration, at=2010, end=2020)
    checked = 0
    for horizon, model in product(range(1, 11), MODELS):
        seen, year = tested.judged("slow", horizon, model), 2010 + horizon
        for at in np.flatnonzero((seen.indicator == "gerd_uis") & (seen.origin == 2010)):
            fan, column = fans[seen.area[at]], panel.areas.index(seen.area[at])
            y = panel.values[panel.row(year), column]
            until = panel.values[: panel.row(2010) + 1, column]
            low, *_, high = fan.quantiles([0.1, 0.9], model)[fan.row(year)]
            assert seen.within80[at] == (low <= y <= high)
            low, high = fan.quantiles([0.025, 0.975], model)[fan.row(year)]
            assert seen.within95[at] == (low <= y <= high)
            if np.isfinite(until).all():
                moves = np.abs(np.diff(until)).mean()
                crps = scoringrules.crps_quantile(y, fan.quantiles(TAUS, model)[fan.row(year)], TAUS)
                assert seen.crps[at] == pytest.approx(crps / moves, abs=1e-6)
                assert seen.error[at] == pytest.approx(abs(fan.middle(year, model) - y) / moves)
                checked += 1
    assert checked > 500


def test_a_summary_of_one_area_or_indicator_holds_its_rows_alone(tested):
    seen, whole = tested.judged("slow", 5), tested.summary("slow", 5)
    parts = [tested.summary("slow", 5, area=area) for area in np.unique(seen.area)]
    assert sum(part.n for part in parts) == whole.n
    assert sum(part.n * part.covers80 for part in parts) / whole.n == pytest.approx(whole.covers80)
    gerd = tested.summary("slow", 5, indicator="gerd_uis", area="SWE")
    mine = (seen.indicator == "gerd_uis") & (seen.area == "SWE")
    assert gerd.n == mine.sum() > 5 and gerd.mase == pytest.approx(seen.error[mine].mean())


def test_a_series_that_has_never_moved_is_not_judged_since_moves_are_the_measure(tested):
    still = [replace(one, scale=np.zeros_like(one.scale)) for one in tested.errors]
    assert Backtest(tested.panels, tuple(still), tested.calibration).summary("slow", 5).n == 0


def test_what_was_never_judged_has_no_numbers(tested):
    found = tested.summary("slow", 5, area="NIL")
    assert (found.n, found.origins) == (0, 0) and np.isnan(found.covers80) and np.isnan(found.crps)
    assert np.isnan(tested.against("naive", "diffusion", 15)).all()  # no such origin was calibrated in time


def test_every_judged_row_was_calibrated_with_outcomes_known_at_its_origin(tested):
    for kind in ("slow", "diffusion"):
        for horizon in range(1, HORIZONS + 1):
            for year in np.unique(tested.judged(kind, horizon).origin):
                assert horizon <= tested.calibration.tested_to(kind, int(year))
    assert len(tested.judged("slow", 15).origin) > 3000


def test_a_truth_across_a_break_does_not_count(walks):
    walk = walks(3)
    breaks = np.zeros(walk.values.shape, dtype=bool)
    breaks[24, 2] = True
    panel = prepare_panel("broken", walk.years, walk.areas, walk.values, kind="slow", breaks=breaks)
    (one,) = errors_at(panel, 20)
    # From row 20: rows 21, 22 and 23 can be compared with it, row 24 and all later ones cannot.
    assert np.isfinite(one.truth[:, 2]).tolist() == [True] * 3 + [False] * 12
    assert np.isfinite(one.truth[:, [0, 1, 3]]).all()
    # The year of the break itself can be an origin, eight points later.
    assert [walk.areas[2] in errors_at(panel, t)[0].areas for t in (23, 24, 30, 31)] == [True, False, False, True]


def test_outcomes_after_the_last_year_are_not_there(walks):
    panel = walks(3)
    (one,) = errors_at(panel, 37)
    assert np.isfinite(one.truth).sum(axis=1).tolist() == [20, 20] + [0] * 13
    assert errors_at(panel, 39) == []


@pytest.mark.parametrize(("areas", "row"), [(AREAS - 1, 30), (AREAS, POINTS - 2)])
def test_too_few_series_or_points_say_nothing(walks, areas, row):
    assert errors_at(walks(3, areas=areas), row) == []


def test_fifteen_series_of_eight_points_suffice(walks):
    assert len(errors_at(walks(3, areas=AREAS), POINTS - 1)[0].areas) == AREAS


def test_a_planted_halt_is_shown_as_a_miss(walks):
    # Twenty areas grow by 4 % a year with an unrest of half a per cent, and stand still from 2010 on. Five years later
    # they lie at least 5 * 4 % of logarithm below the middle of a trend that went on, some ten times its unrest.
    rng = np.random.default_rng(11)
    steps = np.where(np.arange(1980, 2021)[:, None] <= 2010, 0.04, 0.0) + rng.normal(0, 0.005, (41, 20))
    names = [f"A{place:02d}" for place in range(20)]
    panel = prepare_panel("halted", range(1980, 2021), names, np.exp(2 + steps.cumsum(axis=0)), kind="slow")
    bt = backtest([panel])
    for horizon in (3, 5, 10):
        seen = bt.judged("slow", horizon)
        rows = seen.origin == 2010
        assert rows.sum() == 20 and not seen.within80[rows].any()
    seen = bt.judged("slow", 5)
    assert seen.within80[seen.origin == 2000].mean() > 0.5
    for area, fan in project(panel, bt.calibration, at=2010, end=2020).items():
        low = fan.quantiles([0.1])[fan.row(2015), 0]
        assert panel.values[panel.row(2015), panel.areas.index(area)] < low


@pytest.mark.parametrize("times", [0.01, 100])
def test_another_unit_changes_no_chance_coverage_or_scaled_loss(starter, times):
    names = ("gerd_uis", "co2_intensity", "broadband")
    one, other = (backtest([starter(name, unit) for name in names]) for unit in (1.0, times))
    judged = 0
    for kind, horizon, model in product(("slow", "diffusion"), (1, 5, 10), MODELS):
        seen, scaled = (tried.judged(kind, horizon, model) for tried in (one, other))
        judged += len(seen.origin)
        assert seen.area.tolist() == scaled.area.tolist() and np.array_equal(seen.origin, scaled.origin)
        assert np.array_equal(seen.within80, scaled.within80)
        assert np.array_equal(seen.within95, scaled.within95)
        np.testing.assert_allclose(seen.crps, scaled.crps, rtol=1e-9)
        np.testing.assert_allclose(seen.error, scaled.error, rtol=1e-9, atol=1e-9)
    assert judged > 10_000
    for a, b in zip(one.panels, other.panels, strict=True):
        end = int(a.years[-1]) + 10
        fans, scaled = project(a, one.calibration, end=end), project(b, other.calibration, end=end)
        for area, fan in fans.items():
            assert isinstance(fan, Fan) == isinstance(scaled[area], Fan)
            if isinstance(fan, Fan):
                for value in (0.7 * fan.last, fan.last, 1.2 * fan.last):
                    chance = scaled[area].chance(">=", times * value, end)
                    assert chance == pytest.approx(fan.chance(">=", value, end), abs=1e-9)
