"""Vintages on any storage that fsspec knows: what is taken there is read there, damage is found there."""

import sys
from datetime import date

import fsspec
import pytest
from upath import UPath

from npr.errors import IntegrityError, UsageError
from npr.vintages.checks import newest_vintage
from npr.vintages.content import table_of
from npr.vintages.places import editions_root, on_disk, shown, vintages_root
from npr.vintages.receipts import Provenance
from npr.vintages.store import read, take, vintage_folder

ORIGIN = Provenance(publisher="P", dataset="D", table="T", route="R", retrieved="2026", licence="L")
ROWS = table_of([("SWE", 2024, "_T", "3.5", "A"), ("FIN", 2024, "_T", "", "M")])
DAY = date(2026, 11, 23)


@pytest.fixture(params=["memory", "file", "none"])
def home(request, tmp_path, monkeypatch):
    """A workspace whose vintages lie in memory, on a disk by fsspec, or where they lie by default."""
    if request.param == "memory":
        monkeypatch.setenv("NPR_VINTAGES", f"memory://bucket/{tmp_path.name}")
    elif request.param == "file":
        monkeypatch.setenv("NPR_VINTAGES", f"file://{tmp_path}/elsewhere")
    yield tmp_path
    if request.param == "memory":
        fsspec.filesystem("memory").rm(f"/bucket/{tmp_path.name}", recursive=True)


def test_what_is_taken_is_read_and_taken_once(home):
    first = take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY)
    again = take(home, "gerd", b"another raw", ROWS, ORIGIN, taken=DAY)
    assert (first.new, again.new) == (True, False)
    assert again.receipt_sha256 == first.receipt_sha256
    seen = read(home, "gerd", first.content_sha256, receipt_sha256=first.receipt_sha256)
    assert seen.table["area"].tolist() == ["FIN", "SWE"]
    assert newest_vintage(home, "gerd")[0].content_sha256 == first.content_sha256


def test_nothing_lies_in_the_workspace_when_the_vintages_lie_elsewhere(home):
    take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY)
    assert (home / "data").exists() == (vintages_root(home) == home / "data" / "vintages")


@pytest.mark.parametrize("name", ["observations.parquet", "raw.csv.gz", "receipt.json"])
def test_damage_is_found_and_the_place_is_named(home, name):
    taken = take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY)
    path = vintage_folder(home, "gerd", taken.content_sha256) / name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(IntegrityError) as caught:
        read(home, "gerd", taken.content_sha256, receipt_sha256=taken.receipt_sha256)
    assert shown(path, home) in str(caught.value)


def test_objects_without_their_receipt_are_no_vintage_and_are_written_anew(home):
    folder = vintage_folder(home, "gerd", take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY).content_sha256)
    (folder / "receipt.json").unlink()
    assert newest_vintage(home, "gerd") is None
    if on_disk(folder):  # on a disk a folder appears whole: this one was damaged
        with pytest.raises(IntegrityError):
            take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY)
    else:
        assert take(home, "gerd", b"raw", ROWS, ORIGIN, taken=DAY).new


def test_on_an_object_store_the_receipt_is_written_last(tmp_path, monkeypatch):
    monkeypatch.setenv("NPR_VINTAGES", f"memory://bucket/{tmp_path.name}")
    kind = type(UPath("memory://bucket"))
    written, really = [], kind.write_bytes
    monkeypatch.setattr(kind, "write_bytes", lambda path, held: (written.append(path.name), really(path, held))[1])
    take(tmp_path, "gerd", b"raw", ROWS, ORIGIN, taken=DAY)
    assert sorted(written) == ["observations.parquet", "raw.csv.gz", "receipt.json"]
    assert written[-1] == "receipt.json"


def test_a_path_of_this_machine_is_on_disk_and_a_bucket_is_not(tmp_path):
    assert on_disk(tmp_path)
    assert not on_disk(UPath("memory://bucket"))


@pytest.mark.parametrize(("variable", "root"), [("NPR_VINTAGES", vintages_root), ("NPR_EDITIONS", editions_root)])
def test_an_address_that_cannot_be_opened_is_told_with_the_variable_that_names_it(
    monkeypatch, tmp_path, variable, root
):
    monkeypatch.setenv(variable, "nowhere://x")
    with pytest.raises(UsageError, match=f"What {variable} names cannot be kept at nowhere://x"):
        root(tmp_path)
    monkeypatch.setenv(variable, "s3://bucket/x")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UsageError, match="Install s3fs"):
        root(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path / "here"))
    assert root(tmp_path) == tmp_path / "here"
