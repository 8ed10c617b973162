"""Scenarios in IAMC's long form, as CSV and as a workbook, and the tables that the commands print."""

import csv
import os
import subprocess

import openpyxl
import pandas as pd
import pytest

from npr.analysis.iamc import COLUMNS, to_iamc
from npr.errors import RenderError, UsageError
from npr.publish.outlooks import backtest_rows, show_backtest, show_scenarios, write_iamc

AREAS = ["SWE", "COL"]
RD = "R&D expenditure, total (UNESCO)"


@pytest.fixture(scope="module")
def rows(base, outlook):
    return to_iamc(outlook, base.edition, AREAS, horizon=10)


def only(rows, **wanted):
    chosen = rows
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    return chosen


def test_each_number_stands_once(rows):
    assert list(rows.columns) == COLUMNS
    assert not rows.duplicated(COLUMNS[:-1]).any()
    assert rows["value"].notna().all()


def test_observations_are_the_edition_s_own(rows):
    seen = only(rows, scenario="observed", region="SWE", variable=RD, year=2023)
    assert seen["value"].tolist() == [3.59978]
    assert seen["unit"].tolist() == ["per cent of GDP"]


def test_observations_begin_in_1995(rows):
    seen = only(rows, scenario="observed", region="SWE", variable="Industry's share of GDP")
    assert (seen["year"].min(), seen["year"].max()) == (1995, 2024)


def test_the_baseline_has_its_middle_and_named_percentiles_in_order(rows):
    mine = only(rows, scenario="baseline", region="SWE", year=2036).set_index("variable")["value"]
    names = [f"{RD}|2.5th Percentile", f"{RD}|10.0th Percentile", f"{RD}|25.0th Percentile", RD,
             f"{RD}|75.0th Percentile", f"{RD}|90.0th Percentile", f"{RD}|97.5th Percentile"]  # fmt: skip
    assert mine[names].is_monotonic_increasing
    assert mine[names].is_unique


def test_scenarios_have_a_path_between_their_ends_and_no_percentile(rows, outlook):
    for case in outlook.cases:
        mine = only(rows, scenario=case.id, region="SWE")
        assert not mine["variable"].str.contains("Percentile").any()
        at = mine[mine["year"] == 2036].set_index("variable")["value"]
        assert at[f"{RD}|Low"] <= at[RD] <= at[f"{RD}|High"]


def test_a_country_without_a_fan_has_its_observations_alone(rows):
    mine = only(rows, region="COL", variable="Researchers per million inhabitants")
    assert set(mine["scenario"]) == {"observed"}


def test_only_the_scenarios_that_are_named_are_given(base, outlook):
    some = to_iamc(outlook, base.edition, ["SWE"], horizon=10, scenarios=["bred-oppen"])
    assert set(some["scenario"]) == {"observed", "bred-oppen"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"scenarios": ["bred-open"], "horizon": 10}, "Did you mean 'bred-oppen'"),
        ({"horizon": 40}, "No scenario runs 40 years ahead: expected 1 to 20 years, found 40"),
        ({"horizon": 0}, "No scenario runs 0 years ahead"),
    ],
)
def test_what_cannot_be_run_is_refused(base, outlook, words, told):
    with pytest.raises(UsageError, match=told):
        to_iamc(outlook, base.edition, ["SWE"], **words)


def test_the_csv_reads_back_as_it_was(base, outlook, rows, tmp_path):
    path = tmp_path / "x.csv"
    write_iamc(path, rows, outlook, base)
    pd.testing.assert_frame_equal(pd.read_csv(path), rows)
    with path.open(newline="", encoding="utf-8") as source:
        assert next(csv.reader(source)) == COLUMNS


def test_the_workbook_holds_the_same_rows_and_where_they_come_from(base, outlook, rows, tmp_path):
    path = tmp_path / "x.xlsx"
    write_iamc(path, rows, outlook, base)
    book = openpyxl.load_workbook(path, read_only=True)
    read = list(book["data"].values)
    assert list(read[0]) == COLUMNS
    assert len(read) == len(rows) + 1
    assert list(read[1]) == rows.iloc[0].tolist()
    assert book.properties.created.year == 2000  # no clock in the bytes
    about = dict(book["about"].values)
    assert about["edition"] == "starter"
    assert outlook.panels["gerd_uis"].vintage[:12] in about[RD]


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_the_same_rows_make_the_same_bytes(base, outlook, rows, tmp_path, name):
    write_iamc(tmp_path / "a" / name, rows, outlook, base)
    write_iamc(tmp_path / "b" / name, rows, outlook, base)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_another_ending_is_refused_and_nothing_written(base, outlook, rows, tmp_path):
    with pytest.raises(UsageError, match=r"expected a file named .csv or .xlsx, found .json"):
        write_iamc(tmp_path / "x.json", rows, outlook, base)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_the_earlier_one(base, outlook, rows, tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("earlier")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("npr.publish.outlooks.write_whole", full)
    with pytest.raises(RenderError, match="No space left on device"):
        write_iamc(path, rows, outlook, base)
    assert path.read_text() == "earlier"


@pytest.mark.skipif("NPR_PYAM" not in os.environ, reason="NPR_PYAM names a Python that has pyam; see `make pyam`")
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_pyam_reads_what_is_exported(base, outlook, rows, tmp_path, name):
    path = tmp_path / name
    write_iamc(path, rows, outlook, base)
    code = (
        "import sys, pyam; data = pyam.IamDataFrame(sys.argv[1]);"
        "one = data.filter(scenario='baseline', region='SWE', variable=sys.argv[2], year=2036);"
        "print(len(data), len(data.scenario), one.data.value.iloc[0])"
    )
    words = [os.environ["NPR_PYAM"], "-W", "ignore", "-c", code, str(path), RD]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[-3:]
    wanted = only(rows, scenario="baseline", region="SWE", variable=RD, year=2036)["value"].item()
    assert (int(told[0]), int(told[1])) == (len(rows), rows["scenario"].nunique())
    assert abs(float(told[2]) - wanted) < 1e-9


def test_the_table_says_where_there_is_no_band_and_why(base, outlook):
    told = show_scenarios(outlook, base.edition, AREAS, horizon=10)
    assert "R&D expenditure, total (UNESCO), per cent of GDP: 3.60 in 2023; baseline" in told
    assert "no band, the series has 5 comparable values, and 8 are needed" in told
    assert told.index("\nSWE") < told.index("\nCOL")


def test_the_table_holds_the_numbers_of_the_export_and_only_what_was_asked_for(base, outlook, rows):
    told = show_scenarios(outlook, base.edition, ["SWE"], horizon=10, scenarios=["bred-oppen"])
    mine = only(rows, scenario="bred-oppen", region="SWE", year=2036).set_index("variable")["value"]
    assert f"    bred-oppen     {mine[RD]:.2f} [{mine[f'{RD}|Low']:.2f}, {mine[f'{RD}|High']:.2f}]" in told
    assert "; baseline" not in told and "smal-delad" not in told
    assert told.count("bred-oppen") == 4  # productivity, R&D, exports and CO2; it assumes nothing of the two others
    assert "; baseline" in show_scenarios(outlook, base.edition, ["SWE"], horizon=10, scenarios=["baseline"])


def test_the_back_test_has_a_row_a_class_horizon_and_model(outlook):
    rows = backtest_rows(outlook.backtest)
    assert {(row["class"], row["horizon"]) for row in rows} >= {("slow", 1), ("slow", 15), ("diffusion", 10)}
    ours = next(row for row in rows if (row["class"], row["horizon"], row["model"]) == ("slow", 10, "level_pooled"))
    naive = next(row for row in rows if (row["class"], row["horizon"], row["model"]) == ("slow", 10, "naive"))
    assert 75 <= ours["covers80"] <= 85
    assert naive["ours_to_this"][0] == pytest.approx(ours["crps"] / naive["crps"], abs=2e-3)
    told = show_backtest(rows)
    assert told.count("\n") == len(rows) + 1
    assert f"| slow | 10 | naive | {naive['n']} |" in told


def test_one_country_alone_has_fewer_forecasts_and_no_interval(outlook):
    rows = backtest_rows(outlook.backtest, "SWE")
    assert all("ours_to_this" not in row for row in rows)
    assert max(row["n"] for row in rows) < 300
    assert "Nothing could be tried" in show_backtest(backtest_rows(outlook.backtest, "XKX"))
