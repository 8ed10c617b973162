"""Editions: found by name, frozen once, and refused when damaged."""

import os
from datetime import date

import pytest

from npr.catalogue.declarations import Text
from npr.errors import ContentError, IntegrityError, NprError, UsageError
from npr.vintages.content import table_of
from npr.vintages.editions import (
    Edition,
    Lock,
    damages,
    freeze,
    list_editions,
    load_edition,
    lock_of,
    newest_edition,
    write_lock,
)
from npr.vintages.receipts import Provenance
from npr.vintages.store import take

ORIGIN = Provenance(publisher="P", dataset="D", table="T", route="R", retrieved="2026", licence="L")
LOCK = Lock(vintage="a" * 64, receipt="1" * 64)


def edition_of(name="starter", frozen=date(2026, 11, 23), **vintages):
    return Edition(edition=name, frozen=frozen, title=Text(sv="Först", en="First"), vintages=vintages)


def test_lock_file_reads_as_it_was_written(tmp_path):
    path = freeze(tmp_path, edition_of(gerd=LOCK, berd=LOCK))
    assert path == tmp_path / "data" / "editions" / "starter.yml"
    assert path.read_text(encoding="utf-8") == (
        "edition: starter\nfrozen: 2026-11-23\ntitle:\n  sv: Först\n  en: First\nvintages:\n"
        f"  berd:\n    vintage: {'a' * 64}\n    receipt: '{'1' * 64}'\n"
        f"  gerd:\n    vintage: {'a' * 64}\n    receipt: '{'1' * 64}'\n"
    )
    seen = load_edition(tmp_path, "starter")
    assert (seen.id, seen.frozen, seen.title.sv) == ("starter", date(2026, 11, 23), "Först")
    assert seen.vintages == {"gerd": LOCK, "berd": LOCK}


def test_editions_lie_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv("NPR_EDITIONS", "memory://test-editions")
    place = freeze(tmp_path, edition_of(gerd=LOCK))
    assert str(place).endswith("test-editions/starter.yml")
    assert load_edition(tmp_path, "starter").vintages == {"gerd": LOCK}
    assert newest_edition(tmp_path).id == "starter"
    with pytest.raises(UsageError, match="starter is there already"):
        freeze(tmp_path, edition_of(berd=LOCK))
    assert not (tmp_path / "data").exists()
    monkeypatch.delenv("NPR_EDITIONS")
    with pytest.raises(UsageError):
        load_edition(tmp_path, "starter")


def test_freezing_again_changes_nothing_and_another_under_the_name_is_refused(tmp_path):
    path = freeze(tmp_path, edition_of(gerd=LOCK))
    freeze(tmp_path, edition_of(gerd=LOCK))
    held = path.read_bytes()
    with pytest.raises(UsageError, match="starter is there already"):
        freeze(tmp_path, edition_of(berd=LOCK))
    assert path.read_bytes() == held
    assert [one.name for one in path.parent.iterdir()] == ["starter.yml"]


def test_full_disk_leaves_no_lock(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NprError, match="could not be written: No space left on device"):
        freeze(tmp_path, edition_of(gerd=LOCK))
    assert list((tmp_path / "data" / "editions").iterdir()) == []


def test_newest_is_the_last_by_date_then_name(tmp_path):
    for name, day in (("b", 1), ("a", 2), ("c", 2)):
        freeze(tmp_path, edition_of(name, date(2027, 1, day)))
    assert [one.id for one in list_editions(tmp_path)] == ["b", "a", "c"]
    assert newest_edition(tmp_path).id == "c"


def test_editions_of_one_day_stand_as_they_follow_each_other(tmp_path):
    freeze(tmp_path, edition_of("starter"))
    freeze(tmp_path, edition_of("b").model_copy(update={"follows": "starter"}))
    freeze(tmp_path, edition_of("a").model_copy(update={"follows": "b"}))
    assert [one.id for one in list_editions(tmp_path)] == ["starter", "b", "a"]
    assert load_edition(tmp_path, "latest").id == "a"


def test_editions_that_name_each_other_in_a_circle_are_listed_all_the_same(tmp_path):
    for name, earlier in (("a", "b"), ("b", "a"), ("c", "gone")):
        freeze(tmp_path, edition_of(name).model_copy(update={"follows": earlier}))
    # Each has one other before it, c one that is not there; so the names decide.
    assert [one.id for one in list_editions(tmp_path)] == ["a", "b", "c"]


def test_workspace_without_edition_says_so(tmp_path):
    with pytest.raises(UsageError, match="has no edition"):
        newest_edition(tmp_path)


def test_unknown_edition_is_usage(tmp_path):
    freeze(tmp_path, edition_of())
    with pytest.raises(UsageError, match=r"Unknown edition 'startr'.*\n.*Did you mean 'starter'"):
        load_edition(tmp_path, "startr")
    with pytest.raises(UsageError, match="expected one of: starter, found"):
        load_edition(tmp_path, "../editions/starter")


@pytest.mark.parametrize(
    "held", [b"edition: [", b"", b"- a\n", b"just words\n", b"edition: \xff\xfe\n", b"<<<<<<< x\na: 1"]
)
def test_lock_that_is_no_yaml_is_damage(tmp_path, held):
    path = freeze(tmp_path, edition_of())
    path.write_bytes(held)
    with pytest.raises(IntegrityError, match="lock file of edition starter cannot be read") as error:
        load_edition(tmp_path, "starter")
    assert "(data/editions/starter.yml)" in str(error.value)
    assert "Restore the file from git" in str(error.value)


def test_all_faults_of_a_lock_are_told_at_once(tmp_path):
    path = freeze(tmp_path, edition_of(gerd=LOCK))
    path.write_text(
        path.read_text().replace("  en: First\n", "").replace("a" * 64, "a" * 63).replace("2026-11", "2026-13")
    )
    with pytest.raises(ContentError) as error:
        load_edition(tmp_path, "starter")
    assert sorted(fault.key for fault in error.value.faults) == ["frozen", "title.en", "vintages.gerd.vintage"]


def test_key_that_stands_twice_and_name_unlike_the_file_are_faults(tmp_path):
    path = freeze(tmp_path, edition_of(gerd=LOCK))
    text = path.read_text()
    path.write_text(text + f"  gerd:\n    vintage: {'b' * 64}\n    receipt: {'c' * 64}\n")
    with pytest.raises(ContentError, match=r"vintages\.gerd: expected each key once"):
        load_edition(tmp_path, "starter")
    path.write_text(text.replace("edition: starter", "edition: other"))
    with pytest.raises(ContentError, match="the name of the file, starter, found other"):
        load_edition(tmp_path, "starter")


def test_damage_is_told_for_each_indicator_of_an_edition(tmp_path):
    good, cut = (
        take(tmp_path, name, b"x", table_of([("SWE", 2024, "_T", "1", "")]), ORIGIN, taken=date(2026, 11, 23))
        for name in ("gerd", "berd")
    )
    whole = edition_of(gerd=lock_of(good), berd=lock_of(cut))
    assert damages(tmp_path, whole) == []
    (cut.folder / "raw.csv.gz").unlink()
    found = damages(tmp_path, edition_of(gerd=lock_of(good), berd=lock_of(cut), unknown=LOCK))
    assert [str(one).split(" of ")[1].split()[0] for one in found] == ["berd", "unknown"]


def test_order_of_indicators_does_not_change_the_lock():
    assert write_lock(edition_of(gerd=LOCK, berd=LOCK)) == write_lock(edition_of(berd=LOCK, gerd=LOCK))
