"""What changed between two vintages: laws that hold for any two, and a summary worked out by hand."""

import random
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npr.catalogue.declarations import Text
from npr.errors import IntegrityError, UsageError
from npr.vintages.compare_editions import as_json, compare, told
from npr.vintages.content import content_hash, from_parquet, table_of, to_parquet
from npr.vintages.diff import apply, diff
from npr.vintages.editions import Edition, freeze, lock_of
from npr.vintages.receipts import Provenance
from npr.vintages.store import take

ORIGIN = Provenance(publisher="P", dataset="D", table="T", route="R", retrieved="2026", licence="L")
OLD = [
    ("FIN", 2023, "_T", "3.10", "A"),
    ("SWE", 2021, "_T", "3.40", ""),
    ("SWE", 2022, "_T", "3.50", "P"),
    ("SWE", 2023, "_T", "0", "A"),
    ("USA", 2023, "_T", "3.4", "A"),
    ("NOR", 2023, "_T", "", "M"),
]
NEW = [
    ("FIN", 2023, "_T", "3.1", "A"),  # other digits alone
    ("SWE", 2021, "_T", "3.40", "B"),  # a flag
    ("SWE", 2022, "_T", "3.57", "A"),  # a revision of 0.07 / 3.5 = 2 %, and a flag
    ("SWE", 2023, "_T", "3.6", "A"),  # a revision from 0, of no relative size
    ("NOR", 2023, "_T", "1.9", "A"),  # a number where there was none, and a flag
    ("SWE", 2024, "_T", "3.7", "P"),  # new; USA is withdrawn
]


def test_each_kind_of_change_is_told_apart():
    changes = diff(table_of(OLD), table_of(NEW))
    assert changes.counts() == {"added": 1, "withdrawn": 1, "revised": 3, "flags": 3, "rewritten": 1}
    assert [(one["area"], one["year"], one["old"], one["new"]) for one in changes.revised] == [
        ("NOR", 2023, None, 1.9), ("SWE", 2022, 3.5, 3.57), ("SWE", 2023, 0.0, 3.6),
    ]  # fmt: skip
    assert [one["relative"] for one in changes.revised] == [None, pytest.approx(0.02), None]
    assert [(one["area"], one["year"], one["old"], one["new"]) for one in changes.flags] == [
        ("NOR", 2023, "M", "A"), ("SWE", 2021, "", "B"), ("SWE", 2022, "P", "A"),
    ]  # fmt: skip
    assert changes.added.to_pylist()[0]["year"] == 2024
    assert changes.withdrawn.to_pylist()[0]["area"] == "USA"


def test_a_number_that_only_lost_a_rounding_error_is_no_revision():
    old, new = [("SWE", 2024, "_T", "0.30000000000000004", "")], [("SWE", 2024, "_T", "0.3", "")]
    assert diff(table_of(old), table_of(new)).counts() == {
        "added": 0, "withdrawn": 0, "revised": 0, "flags": 0, "rewritten": 1,
    }  # fmt: skip
    more = [("SWE", 2024, "_T", "0.30000001", "")]
    assert diff(table_of(old), table_of(more)).counts()["revised"] == 1


ROW = st.tuples(
    st.sampled_from(["SWE", "FIN", "NA", "OECD"]), st.integers(1990, 1996), st.sampled_from(["_T", "C"]),
    st.sampled_from(["", "1", "1.0", "2", "-3.5", "1E3"]), st.sampled_from(["", "A", "B,P"]),
)  # fmt: skip
TABLE = st.lists(ROW, max_size=25, unique_by=lambda row: row[:3]).map(table_of)


@settings(max_examples=150, deadline=None)
@given(TABLE, TABLE)
def test_what_changed_leads_from_one_to_the_other(a, b):
    assert content_hash(apply(a, diff(a, b))) == content_hash(b)
    assert diff(a, a).empty
    assert diff(a, b).empty == (content_hash(a) == content_hash(b))


@settings(max_examples=60, deadline=None)
@given(TABLE, st.randoms())
def test_shuffled_and_packed_anew_the_content_has_the_same_hash(table, order):
    rows = list(range(table.num_rows))
    order.shuffle(rows)
    columns = list(table.column_names)
    order.shuffle(columns)
    shuffled = table.take(pa.array(rows, pa.int64())).select(columns)
    assert content_hash(shuffled) == content_hash(table)
    assert content_hash(from_parquet(to_parquet(table))) == content_hash(table)
    assert diff(shuffled.select(table.column_names), table).empty


@pytest.fixture
def home(tmp_path):
    """Two editions: gerd changed, berd not, one of each side only."""
    day = date(2026, 11, 23)
    held = {
        "one": {"gerd": OLD, "berd": OLD, "gone": OLD},
        "two": {"gerd": NEW, "berd": OLD, "come": NEW},
    }
    for name, indicators in held.items():
        locks = {
            one: lock_of(take(tmp_path, one, b"x", table_of(rows), ORIGIN, taken=day))
            for one, rows in indicators.items()
        }
        freeze(tmp_path, Edition(edition=name, frozen=day, title=Text(sv=name, en=name), vintages=locks))
    return tmp_path


def test_two_editions_are_told_in_a_few_lines(home):
    assert told(compare(home, "one", "two")) == (
        "one → two: 1 of 4 indicators changed\n"
        "  gerd  1 new; 3 revised; 1 withdrawn; 3 with another flag; 1 written with other digits; "
        "largest revision SWE 2022: 3.5 → 3.57 (+2.0%)\n"
        "Only in two: come\n"
        "Only in one: gone"
    )
    assert told(compare(home, "one", "one")) == "one → one: 0 of 3 indicators changed"


def test_two_vintages_are_compared_by_the_beginning_of_their_hashes(home):
    old, new = content_hash(table_of(OLD)), content_hash(table_of(NEW))
    compared = compare(home, old[:12], new[:16], ["gerd"])
    assert list(compared.changes) == ["gerd"]
    held = as_json(compared)["changed"]["gerd"]
    assert held["counts"]["revised"] == len(held["revised"]) == 3
    assert held["added"] == [{"area": "SWE", "year": 2024, "breakdown": "_T", "value": 3.7, "status": "P"}]
    assert as_json(compare(home, "one", "two"))["changed"]["gerd"]["vintages"] == {"old": old, "new": new}


@pytest.mark.parametrize(
    ("old", "new", "names", "what"),
    [
        ("one", "tow", [], "Unknown edition 'tow'"),
        ("0" * 12, "two", [], "Unknown vintage 000000000000"),
        ("one", "two", ["gred"], "Neither one nor two holds gred"),
    ],
)
def test_what_is_unknown_is_wrong_usage(home, old, new, names, what):
    with pytest.raises(UsageError, match=what):
        compare(home, old, new, names)


def test_a_damaged_vintage_stops_the_comparison(home):
    next((home / "data" / "vintages" / "gerd").rglob("raw.csv.gz")).write_bytes(b"x")
    with pytest.raises(IntegrityError, match="does not match its receipt"):
        compare(home, "one", "two")


def test_a_hundred_thousand_rows_shuffled_are_the_same():
    rows = [(f"A{at % 500}", 1900 + at // 500, "_T", str(at), "") for at in range(100_000)]
    other = rows[:]
    random.Random(1).shuffle(other)
    assert diff(table_of(rows), table_of(other)).empty
