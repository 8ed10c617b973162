"""What the intake finds odd, on series made by hand."""

import math

import pandas as pd

from npr.vintages.findings import find_oddities


def table_of_series(**series):
    """Make a table from series: area=(first year, [values; None is no row])."""
    rows = [
        (area, first + at, float(value), "")
        for area, (first, values) in series.items()
        for at, value in enumerate(values)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["area", "year", "value", "status"])


def of_kind(table, kind):
    return [finding for finding in find_oddities(table) if finding.kind == kind]


def steady(count, start=100.0):
    """Make a series that changes by +2 and -1 per cent in turn, so that its usual change is small."""
    values = [start]
    for at in range(count - 1):
        values.append(values[-1] * (1.02 if at % 2 else 0.99))
    return values


def test_zero_beside_a_large_number_is_named_by_area():
    # Brazil's industry share as it came: 0 until 1978, 46 from 1979
    found = of_kind(table_of_series(BRA=(1976, [0, 0, 0, 46.1, 44.0]), SWE=(1976, [30, 31, 30, 29, 30])), "zero")
    assert [(one.area, one.years) for one in found] == [("BRA", (1976, 1977, 1978))]
    assert found[0].detail == "0 in 1976-1978, yet 46.1 beside 1978: reads like a missing value written as 0"


def test_zero_at_the_start_of_a_diffusion_may_be_true():
    found = of_kind(table_of_series(SWE=(1990, [0, 0.5, 2, 9, 40]), FIN=(1990, [0.1, 1, 5, 20, 50])), "zero")
    assert [(one.area, one.years) for one in found] == [(None, (1990,))]
    assert found[0].detail.endswith("may be true zeros: SWE 1990")


def test_indicator_without_positive_numbers_has_no_odd_zero():
    assert of_kind(table_of_series(SWE=(2020, [0, 0, -1])), "zero") == []


def test_gap_counts_only_years_in_which_others_have_a_number():
    # 2021: FIN alone has one. 2022: nobody. 2024: FIN has ended, which is no gap.
    found = of_kind(table_of_series(SWE=(2020, [1, None, None, 4, 5]), FIN=(2020, [1, 2, None, 4])), "gap")
    assert [(one.area, one.years) for one in found] == [(None, (2022,)), ("SWE", (2021,))]


def test_full_series_have_no_gap():
    assert of_kind(table_of_series(SWE=(2020, [1, 2]), FIN=(2019, [1])), "gap") == []


def test_level_shift_is_a_jump_that_stays():
    values = steady(8) + steady(8, start=150.0)  # the eighth is 100 * 0.99^4 * 1.02^3 = 101.94
    found = of_kind(table_of_series(GBR=(2000, values)), "jump")
    assert [(one.area, one.years) for one in found] == [("GBR", (2007, 2008))]
    # 150 / 101.94 = 1.4714
    assert "101.94 in 2007, 150 in 2008 (+47 per cent)" in found[0].detail
    assert "stays there the year after; no break is flagged" in found[0].detail


def test_single_odd_year_turns_back():
    values = [*steady(8), 150.0, *steady(8)]
    details = [one.detail for one in of_kind(table_of_series(GBR=(2000, values)), "jump")]
    assert "turns back the year after" in details[0]


def test_jump_with_a_break_flag_is_no_finding():
    table = table_of_series(GBR=(2000, steady(8) + steady(8, start=150.0)))
    table.loc[table["year"] == 2008, "status"] = "B"
    assert of_kind(table, "jump") == []


def test_crisis_that_strikes_everybody_is_no_jump():
    values = steady(8) + steady(8, start=60.0)
    assert of_kind(table_of_series(**{f"A{at:02}": (2000, values) for at in range(10)}), "jump") == []
    # With nine areas there are too few to tell a common change.
    assert len(of_kind(table_of_series(**{f"A{at:02}": (2000, values) for at in range(9)}), "jump")) == 9


def test_steady_growth_and_the_first_steps_of_a_diffusion_are_no_jumps():
    doubling = [0.01 * 2**at for at in range(12)] + [41 + at for at in range(12)]
    first_steps = [0.1, 0.1, 1.0, *[10 + 10 * math.tanh(at / 4) for at in range(12)]]
    assert of_kind(table_of_series(SWE=(2000, doubling), FIN=(2000, first_steps)), "jump") == []


def test_a_step_while_a_series_is_small_is_no_break():
    # The step from 1 to 3 is alone, but 3 is less than a quarter of the median (about 50).
    rise = [3 * 1.33**at for at in range(1, 10)]
    values = [*steady(4, 1.0), *steady(4, 3.0), *rise, *steady(20, 50.0)]
    assert of_kind(table_of_series(SWE=(1990, values)), "jump") == []


def test_short_series_is_not_judged():
    # 10 numbers are 9 changes, one fewer than it takes; with 11 the same jump is found
    assert of_kind(table_of_series(SWE=(2000, [*steady(5), *steady(5, 300.0)])), "jump") == []
    assert len(of_kind(table_of_series(SWE=(2000, [*steady(6), *steady(5, 300.0)])), "jump")) == 1


def test_change_over_a_gap_is_not_a_jump():
    values = [*steady(12), None, *steady(12, 200.0)]
    assert of_kind(table_of_series(SWE=(2000, values)), "jump") == []


def test_jump_is_found_among_negative_numbers_too():
    values = [*[-1 + 0.01 * (at % 2) for at in range(8)], *[2 + 0.01 * (at % 2) for at in range(8)]]
    assert [one.years for one in of_kind(table_of_series(SWE=(2000, values)), "jump")] == [(2007, 2008)]


def test_lone_latest_value_names_its_area():
    series = {f"A{at:02}": (2020, [1, 1, 1]) for at in range(9)} | {"CAN": (2020, [1, 1, 1, 1])}
    found = of_kind(table_of_series(**series), "lone_latest")
    assert [(one.area, one.years, one.detail) for one in found] == [
        ("CAN", (2023,), "2023 has CAN alone; an earlier year has 10 areas")
    ]


def test_latest_year_with_fewer_than_four_fifths_is_incomplete():
    def with_latest(count):
        return table_of_series(**{f"A{at}": (2020, [1, 1, 1] if at < count else [1, 1]) for at in range(10)})

    assert of_kind(with_latest(8), "latest_incomplete") == []
    found = of_kind(with_latest(7), "latest_incomplete")
    assert [(one.years, one.detail) for one in found] == [
        ((2022,), "2022 has 7 areas, an earlier year 10; not yet: A7, A8, A9")
    ]


def test_thin_year_before_a_full_one_is_not_the_end():
    series = {f"A{at}": (2020, [1, 1 if at < 5 else None, 1]) for at in range(10)}
    assert [one.kind for one in find_oddities(table_of_series(**series))] == ["gap"] * 5


def test_incomplete_year_behind_a_lone_one_is_found_too():
    series = {f"A{at}": (2020, [1, 1, 1] if at < 5 else [1, 1]) for at in range(9)} | {"CAN": (2020, [1, 1, 1, 1])}
    ends = [(one.kind, one.years) for one in find_oddities(table_of_series(**series)) if "latest" in one.kind]
    assert ends == [("lone_latest", (2023,)), ("latest_incomplete", (2022,))]


def test_latest_year_lower_nearly_everywhere_is_not_read_as_a_decline():
    def falling(share, level):
        return table_of_series(**{f"A{at:02}": (2021, [100, level if at < share else 110]) for at in range(10)})

    found = of_kind(falling(8, 78), "latest_falls")
    # 8 of 10 areas fall; the median of eight 0.78 and two 1.10 is 0.78
    assert [one.years for one in found] == [(2022,)]
    assert found[0].detail.startswith(
        "2022 is lower than 2021 in 8 of 10 areas (median -22 per cent) and carries no flag"
    )
    assert of_kind(falling(7, 78), "latest_falls") == []
    assert of_kind(falling(8, 90), "latest_falls") == []


def test_latest_year_flagged_provisional_nearly_everywhere_is_told():
    table = table_of_series(SWE=(2021, [5, 6]), FIN=(2021, [5, 6]))
    table.loc[table["year"] == 2022, "status"] = "P"
    found = of_kind(table, "latest_falls")
    assert "in 0 of 2 areas" in found[0].detail
    assert "is flagged P" in found[0].detail


def test_flags_are_listed_by_code_year_and_area():
    table = table_of_series(SWE=(2023, [1, 2]), FRA=(2023, [1, 2]), NLD=(2023, [1, 2]))
    table.loc[(table["year"] == 2023) & table["area"].isin(["SWE", "FRA"]), "status"] = "B"
    table.loc[(table["year"] == 2024) & (table["area"] == "NLD"), "status"] = "B"
    assert [one.detail for one in of_kind(table, "status")] == ["B on 3 of 6 rows: 2023 FRA, SWE; 2024 NLD"]


def test_quiet_series_have_no_findings():
    assert find_oddities(table_of_series(SWE=(2000, steady(20)), FIN=(2000, steady(20, 50.0)))) == ()


def test_finding_mends_nothing():
    table = table_of_series(BRA=(1976, [0, 0, 0, 46.1, 44.0]))
    before = table.copy()
    find_oddities(table)
    pd.testing.assert_frame_equal(table, before)


def test_what_is_normal_is_no_finding_and_a_break_among_several_flags_is_one():
    rows = [("SWE", 2000 + at, 1.0 + at / 100 + (5 if at >= 8 else 0), "A") for at in range(14)]
    assert [one.kind for one in find_oddities(pd.DataFrame(rows, columns=["area", "year", "value", "status"]))] == [
        "jump"
    ]
    rows[8] = (*rows[8][:3], "B,P")  # the jump of 2008 is a break that the source marks
    found = find_oddities(pd.DataFrame(rows, columns=["area", "year", "value", "status"]))
    assert [(one.kind, one.years) for one in found] == [("status", (2008,))]
