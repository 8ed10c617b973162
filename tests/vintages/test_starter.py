"""The starter edition: as the repository has it, and as it is taken in again."""

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from npr.catalogue import load_catalogue
from npr.errors import ContentError
from npr.vintages.editions import damages, load_edition
from npr.vintages.starter import breakdown_of, main, split_rows, take_starter
from npr.vintages.store import read

FIGURES = Path(__file__).resolve().parents[3] / "shared" / "figures"
SHORT = {"AUS", "SWE", "FIN", "NOR"}
ENTRY = """\
gerd:
  unit: PT_B1GQ
  publisher: OECD
  dataset: MSTI
  table: Main indicators
  retrieved: '2026-08-22'
  route: a mirror
  licence: OECD terms
  status: not carried
  note: ''
  areas: 2
  oecd_members: 1
  first_year: 2022
  last_year: 2023
  observations: 3
  sweden_latest: 3.60 (2023)
"""
CSV = "indicator,area,year,value,status\ngerd,SWE,2022,3.40,\ngerd,CHN,2022,2.5,\ngerd,SWE,2023,3.60,\n"


def figures_folder(folder, csv=CSV, sources=ENTRY):
    folder.mkdir(exist_ok=True)
    (folder / "indicators.csv").write_text(csv)
    (folder / "sources.yaml").write_text(sources)
    return folder


def receipts(home):
    edition = load_edition(home, "starter")
    return {
        one: read(home, one, lock.vintage, receipt_sha256=lock.receipt).receipt
        for one, lock in edition.vintages.items()
    }


def test_repository_holds_29853_rows_of_47_indicators_undamaged(home):
    edition = load_edition(home, "starter")
    assert damages(home, edition) == []
    assert len(edition.vintages) == 47
    assert sum(receipt.rows for receipt in receipts(home).values()) == 29853


def test_breakdowns_agree_with_the_catalogue(home):
    declared, held = load_catalogue(home).indicators, load_edition(home, "starter").vintages
    assert len(held) == 47
    assert {one: breakdown_of(one) for one in held} == {one: declared[one].breakdown for one in held}


@pytest.mark.parametrize(
    ("indicator", "kind", "area", "year"),
    [
        ("industry_share", "zero", "BRA", 1978),
        ("gerd", "lone_latest", "CAN", 2025),
        ("berd", "lone_latest", "CAN", 2025),
        ("ai_patents", "latest_falls", None, 2022),
        ("gerd", "jump", "GBR", 2014),
        ("gerd", "gap", "SWE", 2002),
        ("ai_all", "gap", None, 2022),
        ("ai_all", "status", None, 2023),
        ("rd_support_tax", "same_as_other", None, 2000),
    ],
)
def test_known_faults_of_the_figures_stand_in_the_receipts(home, indicator, kind, area, year):
    found = receipts(home)[indicator].findings
    assert [one for one in found if (one.kind, one.area) == (kind, area) and year in one.years]


def test_receipts_tell_what_is_missing(home):
    told = receipts(home)
    assert "Areas: only 17 economies, 17 of them OECD members." in told["gerd"].missing
    assert "Years: few waves only (2021, 2023, 2024, 2025)." in told["ai_all"].missing
    # 38 members less the 24 that the source states
    assert any(one.startswith("OECD members without data (14 of 38): AUS, CAN, ") for one in told["ai_all"].missing)
    assert any(one.startswith("Status flags: no row") for one in told["industry_share"].missing)
    assert not any(one.startswith("Status flags") for one in told["ai_all"].missing)


def test_brazil_still_has_its_zero(home):
    lock = load_edition(home, "starter").vintages["industry_share"]
    table = read(home, "industry_share", lock.vintage).table
    assert table[(table["area"] == "BRA") & (table["year"] == 1978)]["value"].tolist() == [0.0]


def test_receipts_stay_readable(home):
    sizes = [path.stat().st_size for path in (home / "data" / "vintages").glob("*/*/receipt.json")]
    assert len(sizes) == 47
    assert max(sizes) < 30_000


@pytest.mark.skipif(not FIGURES.is_dir(), reason="the shared figures are not beside this checkout")
def test_taking_in_again_gives_the_vintages_of_the_repository(home, tmp_path):
    edition = load_edition(home, "starter")
    again = take_starter(FIGURES, tmp_path, load_catalogue(home).member_set, on=edition.frozen)
    assert {one: lock.vintage for one, lock in again.vintages.items()} == {
        one: lock.vintage for one, lock in edition.vintages.items()
    }
    # The receipts also hold hashes of the files, which only the same pyarrow writes alike.
    hashes = {"parquet_sha256", "raw_sha256"}
    assert {one: receipt.model_dump(exclude=hashes) for one, receipt in receipts(tmp_path).items()} == {
        one: receipt.model_dump(exclude=hashes) for one, receipt in receipts(home).items()
    }
    name = f"data/vintages/gerd/{edition.vintages['gerd'].vintage[:12]}/observations.parquet"
    if pq.read_metadata(tmp_path / name).created_by == pq.read_metadata(home / name).created_by:
        assert again == edition


def test_rows_and_value_texts_are_kept_as_they_stand(tmp_path):
    edition = take_starter(figures_folder(tmp_path / "in"), tmp_path, frozenset(SHORT))
    held = pq.read_table(next((tmp_path / "data" / "vintages" / "gerd").glob("*/observations.parquet")))
    assert held.column("value_text").to_pylist() == ["2.5", "3.40", "3.60"]
    assert split_rows(CSV.encode()) == {"gerd": CSV.encode()}
    assert edition.frozen == date(2026, 11, 23)


def test_running_again_changes_nothing(tmp_path):
    folder = figures_folder(tmp_path / "in")
    take_starter(folder, tmp_path, frozenset(SHORT))
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    take_starter(folder, tmp_path, frozenset(SHORT))
    assert {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()} == before
    assert len(before) == 4  # three files of one vintage, and the lock


@pytest.mark.parametrize(
    ("csv", "sources", "told"),
    [
        (CSV.replace("gerd,SWE,2023,3.60,\n", ""), ENTRY, "gerd observations: expected 3, found 2"),
        (CSV[:-1], ENTRY, "line 4: expected five parts and a line end"),
        (CSV.replace("status", "flag"), ENTRY, "header: expected"),
        (CSV, ENTRY.replace("areas: 2", "areas: two"), "gerd.areas: expected"),
        (CSV, ENTRY + ENTRY.replace("gerd", "berd"), "in one file only: berd"),
    ],
)
def test_figures_unlike_their_sources_are_refused_before_anything_is_written(tmp_path, csv, sources, told):
    with pytest.raises(ContentError) as error:
        take_starter(figures_folder(tmp_path / "in", csv, sources), tmp_path, frozenset(SHORT))
    assert told in str(error.value)
    assert not (tmp_path / "data").exists()


def test_command_line_tells_a_fault_in_one_message(tmp_path, capsys, home):
    folder = figures_folder(tmp_path / "in", CSV[:-1])
    assert main([str(folder), "--home", str(home)]) == 3
    assert "line 4" in capsys.readouterr().err


def test_receipts_name_publisher_route_and_terms(home):
    for path in (home / "data" / "vintages").glob("*/*/receipt.json"):
        told = json.loads(path.read_text(encoding="utf-8"))
        assert all(told[key] for key in ("publisher", "dataset", "table", "route", "retrieved", "licence")), path
