"""Values and panels: what they show, and what they know of themselves."""

import math

import pytest

import npr
from npr.errors import UsageError
from specimens import panel_of

PANEL = panel_of(("SWE", 2021, 9.92), ("SWE", 2023, 10.4, "B"), ("FIN", 2021, float("nan"), "M"))


def test_a_value_shows_itself_in_either_language():
    value = PANEL.value("SWE", 2021)
    assert (value.show("sv"), value.show("en"), value.show("en", form="bare")) == ("9,9\u00a0procent", "9.9%", "9.9")


def test_a_value_knows_its_origin():
    origin = PANEL.value("SWE", 2023).origin
    assert (origin.indicator, origin.area, origin.year, origin.status) == ("ai_all", "SWE", 2023, "B")
    assert (origin.breakdown, origin.vintage, origin.publisher) == ("S_GE10", "v1", "Eurostat")


def test_a_missing_value_is_nan_with_a_status_and_shows_two_dots():
    value = PANEL.value("FIN", 2021)
    assert math.isnan(value.amount)
    assert (value.origin.status, value.show("sv"), value.missing) == ("M", "..", True)
    assert PANEL.value("FIN", 2023).origin.status == PANEL.value("KOR", 1999).origin.status == "O"


def test_a_year_equals_its_number_and_prints_ungrouped():
    year = PANEL.value("SWE", 2021).year
    assert year == 2021
    assert (int(year), year.show("sv")) == (2021, "2021")


def test_breaks_are_those_that_the_source_marks():
    assert (PANEL.breaks("SWE"), PANEL.breaks("FIN"), PANEL.breaks("KOR")) == ([2023], [], [])


def test_tables_of_values_and_statuses_have_a_row_a_year_and_a_column_an_area():
    assert PANEL.wide.columns.tolist() == PANEL.marked("B").columns.tolist() == ["FIN", "SWE"]
    assert PANEL.wide.index.tolist() == PANEL.marked("B").index.tolist() == [2021, 2023]
    assert (PANEL.wide.index.name, PANEL.wide.columns.name) == ("year", "area")
    assert PANEL.wide["SWE"].tolist() == [9.92, 10.4]
    assert PANEL.wide["FIN"].isna().all()
    assert PANEL.marked("B").to_numpy().tolist() == [[False, False], [False, True]]
    assert PANEL.marked("M", "B").to_numpy().tolist() == [[True, False], [False, True]]
    assert PANEL.marked("X").to_numpy().tolist() == [[False, False], [False, False]]
    assert PANEL.marked("X").to_numpy().dtype == bool


def test_a_status_that_is_joined_of_several_marks_for_each():
    panel = panel_of(("SWE", 2021, 1.0, "B,E"), ("SWE", 2022, 2.0, "E"))
    assert [panel.marked(code)["SWE"].tolist() for code in "BE"] == [[True, False], [True, True]]


def test_two_numbers_of_one_area_and_year_are_refused():
    twice = panel_of(("SWE", 2021, 9.92), ("SWE", 2021, 10.4))
    with pytest.raises(ValueError, match="ai_all has two numbers of one area and year"):
        _ = twice.wide


def test_the_door_gives_the_tidy_table(home):
    table = npr.open(home).table("ai_all", "gerd")
    assert list(table.index.names) == ["indicator", "area", "year", "breakdown"]
    assert list(table.columns) == ["value", "status", "vintage"]
    assert len(table) == 112 + 632  # the rows that the two sources hold
    assert table.loc[("ai_all", "SWE", 2025, "S_GE10"), "value"] == 35.04


def test_an_indicator_that_nobody_declared_is_answered_with_the_nearest(home):
    with pytest.raises(UsageError, match="Did you mean 'ai_all'"):
        npr.open(home).panel("ai_al")
