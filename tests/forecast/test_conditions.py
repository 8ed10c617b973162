"""What an "if" does to a fan, worked out by hand."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from npr.errors import UsageError
from npr.forecast.calibration import LEVELS
from npr.forecast.conditions import Condition, apply_scenario, course, sensitivity, told_apart


def condition(driver, unit, mode, *, low=None, high=None, start=2024, ramp=1, name="one"):
    return Condition(
        name, driver, unit, mode if low is None else low, mode, mode if high is None else high, start, ramp
    )


def middle(fan):
    return fan.transform.inverse(fan.centre[0]).tolist()


def same_bits(one, other):
    return one.centre.tobytes() == other.centre.tobytes() and one.half.tobytes() == other.half.tobytes()


@pytest.fixture
def flat(normal_fan):
    """Give a fan that stays at 10 from 2024 to 2027, with a standard deviation of 0.1 of the logarithm."""
    return normal_fan(np.log([10.0] * 4), 0.1)


@pytest.fixture
def share(normal_fan):
    """Give a fan of a share of 60: from 20 to 30, even odds, in 2024, and on it stays."""
    return normal_fan([0.0] * 4, 0.1, ceiling=60, last=20.0)


def test_without_conditions_a_fan_stays_what_it_is_to_the_last_bit(starter_fans):
    for fan in starter_fans[::9]:
        null = apply_scenario(fan, [])
        assert same_bits(null, fan)
        path = course(fan, [])
        assert path.path.tobytes() == path.low.tobytes() == path.high.tobytes()
        assert path.path.tolist() == [fan.middle(int(year)) for year in fan.years]
        assert told_apart(fan, []) is None and sensitivity(fan, [], int(fan.years[0])) == []


@pytest.mark.parametrize(("driver", "unit", "amount"), [
    ("drift", "per_cent_a_year", 3), ("level", "unit", 0.2), ("level", "per_cent", 5), ("spread", "times", 1.7),
])  # fmt: skip
def test_before_its_start_a_condition_changes_no_bit(starter_fans, driver, unit, amount):
    for fan in starter_fans[::9]:
        start = int(fan.years[5])
        changed = apply_scenario(fan, [(condition(driver, unit, amount, start=start), amount)])
        assert changed.centre[:, :5].tobytes() == fan.centre[:, :5].tobytes()
        assert changed.half[:, :5].tobytes() == fan.half[:, :5].tobytes()
        assert not same_bits(changed, fan)
        late = condition(driver, unit, amount, start=int(fan.years[-1]) + 1)
        assert same_bits(apply_scenario(fan, [(late, amount)]), fan)


def test_drift_adds_per_cent_a_year_with_a_ramp(flat):
    # From 2025, fully after two years: 0, 0.5, 1 and 1 per cent.
    one = condition("drift", "per_cent_a_year", 1.0, start=2025, ramp=2)
    by_hand = [10, 10 * 1.005, 10 * 1.005 * 1.01, 10 * 1.005 * 1.01 * 1.01]
    assert middle(apply_scenario(flat, [(one, 1.0)])) == pytest.approx(by_hand)
    assert apply_scenario(flat, [(one, 1.0)]).half.tobytes() == flat.half.tobytes()


def test_drift_is_added_to_the_growth_that_was_there(normal_fan):
    growing = normal_fan(np.log([10, 10.2, 10.404]), 0.1)
    found = middle(apply_scenario(growing, [(condition("drift", "per_cent_a_year", 1.0), 1.0)]))
    assert found == pytest.approx([10 * 1.01, 10.2 * 1.01**2, 10.404 * 1.01**3])


def test_drift_of_a_share_is_in_its_own_unit_and_stops_below_the_ceiling(share):
    assert middle(apply_scenario(share, [(condition("drift", "per_cent_a_year", 10), 10)])) == pytest.approx(
        [33, 36.3, 39.93, 43.923]
    )
    assert middle(apply_scenario(share, [(condition("drift", "per_cent_a_year", 100), 100)])) == pytest.approx(
        [59.94] * 4
    )


def test_level_in_the_indicators_unit_comes_in_over_its_ramp(flat):
    # A quarter more each year of four: + 0.1, 0.2, 0.3, 0.4.
    found = middle(apply_scenario(flat, [(condition("level", "unit", 0.4, ramp=4), 0.4)]))
    assert found == pytest.approx([10.1, 10.2, 10.3, 10.4])


def test_a_ramp_that_began_before_the_fan_is_already_on_its_way(flat):
    # From 2023 over four years: 2024 is its second.
    found = middle(apply_scenario(flat, [(condition("level", "unit", 0.4, start=2023, ramp=4), 0.4)]))
    assert found == pytest.approx([10.2, 10.3, 10.4, 10.4])


@pytest.mark.parametrize("ramp", [0, 1])
def test_without_a_ramp_a_level_is_there_at_once(flat, ramp):
    one = condition("level", "unit", -2.0, start=2026, ramp=ramp)
    assert middle(apply_scenario(flat, [(one, -2.0)])) == pytest.approx([10, 10, 8, 8])


def test_level_in_per_cent_is_of_the_middle(normal_fan):
    fan = normal_fan(np.log([10.0, 20.0]), 0.1)
    assert middle(apply_scenario(fan, [(condition("level", "per_cent", 10, ramp=2), 10)])) == pytest.approx([10.5, 22])


def test_conditions_add_up_in_their_order(flat):
    # First + 2 on 10, then 10 per cent of that: 13.2. The other way round 10 per cent of 10, then + 2: 13.
    plus, per_cent = condition("level", "unit", 2.0), condition("level", "per_cent", 10.0, name="two")
    assert middle(apply_scenario(flat, [(plus, 2.0), (per_cent, 10.0)]))[0] == pytest.approx(13.2)
    assert middle(apply_scenario(flat, [(per_cent, 10.0), (plus, 2.0)]))[0] == pytest.approx(13.0)


def test_a_higher_ceiling_keeps_the_steps_in_odds_from_the_last_value(share):
    # Odds doubled from 20 : 40 to 30 : 30. Under a ceiling of 90 they go from 20 : 70 to 40 : 70, 90 * 4 / 11 = 32.73.
    found = middle(apply_scenario(share, [(condition("ceiling", "times", 1.5, ramp=2), 1.5)]))
    assert found == pytest.approx([(30 + 360 / 11) / 2] + [360 / 11] * 3)


def test_a_lower_ceiling_does_the_reverse_and_the_same_one_nothing(share):
    # Under 40 from 20 : 20 to 40 : 20, 40 * 2 / 3.
    one = condition("ceiling", "times", 1.0)
    assert middle(apply_scenario(share, [(one, 2 / 3)])) == pytest.approx([80 / 3] * 4)
    assert middle(apply_scenario(share, [(one, 1.0)])) == pytest.approx([30] * 4)


def test_a_share_comes_no_closer_to_its_ceiling_than_a_thousandth(share):
    assert middle(apply_scenario(share, [(condition("level", "unit", 50.0), 50.0)])) == pytest.approx([59.94] * 4)


def test_spread_scales_the_bands_and_leaves_the_middle(flat):
    # Twice as wide in the end: 1.5 and 2 times.
    changed = apply_scenario(flat, [(condition("spread", "times", 2.0, start=2025, ramp=2), 2.0)])
    assert changed.centre.tobytes() == flat.centre.tobytes()
    for row, times in enumerate((1, 1.5, 2, 2)):
        assert changed.half[:, row] == pytest.approx(times * flat.half[:, row])


def test_all_models_are_shifted_alike(starter_fans):
    fan = starter_fans[3]
    changed = apply_scenario(fan, [(condition("level", "per_cent", 10.0, start=int(fan.years[0])), 10.0)])
    assert changed.centre - fan.centre == pytest.approx(np.full(fan.centre.shape, np.log(1.1)))


def test_told_apart_in_the_first_year_outside_the_band(flat):
    # The 80 % band reaches 1.2816 * 0.1 = 0.128 of the logarithm. Five per cent a year is 0.049, 0.098, 0.146: 2026.
    assert told_apart(flat, [condition("drift", "per_cent_a_year", 5.0)]) == 2026
    # The 50 % band reaches 0.6745 * 0.1 = 0.067: 2025. The 95 % band reaches 0.196, and 4 * 0.049 = 0.195 does not.
    assert told_apart(flat, [condition("drift", "per_cent_a_year", 5.0)], band=0.5) == 2025
    assert told_apart(flat, [condition("drift", "per_cent_a_year", 5.0)], band=0.95) is None
    # Downwards likewise: 0.9^1 is -0.105, 0.9^2 is -0.211.
    assert told_apart(flat, [condition("drift", "per_cent_a_year", -10.0)]) == 2025
    assert 0.8 in LEVELS and told_apart(flat, [condition("spread", "times", 0.1)]) is None


def test_sensitivity_moves_one_assumption_at_a_time(flat):
    # In 2025, two years on: drift 0, 1, 2 per cent a year; level + 1, 2, 4.
    drift = condition("drift", "per_cent_a_year", 1.0, low=0.0, high=2.0, name="drift")
    level = condition("level", "unit", 2.0, low=1.0, high=4.0, name="level")
    found = sensitivity(flat, [drift, level], 2025)
    assert [name for name, *_ in found] == ["drift", "level"]
    assert found[0][1:] == pytest.approx((10 + 2, 10 * 1.02**2 + 2))
    assert found[1][1:] == pytest.approx((10 * 1.01**2 + 1, 10 * 1.01**2 + 4))


def test_a_course_holds_all_assumptions_at_their_ends(flat):
    drift = condition("drift", "per_cent_a_year", 1.0, low=0.0, high=2.0)
    level = condition("level", "unit", 2.0, low=1.0, high=4.0)
    wide = condition("spread", "times", 2.0, low=1.0, high=3.0)
    found = course(flat, [drift, level, wide])
    years = np.arange(1, 5)
    assert found.path == pytest.approx(10 * 1.01**years + 2)
    assert found.low == pytest.approx(np.full(4, 11.0)) and found.high == pytest.approx(10 * 1.02**years + 4)


AMOUNTS = st.lists(st.floats(-8, 8), min_size=3, max_size=3).map(sorted)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drift=AMOUNTS, level=AMOUNTS, ceiling=st.lists(st.floats(0.5, 2), min_size=3, max_size=3).map(sorted))
def test_a_courses_range_holds_its_path(share, drift, level, ceiling):
    conditions = [
        condition(driver, unit, mode, low=low, high=high, ramp=3)
        for driver, unit, (low, mode, high) in (
            ("ceiling", "times", ceiling), ("drift", "per_cent_a_year", drift), ("level", "per_cent", level),
        )
    ]  # fmt: skip
    found = course(share, conditions)
    assert (found.low <= found.path).all() and (found.path <= found.high).all()
    assert (found.low > 0).all() and (found.high <= 59.94 + 1e-9).all()


@pytest.mark.parametrize("amount", [-10.5, -12.0])
def test_a_level_below_zero_is_a_fault(flat, amount):
    with pytest.raises(UsageError) as fault:
        apply_scenario(flat, [(condition("level", "unit", amount, start=2025, ramp=2, name="halt"), amount)])
    assert str(fault.value) == (
        "The assumption halt takes made of SWE to zero or below: expected a value above zero in each year, "
        f"found {10 + amount:g} in 2026.\nNothing was changed. Choose a smaller amount in data/catalogue/scenarios."
    )


@pytest.mark.parametrize("amount", [-100.0, -150.0, -200.0])
def test_a_drift_that_takes_all_is_a_fault(flat, share, amount):
    for fan in (flat, share):
        with pytest.raises(UsageError, match="takes made of SWE to zero or below"):
            apply_scenario(fan, [(condition("drift", "per_cent_a_year", amount), amount)])


def test_a_ceiling_below_the_last_value_is_a_fault(share):
    with pytest.raises(UsageError) as fault:
        apply_scenario(share, [(condition("ceiling", "times", 0.25, name="roof"), 0.25)])
    assert str(fault.value) == (
        "The assumption roof puts the ceiling of made below the last value of SWE: expected a ceiling above 20, "
        "found 15.\nNothing was changed. Choose a higher ceiling in data/catalogue/scenarios."
    )


def test_a_ceiling_that_is_not_there_cannot_be_moved(flat):
    with pytest.raises(UsageError) as fault:
        apply_scenario(flat, [(condition("ceiling", "times", 1.2, name="roof"), 1.2)])
    assert str(fault.value) == (
        "The assumption roof moves a ceiling that made does not have.\n"
        "Nothing was changed. Use drift or level, or declare the indicator with a ceiling."
    )
