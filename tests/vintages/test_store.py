"""The store: whole or not at all, the same twice, and never a damaged file without a word."""

import errno
import gzip
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from npr.errors import ContentError, IntegrityError, NprError
from npr.vintages.content import sha256, table_of, to_parquet
from npr.vintages.receipts import Provenance
from npr.vintages.store import read, take

RAW = b"indicator,area,year,value,status\nrobots_all,FIN,2022,8.10,\nrobots_all,SWE,2022,6.76,B\n"
ROWS = [("FIN", 2022, "S_GE10", "8.10", ""), ("SWE", 2022, "S_GE10", "6.76", "B")]
ORIGIN = Provenance(
    publisher="Eurostat",
    dataset="ISOC_EB_P3D",
    table="Robotics",
    route="a file",
    retrieved="2025-07-17",
    licence="free",
)
DAY = date(2026, 11, 23)
FILES = ["observations.parquet", "raw.csv.gz", "receipt.json"]


def take_specimen(home, rows=ROWS, indicator="robots_all"):
    return take(home, indicator, RAW, table_of(rows), ORIGIN, taken=DAY)


def lines_of(error):
    return str(error.value).split("\n")


@pytest.fixture
def vintage(tmp_path):
    return take_specimen(tmp_path)


def reread(home, vintage):
    return read(home, vintage.indicator, vintage.content_sha256, receipt_sha256=vintage.receipt_sha256)


def test_what_is_taken_is_read_back(tmp_path, vintage):
    seen = reread(tmp_path, vintage)
    assert seen.table.to_dict("list") == {
        "area": ["FIN", "SWE"],
        "year": [2022, 2022],
        "breakdown": ["S_GE10", "S_GE10"],
        "value": [8.1, 6.76],
        "status": ["", "B"],
    }
    receipt = seen.receipt
    assert (receipt.rows, receipt.areas, receipt.first_year, receipt.last_year) == (2, 2, 2022, 2022)
    assert (receipt.publisher, receipt.taken) == ("Eurostat", DAY)


def test_folder_is_named_by_twelve_digits_and_holds_three_files(tmp_path, vintage):
    assert vintage.folder == tmp_path / "data" / "vintages" / "robots_all" / vintage.content_sha256[:12]
    assert sorted(path.name for path in vintage.folder.iterdir()) == FILES
    assert gzip.decompress((vintage.folder / "raw.csv.gz").read_bytes()) == RAW


def test_receipt_is_sorted_pretty_and_ends_with_a_newline(vintage):
    text = (vintage.folder / "receipt.json").read_text()
    keys = list(json.loads(text))
    assert keys == sorted(keys)
    assert text.startswith('{\n  "areas": 2,\n')
    assert text.endswith("}\n")


def test_taking_twice_changes_nothing(tmp_path, vintage):
    before = {name: (vintage.folder / name).stat() for name in FILES}
    again = take(tmp_path, "robots_all", RAW, table_of(ROWS[::-1]), ORIGIN, taken=date(2027, 1, 1))
    assert (vintage.new, again.new) == (True, False)
    assert again.receipt_sha256 == vintage.receipt_sha256
    assert {name: (vintage.folder / name).stat().st_mtime_ns for name in FILES} == {
        name: stat.st_mtime_ns for name, stat in before.items()
    }


def test_two_workspaces_get_the_same_bytes(tmp_path):
    one, two = take_specimen(tmp_path / "a"), take_specimen(tmp_path / "b", ROWS[::-1])
    assert {name: (one.folder / name).read_bytes() for name in FILES} == {
        name: (two.folder / name).read_bytes() for name in FILES
    }


def test_changed_status_is_a_new_vintage_beside_the_old(tmp_path, vintage):
    other = take_specimen(tmp_path, [ROWS[0], (*ROWS[1][:4], "")])
    assert other.content_sha256 != vintage.content_sha256
    assert len(list(vintage.folder.parent.iterdir())) == 2


def test_many_at_once_leave_one_whole_vintage(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take_specimen(tmp_path), range(16)))
    assert sum(one.new for one in taken) == 1
    assert [path.name for path in (tmp_path / "data" / "vintages").iterdir()] == ["robots_all"]
    reread(tmp_path, taken[0])


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_interrupted_take_leaves_nothing(tmp_path, monkeypatch, stop, at):
    calls = iter(range(1, 10))
    real = os.fsync

    def fails(handle):
        if next(calls) == at:
            raise stop
        real(handle)

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(NprError if isinstance(stop, OSError) else KeyboardInterrupt) as error:
        take_specimen(tmp_path)
    assert list((tmp_path / "data" / "vintages").iterdir()) == []
    if isinstance(stop, OSError):
        assert "could not be written: No space left on device (data/vintages/robots_all/" in lines_of(error)[0]
        assert lines_of(error)[1].startswith("Nothing was changed. Make room")


def test_leftovers_of_a_killed_take_disturb_nobody(tmp_path, vintage):
    leftover = tmp_path / "data" / "vintages" / ".taking-0123456789abcdef"
    shutil.copytree(vintage.folder, leftover)
    (leftover / "receipt.json").write_text("{")
    assert len(reread(tmp_path, vintage).table) == 2
    assert not take_specimen(tmp_path).new


def test_flipped_byte_is_told_in_the_form_of_the_conventions(tmp_path, vintage):
    path = vintage.folder / "observations.parquet"
    held = bytearray(path.read_bytes())
    expected = sha256(bytes(held))
    held[40] ^= 1
    path.write_bytes(held)
    short = vintage.content_sha256[:12]
    with pytest.raises(IntegrityError) as error:
        reread(tmp_path, vintage)
    assert lines_of(error) == [
        f"Vintage {short} of robots_all does not match its receipt: sha256 expected {expected[:12]}..., "
        f"found {sha256(bytes(held))[:12]}... (data/vintages/robots_all/{short}/observations.parquet).",
        f"Nothing was changed. Restore the file from git, or remove data/vintages/robots_all/{short} and take the "
        "vintage again (`npr fetch robots_all` if OECD serves it).",
    ]
    assert error.value.exit_code == 5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(tmp_path, name, place, bit):
    vintage = take_specimen(tmp_path)
    path = vintage.folder / name
    whole = path.read_bytes()
    broken = bytearray(whole)
    broken[int(place * len(whole))] ^= 1 << bit
    path.write_bytes(broken)
    try:
        with pytest.raises(IntegrityError, match="does not match its"):
            reread(tmp_path, vintage)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", FILES)
def test_missing_and_truncated_files_are_refused(tmp_path, vintage, name):
    path = vintage.folder / name
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(IntegrityError, match="sha256 expected"):
        reread(tmp_path, vintage)
    path.unlink()
    with pytest.raises(IntegrityError, match=r"found no file \(data/vintages/robots_all/.*" + name):
        reread(tmp_path, vintage)


def test_altered_receipt_is_caught_by_the_lock(tmp_path, vintage):
    path = vintage.folder / "receipt.json"
    path.write_text(path.read_text().replace("Eurostat", "OECD"))
    with pytest.raises(IntegrityError, match="does not match its lock: sha256 expected"):
        reread(tmp_path, vintage)


@pytest.mark.parametrize("text", ["{", "[]", "", '{"indicator": "robots_all"}', "\x00"])
def test_receipt_that_is_none_is_refused_without_a_lock_too(tmp_path, vintage, text):
    (vintage.folder / "receipt.json").write_text(text)
    with pytest.raises(IntegrityError, match="has a receipt that cannot be read: expected a receipt in JSON") as error:
        read(tmp_path, "robots_all", vintage.content_sha256)
    assert "receipt.json)" in lines_of(error)[0]


def test_receipt_with_hashes_to_match_forged_rows_is_caught_by_the_content(tmp_path, vintage):
    forged = to_parquet(table_of([ROWS[0], ("SWE", 2022, "S_GE10", "9.99", "B")]))
    (vintage.folder / "observations.parquet").write_bytes(forged)
    path = vintage.folder / "receipt.json"
    receipt = json.loads(path.read_text())
    path.write_text(json.dumps(receipt | {"parquet_sha256": sha256(forged)}))
    with pytest.raises(IntegrityError, match="does not match its receipt"):
        read(tmp_path, "robots_all", vintage.content_sha256)


def test_bytes_that_are_no_parquet_are_refused_even_when_the_receipt_agrees(tmp_path, vintage):
    (vintage.folder / "observations.parquet").write_bytes(b"PAR1 no")
    path = vintage.folder / "receipt.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"parquet_sha256": sha256(b"PAR1 no")}))
    with pytest.raises(IntegrityError, match="cannot be read: expected Parquet"):
        read(tmp_path, "robots_all", vintage.content_sha256)


def test_vintage_under_another_indicator_is_refused(tmp_path, vintage):
    shutil.copytree(vintage.folder, tmp_path / "data" / "vintages" / "ai_all" / vintage.folder.name)
    with pytest.raises(IntegrityError, match="receipt of another: expected ai_all, found robots_all"):
        read(tmp_path, "ai_all", vintage.content_sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../../etc", "abc"])
def test_unknown_vintage_is_refused(tmp_path, vintage, name):
    with pytest.raises(IntegrityError, match=r"of robots_all is (unknown|named wrongly)"):
        read(tmp_path, "robots_all", name)


def test_other_content_behind_the_same_twelve_digits_is_refused(tmp_path, vintage):
    name = vintage.content_sha256
    twin = name[:-1] + ("0" if name[-1] != "0" else "1")
    with pytest.raises(IntegrityError, match="sha256 expected"):
        read(tmp_path, "robots_all", twin)


def test_taking_over_a_damaged_vintage_mends_nothing_silently(tmp_path, vintage):
    (vintage.folder / "raw.csv.gz").write_bytes(b"")
    with pytest.raises(IntegrityError) as error:
        take_specimen(tmp_path)
    assert lines_of(error)[1].startswith("Nothing was changed. Restore the file from git, or remove data/vintages/")
    assert (vintage.folder / "raw.csv.gz").read_bytes() == b""


def test_rows_that_contradict_themselves_are_not_taken(tmp_path):
    with pytest.raises(ContentError, match="SWE 2022 S_GE10: expected one row, found 2 rows"):
        take_specimen(tmp_path, [ROWS[1], (*ROWS[1][:3], "7", "")])
    assert not (tmp_path / "data").exists()


def test_table_of_another_shape_is_not_taken(tmp_path):
    with pytest.raises(ContentError, match="columns: expected area, year"):
        take(tmp_path, "robots_all", RAW, pa.table({"area": ["SWE"]}), ORIGIN, taken=DAY)
