"""The hash that names a vintage: a law of the rows, not of how they are packed."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npr.vintages.content import SCHEMA, content_hash, from_parquet, row_faults, table_of, to_gzip, to_parquet

CODES = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1, max_size=6)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr)
ROWS = st.dictionaries(
    st.tuples(CODES, st.integers(1900, 2100), st.sampled_from(["_T", "S_GE10"])),
    st.tuples(NUMBERS, st.sampled_from(["", "A", "B", "P"])),
    min_size=1,
    max_size=12,
).map(lambda rows: [(*key, *told) for key, told in rows.items()])


def test_hash_is_that_of_the_sorted_lines():
    rows = [("SWE", 2024, "_T", "3.56", "P"), ("FIN", 2024, "_T", "3.10", "")]
    # sha256 of exactly these two lines, FIN before SWE
    expected = hashlib.sha256(b"FIN\t2024\t_T\t3.10\t\nSWE\t2024\t_T\t3.56\tP\n").hexdigest()
    assert content_hash(table_of(rows)) == expected


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_order_never_changes_the_hash_nor_the_file(rows, data):
    shuffled = data.draw(st.permutations(rows))
    assert content_hash(table_of(shuffled)) == content_hash(table_of(rows))
    assert to_parquet(table_of(shuffled)) == to_parquet(table_of(rows))


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data(), st.sampled_from([0, 1, 2, 3, 4]))
def test_any_other_text_changes_the_hash(rows, data, column):
    at = data.draw(st.integers(0, len(rows) - 1))
    other = list(rows[at])
    # A text that no row has in that column: one digit, letter or year more.
    other[column] = {0: "X" * 7, 1: 2101, 2: "S10T49", 3: f"{rows[at][3].replace('e', '0e')}0", 4: "U"}[column]
    if column == 3 and "." not in rows[at][3]:
        other[3] = "0" + rows[at][3].lstrip("-")
    changed = [*rows[:at], tuple(other), *rows[at + 1 :]]
    assert content_hash(table_of(changed)) != content_hash(table_of(rows))


def test_trailing_zero_is_other_content_though_the_number_is_the_same():
    assert content_hash(table_of([("SWE", 2024, "_T", "3.10", "")])) != content_hash(
        table_of([("SWE", 2024, "_T", "3.1", "")])
    )


def test_compressor_and_writer_do_not_change_the_hash():
    table = table_of([("SWE", 2024, "_T", "3.56", ""), ("SWE", 2023, "_T", "", "O")])
    assert content_hash(from_parquet(to_parquet(table))) == content_hash(table)


def test_text_that_could_forge_a_line_is_refused():
    with pytest.raises(ValueError, match="tab or a line feed"):
        content_hash(table_of([("SWE\t2024", 2024, "_T", "1", "")]))
    assert row_faults(table_of([("SWE", 2024, "_T", "1", "A\nFIN")]), "x")


def test_row_without_text_has_no_value():
    assert table_of([("SWE", 2024, "_T", "", "O")]).column("value").to_pylist() == [None]


def test_packed_source_carries_no_time():
    # gzip header: bytes 4 to 7 are the time stamp
    assert to_gzip(b"a,b\n")[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "at least one"),
        ([("SWE", 2024, "_T", "1", ""), ("SWE", 2024, "_T", "2", "")], "one row"),
        ([("", 2024, "_T", "1", "")], "an area"),
        ([("SWE", 2024, "_T", "inf", "")], "the number"),
        ([("SWE", 2024, "_T", "nan", "")], "the number"),
    ],
)
def test_rows_that_cannot_be_kept_are_named(rows, expected):
    faults = row_faults(table_of(rows), "x")
    assert [fault.expected[: len(expected)] for fault in faults] == [expected]


def test_value_unlike_its_text_is_named():
    table = table_of([("SWE", 2024, "_T", "3.56", "")])
    forged = table.set_column(3, SCHEMA.field("value"), [[3.65]])
    assert [fault.found for fault in row_faults(forged, "x")] == ["3.65"]


def test_at_most_five_faults_are_named():
    assert len(row_faults(table_of([("SWE", year, "_T", "inf", "") for year in range(2000, 2009)]), "x")) == 5
