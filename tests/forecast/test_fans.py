"""Fans: their closed form, their bounds, why there is none; and what stands beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from npr.errors import UsageError
from npr.forecast.backtest import backtest
from npr.forecast.baseline import HORIZONS, MODELS, ahead, fit_baseline
from npr.forecast.calibration import LEVELS, TAUS
from npr.forecast.fans import REASONS, Fan, Refusal, gap_to_target, project, reference_class
from npr.forecast.prepare import prepare_panel
from npr.forecast.transforms import Transform

NAN = float("nan")
TEN = ("gerd_uis", "researchers_per_million", "co2_intensity", "broadband", "internet_users")


@pytest.fixture(scope="module")
def walked(walks):
    """Give a panel of random walks to 2019 and the calibration of its own back-test."""
    panel = walks(5)
    return panel, backtest([panel]).calibration


def changed(panel, **numbers):
    """The panel with other numbers in some columns: A03=[...] replaces the last ones of that area."""
    values, breaks = panel.values.copy(), panel.breaks.copy()
    for area, column in numbers.items():
        values[len(values) - len(column) :, panel.areas.index(area)] = column
    return prepare_panel(panel.indicator, panel.years, panel.areas, values, kind="slow", breaks=breaks)


# The closed form.


def test_quantiles_are_those_of_the_distribution_that_the_bands_were_made_of(normal_fan):
    fan = normal_fan([1.0, 1.1], [0.2, 0.3])
    levels = [*TAUS, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    for row, (centre, sd) in enumerate(((1.0, 0.2), (1.1, 0.3))):
        assert fan.quantiles(levels)[row] == pytest.approx(np.exp(norm.ppf(levels, centre, sd)), rel=1e-9)


def test_quantiles_of_a_share_are_those_of_its_log_odds(normal_fan):
    z = norm.ppf([0.1, 0.5, 0.9], -0.4, 0.5)
    assert normal_fan([-0.4], 0.5, ceiling=60).quantiles([0.1, 0.5, 0.9])[0] == pytest.approx(60 / (1 + np.exp(-z)))


@given(away=st.floats(-2.3, 2.3))
def test_chances_are_those_of_the_distribution_to_the_precision_of_the_grid(normal_fan_once, away):
    # Straight lines between levels. The widest step is from 0.95 to 0.98, of 0.366 standard deviations; there the curve
    # bends by at most 2 * 1.96 * phi(1.96) = 0.229: an error of at most 0.366^2 / 8 * 0.229 = 0.0038 of the level, and
    # half of that, 0.0019, of the chance.
    fan, value = normal_fan_once, float(np.exp(1 + 0.2 * away))
    assert fan.chance(">=", value, 2024) == pytest.approx(norm.sf(away), abs=0.002)
    assert fan.chance("<=", value, 2024) == pytest.approx(norm.cdf(away), abs=0.002)


@pytest.fixture(scope="module")
def normal_fan_once():
    """Give one fan of a normal distribution with middle 1 and standard deviation 0.2 of the logarithm."""
    half = np.tile(0.2 * norm.ppf(0.5 + LEVELS / 2), (len(MODELS), 1, 1))
    centre = np.ones((len(MODELS), 1))
    return Fan("made", "slow", "SWE", Transform(), 2023, 2.7, np.array([2024]), 2038, centre, half)


def test_the_chances_of_at_least_and_at_most_add_up_and_are_even_at_the_middle(starter_fans):
    for fan in starter_fans[::7]:
        year = int(fan.years[9])
        for model in MODELS:
            middle = fan.middle(year, model)
            assert fan.chance(">=", middle, year, model) == pytest.approx(0.5, abs=1e-9)
            for value in (0.5 * middle, 0.95 * middle, 1.02 * middle):
                both = fan.chance(">=", value, year, model) + fan.chance("<=", value, year, model)
                assert both == pytest.approx(1, abs=1e-12)


def test_a_chance_falls_as_the_demand_rises(starter_fans):
    for fan in starter_fans[::7]:
        chances = [fan.chance(">=", times * fan.last, int(fan.years[4])) for times in np.linspace(0.5, 1.6, 23)]
        assert chances == sorted(chances, reverse=True) and chances[0] > chances[-1]


def test_a_chance_and_a_quantile_say_the_same(starter_fans):
    for fan in starter_fans[::7]:
        year = int(fan.years[7])
        for level, value in zip((0.1, 0.3, 0.75), fan.quantiles([0.1, 0.3, 0.75])[7], strict=True):
            assert fan.chance("<=", value, year) == pytest.approx(level, abs=1e-9)


def test_what_lies_outside_the_scale_is_as_far_as_the_bands_reach(normal_fan):
    fan = normal_fan([0.0], 0.5, ceiling=60)
    assert (fan.place(0), fan.place(-3), fan.place(60)) == (-np.inf, -np.inf, np.inf)
    assert [fan.chance(">=", value, 2024) for value in (-3, 0, 60, 70)] == [1.0, 1.0, 0.0, 0.0]


def test_beyond_the_outermost_band_the_chance_is_that_of_its_edge(normal_fan):
    fan = normal_fan([0.0], 0.5)  # the outermost band is the central 98 %
    assert fan.chance(">=", 1e6, 2024) == pytest.approx(0.01)
    assert fan.chance("<=", 1e6, 2024) == pytest.approx(0.99)


@pytest.mark.parametrize("level", [0.0, 0.005, 0.995, 1.2])
def test_a_quantile_that_was_never_calibrated_is_refused(normal_fan, level):
    with pytest.raises(UsageError, match=r"expected levels from 0\.01 to 0\.99"):
        normal_fan([0.0], 0.5).quantiles([0.5, level])


# What every fan keeps.


def test_there_is_a_fan_for_nearly_every_country_of_the_starter_edition(starter_fans):
    assert len(starter_fans) > 450 and len({fan.indicator for fan in starter_fans}) == 10


def test_quantiles_rise_with_the_level_and_stay_within_bounds(starter_fans):
    levels = np.linspace(0.01, 0.99, 50)
    for fan in starter_fans:
        for model in MODELS:
            found = fan.quantiles(levels, model)
            assert (np.diff(found, axis=1) >= 0).all() and (found[:, -1] > found[:, 0]).all()
            assert (found > 0).all() and np.isfinite(found).all()
            assert fan.transform.ceiling is None or (found < fan.transform.ceiling).all()


def test_fans_widen_with_the_horizon_at_every_level_of_every_model(starter_fans):
    for fan in starter_fans:
        assert (np.diff(fan.half, axis=1) >= 0).all() and (np.diff(fan.half, axis=2) >= 0).all()
        assert (fan.half[:, :, 0] == 0).all() and (fan.half[:, -1, 1:] > fan.half[:, 0, 1:]).all()


def test_a_fan_begins_the_year_after_the_last_observation_and_marks_what_was_tried(tested):
    panel = tested.panels[1]
    end = int(panel.years[-1]) + 15
    lags = set()
    for area, fan in project(panel, tested.calibration, end=end).items():
        if isinstance(fan, Fan):
            column = panel.values[:, panel.areas.index(area)]
            last = np.flatnonzero(np.isfinite(column))[-1]
            assert (fan.origin, fan.last) == (panel.years[last], column[last])
            assert fan.years.tolist() == list(range(fan.origin + 1, end + 1)) and fan.tested_to == fan.origin + 15
            assert fan.centre.shape == (5, len(fan.years)) == fan.half.shape[:2]
            lags.add(end - fan.origin)
    assert {15, 16} <= lags  # some countries lag behind their panel


@pytest.mark.parametrize("indicator", TEN)
def test_a_fan_does_not_depend_on_which_areas_are_asked_for_or_in_which_order(tested, starter, indicator):
    panel = starter(indicator)
    end = int(panel.years[-1]) + 12
    full = project(panel, tested.calibration, end=end)
    for areas in ([panel.areas[7]], panel.areas[::-9], panel.areas[:20]):
        some = project(panel, tested.calibration, end=end, areas=areas)
        assert list(some) == list(areas)
        for area in areas:
            one, other = some[area], full[area]
            assert type(one) is type(other)
            if isinstance(one, Fan):
                assert one.centre.tobytes() == other.centre.tobytes() and one.half.tobytes() == other.half.tobytes()


@pytest.mark.parametrize("seed", range(6))
def test_a_fan_reads_no_later_number(gappy, rewritten, seed):
    panel = gappy(seed)
    t = 24 + 2 * seed
    later, year = rewritten(panel, t, seed), 1980 + t
    then, now = (project(one, backtest([one]).calibration, at=year, end=year + 12) for one in (panel, later))
    assert sum(isinstance(fan, Fan) for fan in then.values()) >= 12
    for area, fan in then.items():
        other = now[area]
        if isinstance(fan, Fan):
            assert (fan.origin, fan.last, fan.tested_to) == (other.origin, other.last, other.tested_to)
            assert np.array_equal(fan.centre, other.centre) and np.array_equal(fan.half, other.half)
        else:
            assert fan == other


def test_a_fan_of_the_past_goes_on_beyond_what_had_been_tried_by_then(tested, starter):
    # In 2005 seven horizons had been tried of internet use; the fan goes on to ten with the widths of the seventh.
    panel = starter("internet_users")
    tried = tested.calibration.tested_to("diffusion", 2005)
    assert 5 <= tried < 10
    for fan in project(panel, tested.calibration, at=2005, end=2015).values():
        if isinstance(fan, Fan):
            assert fan.tested_to == fan.origin + tried
            assert np.isfinite(fan.half).all() and (fan.half[:, -1, -1] > fan.half[:, 0, -1]).all()
            assert (np.diff(fan.half[:, tried - 1 :], axis=1) >= 0).all()


@pytest.mark.parametrize("year", [2023, 2026])
def test_a_fan_says_which_years_it_holds(normal_fan, year):
    with pytest.raises(UsageError) as fault:
        normal_fan([1.0, 1.1], 0.2).middle(year)
    assert str(fault.value) == (
        f"The fan of made for SWE does not hold {year}: expected a year from 2024 to 2025, found {year}.\n"
        "Nothing was changed. Choose another year or horizon."
    )


@pytest.mark.parametrize("end", [2019, 2040, 2059])
def test_a_horizon_out_of_reach_is_a_fault_in_five_parts(walked, end):
    panel, calibration = walked
    with pytest.raises(UsageError) as fault:
        project(panel, calibration, end=end)
    assert str(fault.value) == (
        f"No fan of walk can end in {end}: expected a year from 2020 to 2039, found {end}.\n"
        "Nothing was changed. Choose a shorter horizon."
    )
    assert len(project(panel, calibration, end=2039)["A00"].years) == 20


def test_a_fan_cannot_stand_before_its_panel(walked):
    panel, calibration = walked
    with pytest.raises(UsageError, match="does not reach back to 1979"):
        project(panel, calibration, at=1979, end=1990)


# Why there is no fan.


def reason(panel, calibration, area, **asked):
    found = project(panel, calibration, areas=[area], **({"end": 2030} | asked))[area]
    return (found.reason, found.found, found.needed) if isinstance(found, Refusal) else "a fan"


def test_no_data(walked):
    panel, calibration = walked
    empty = changed(panel, A03=[NAN] * 40)
    assert reason(empty, calibration, "A03") == reason(panel, calibration, "NIL") == ("no_data", 0, 8)
    late = changed(panel, A03=[NAN] * 30 + [1.0] * 10)
    assert reason(late, calibration, "A03", at=2009, end=2015) == ("no_data", 0, 8)
    assert reason(panel, calibration, "A03") == "a fan"


@pytest.mark.parametrize("last", [0.0, -2.5])
def test_outside_the_scale_of_logarithms(walked, last):
    panel, calibration = walked
    assert reason(changed(panel, A03=[last]), calibration, "A03") == ("outside_scale", last, 0)
    assert reason(changed(panel, A03=[last, 3.0]), calibration, "A03") == "a fan"


@pytest.fixture(scope="module")
def shares():
    """Give 20 shares of a ceiling of 100, spreading at a known pace, and the calibration of their own back-test."""
    rng = np.random.default_rng(8)
    z = rng.normal(-3, 0.5, 20) + rng.normal(0.15, 0.05, (40, 20)).cumsum(axis=0)

    def make(ceiling=100.0, last=None):
        values = 100 / (1 + np.exp(-z))
        if last is not None:
            values[-1, 3] = last
        names = [f"A{place:02d}" for place in range(20)]
        return prepare_panel("share", range(1980, 2020), names, values, kind="diffusion", ceiling=ceiling)

    return make, backtest([make()]).calibration


def test_outside_the_scale_of_a_ceiling(shares):
    make, calibration = shares
    assert reason(make(last=0.0), calibration, "A03") == ("outside_scale", 0, 0)
    assert reason(make(last=100.0), calibration, "A03") == ("outside_scale", 100, 100)
    last = make().values[-1, 3]
    assert last > 50 and reason(make(ceiling=50.0), calibration, "A03") == ("outside_scale", last, 50)


def test_too_small(shares):
    make, calibration = shares
    assert reason(make(last=0.9), calibration, "A03") == ("too_small", 0.9, 1)
    assert reason(make(last=1.1), calibration, "A03") == "a fan"


def test_few_points(walked):
    panel, calibration = walked
    assert reason(changed(panel, A03=[NAN] * 33 + [9.0] * 7), calibration, "A03") == ("few_points", 7, 8)
    assert reason(changed(panel, A03=[NAN] * 32 + list(range(1, 9))), calibration, "A03") == "a fan"


@pytest.mark.parametrize(
    ("year", "expected"), [(2013, ("few_points", 7, 8)), (2012, "a fan"), (2019, ("few_points", 1, 8))]
)
def test_points_count_from_the_last_break(walked, year, expected):
    panel, calibration = walked
    breaks = panel.breaks.copy()
    breaks[year - 1980, 3] = True
    broken = prepare_panel("walk", panel.years, panel.areas, panel.values, kind="slow", breaks=breaks)
    assert reason(broken, calibration, "A03") == expected
    assert reason(broken, calibration, "A04") == "a fan"


def test_few_series(walked, walks):
    calibration = walked[1]
    assert reason(walks(5, areas=14), calibration, "A03") == ("few_series", 14, 15)
    assert reason(walks(5, areas=15), calibration, "A03") == "a fan"


def test_too_old(walked):
    panel, calibration = walked
    assert reason(changed(panel, A03=[NAN] * 6), calibration, "A03") == ("too_old", 2013, 2014)
    assert reason(changed(panel, A03=[NAN] * 5), calibration, "A03") == "a fan"


def test_few_scores(walks):
    # Sixteen areas and 11 years: origins are rows 7, 8 and 9, so 3 * 16 errors one year ahead and 2 * 16 two years: 80.
    # With 12 years 4 * 16 + 3 * 16 = 112.
    short, longer = walks(5, areas=16, years=11), walks(5, areas=16, years=12)
    assert reason(short, backtest([short]).calibration, "A03", end=1995) == ("few_scores", 80, 100)
    assert reason(longer, backtest([longer]).calibration, "A03", end=1995) == "a fan"


def test_too_wide(walks):
    # Random walks with an unrest of 0.6 of the logarithm: after ten years the upper edge of the 80 % band lies near
    # exp(1.2816 * 0.6 * sqrt 10) = exp(2.43) = 11.4 times the middle; after five exp(1.72) = 5.6.
    wild = walks(5, unrest=0.6)
    calibration = backtest([wild]).calibration
    found = project(wild, calibration, end=2029)
    wide = [one for one in found.values() if isinstance(one, Refusal)]
    assert len(wide) > 5 and {(one.reason, one.needed) for one in wide} == {("too_wide", 10)}
    assert all(one.found > 10 for one in wide) and np.median([one.found for one in wide]) < 25
    near = project(wild, calibration, end=2022)
    assert all(isinstance(one, Fan) for one in near.values())


def test_too_wide_is_measured_at_the_edge_of_the_band(walks):
    wild = walks(5, unrest=0.6)
    calibration = backtest([wild]).calibration
    for horizon in (7, 20):  # beyond 15 years the fifteenth counts
        found = project(wild, calibration, end=2019 + horizon)
        t, columns = 39, np.arange(20)
        spread = ahead(fit_baseline(wild, t, columns), HORIZONS)[1][0]
        at80 = calibration.at("slow", 2019)[0][:, np.flatnonzero(LEVELS == 0.8)[0]]
        times = np.exp((spread * at80[:, None])[: min(horizon, 15)].max(axis=0))
        for column, area in enumerate(wild.areas):
            assert isinstance(found[area], Refusal) == (times[column] > 10)
            if isinstance(found[area], Refusal):
                assert found[area].found == pytest.approx(times[column])


def test_every_reason_has_its_test():
    tests = " ".join(name for name in globals() if name.startswith("test_"))
    named = {"outside_scale": "outside_the_scale"}
    assert [one for one in REASONS if named.get(one, one) not in tests] == []


# How far a target is.


def test_a_gap_by_hand(made):
    # From 3.0 in 2013 to 3.5 in 2023 it rose by 0.05 a year. To 4.0 in 2033: 0.5, 0.05 a year, (4 / 3.5)^(1/10) - 1.
    rows = [[2.0]] * 13 + [[3.0 + 0.05 * year] for year in range(11)]
    gap = gap_to_target(made(rows), "A", 4.0, 2033)
    assert (gap.missing, gap.years, gap.yearly) == (pytest.approx(0.5), 10, pytest.approx(0.05))
    assert gap.pace == pytest.approx(0.05) and gap.growth == pytest.approx(1.34426, abs=1e-5)
    # Over 13 years the pace starts from 2.0 in 2010: 1.5 / 13.
    assert gap_to_target(made(rows), "A", 4.0, 2033, window=13).pace == pytest.approx(1.5 / 13)


def test_a_target_that_is_met_misses_less_than_nothing(made):
    gap = gap_to_target(made([[4.0], [5.0]]), "A", 4.0, 2003)
    assert (gap.missing, gap.years, gap.yearly, gap.pace) == (-1, 2, -0.5, 1)
    assert gap.growth == pytest.approx(100 * (0.8**0.5 - 1))


def test_a_pace_never_crosses_a_break_and_stops_where_the_numbers_stop(made):
    rows = [[1.0], [2.0], [10.0], [11.0], [NAN], [15.0], [NAN]]
    # From 10 in 2002, the year of the break, to 15 in 2005: 5 / 3.
    gap = gap_to_target(made(rows, breaks=[(2002, 0)]), "A", 20.0, 2010)
    assert (gap.missing, gap.years, gap.pace) == (5, 5, pytest.approx(5 / 3))
    # A break that is flagged in a year without a number lies after the last one.
    assert gap_to_target(made(rows, breaks=[(2002, 0), (2006, 0)]), "A", 20.0, 2010) == gap
    assert np.isnan(gap_to_target(made(rows, breaks=[(2005, 0)]), "A", 20.0, 2010).pace)


def test_growth_from_zero_or_to_zero_has_no_number(made):
    assert np.isnan(gap_to_target(made([[1.0], [0.0]]), "A", 4.0, 2005).growth)
    assert np.isnan(gap_to_target(made([[1.0], [1.0]]), "A", 0.0, 2005).growth)


@pytest.mark.parametrize(("area", "year"), [("A", 2001), ("A", 1999), ("B", 2010), ("C", 2010)])
def test_without_data_or_time_there_is_no_gap(made, area, year):
    assert gap_to_target(made([[4.0, NAN], [5.0, NAN]]), area, 6.0, year) is None


# What came of countries at a level.


def reference_rows():
    """Six areas at 10 in 2000 and far above in 2001; in 2002 at 20, 22 ... 30."""
    return [[10.0] * 6, [900.0] * 6, [20.0, 22, 24, 26, 28, 30]]


def test_a_reference_class_by_hand(made):
    # Quartiles of six on the scale: places 1.25, 2.5 and 3.75 among 20, 22, 24, 26, 28, 30, counted from 0.
    found = reference_class(made(reference_rows()), 10.0, horizon=2)
    assert (found.level, found.horizon, found.areas) == (10, 2, 6)
    assert found.lower == pytest.approx(22 * (24 / 22) ** 0.25)
    assert found.middle == pytest.approx(np.sqrt(24 * 26))
    assert found.upper == pytest.approx(26 * (28 / 26) ** 0.75)


def test_a_reference_class_is_told_from_the_level_that_was_asked_for(made):
    # Asked at 10.5: the same steps on the scale (times 2.0 to 3.0), but from 10.5.
    found = reference_class(made(reference_rows()), 10.5, horizon=2)
    assert found.middle == pytest.approx(1.05 * np.sqrt(24 * 26))


def test_a_country_counts_once_by_the_mean_of_its_own_outcomes(made):
    # A stood at 10 in 2000 and in 2001, and was then at 20 and at 80: on the scale the mean is 40.
    rows = [[10.0] * 6, [10.0] + [900.0] * 5, [20.0] * 6, [80.0] + [NAN] * 5]
    found = reference_class(made(rows), 10.0, horizon=2)
    assert found.areas == 6 and found.upper == pytest.approx(20)  # five at 20, one at 40: place 3.75 is still 20
    assert reference_class(made([[*row, row[0]] for row in rows]), 10.0, horizon=2).upper == pytest.approx(
        np.sqrt(20 * 40)
    )  # five at 20, two at 40: place 4.5 is half-way


@pytest.mark.parametrize("year", [2001, 2002])
def test_an_outcome_across_a_break_is_none(made, year):
    found = reference_class(made(reference_rows(), breaks=[(year, 5)]), 10.0, horizon=2)
    assert found.areas == 5 and found.middle == pytest.approx(24)
    assert reference_class(made(reference_rows(), breaks=[(2000, 5)]), 10.0, horizon=2).areas == 6


def test_fewer_than_five_countries_are_no_class(made):
    rows = np.array(reference_rows())
    assert reference_class(made(rows[:, :5]), 10.0, horizon=2).areas == 5
    assert reference_class(made(rows[:, :4]), 10.0, horizon=2) is None
    assert reference_class(made(rows), 5000.0, horizon=2) is None  # nobody was there
    assert reference_class(made(rows), 10.0, horizon=3) is None  # longer than the panel
    assert reference_class(made(rows), -1.0, horizon=2) is None


def test_a_reference_class_of_shares_stays_below_the_ceiling(made):
    rows = [[30.0] * 6, [1.0] * 6, [50.0, 52, 54, 56, 58, 59]]
    found = reference_class(made(rows, ceiling=60), 33.0, horizon=2)
    # On the scale: 33 of 60 is ln(33/27); steps are ln(y/(60-y)) from 0. The middle is that of 54 and 56.
    step = (np.log(54 / 6) + np.log(56 / 4)) / 2
    assert found.middle == pytest.approx(60 / (1 + np.exp(-(np.log(33 / 27) + step)))) and found.upper < 60
