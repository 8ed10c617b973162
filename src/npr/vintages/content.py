"""What a vintage is made of: its rows, the hash that names it, and the bytes of its files."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from npr.errors import Fault

Row = tuple[str, int, str, str, str]
"""One observation: area, year, breakdown, value as the source writes it, status code (empty when none)."""

SCHEMA = pa.schema(
    [
        ("area", pa.string()),
        ("year", pa.int64()),
        ("breakdown", pa.string()),
        ("value", pa.float64()),
        ("value_text", pa.string()),
        ("status", pa.string()),
    ]
)
KEY = ["area", "year", "breakdown"]
MOST_FAULTS = 5
LARGE = 4_000_000
"""Bytes from which an answer is packed for speed."""


def sha256(content: bytes) -> str:
    """Give the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def table_of(rows: Iterable[Row]) -> pa.Table:
    """Give rows as the table that the store keeps, with `value` read from the source's own text.

    Shape: columns as in `SCHEMA`; a row without value text has no value.

    Raises:
        ValueError: a value text that is no number.
    """
    full = [(*row[:3], float(row[3]) if row[3] else None, *row[3:]) for row in rows]
    columns = list(zip(*full, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def numbers_of(texts: pa.Array) -> pa.Array:
    """Read value texts as numbers: an empty text is none.

    Raises:
        ValueError: a text that is no finite number.
    """
    numbers = pc.if_else(pc.equal(texts, ""), None, texts).cast(pa.float64())
    if not pc.all(pc.is_finite(numbers)).as_py() and numbers.null_count < len(numbers):
        raise ValueError("a value is not finite")
    return numbers


def content_hash(table: pa.Table) -> str:
    r"""Give the hash that names a vintage: the same for the same rows, whatever their order or how they are packed.

    The rows (area, year, breakdown, value text, status) are sorted and written as UTF-8 lines with tabs between.

    Raises:
        ValueError: a text holds a tab or a line feed, so that two contents could look alike.

    >>> one, two = ("FIN", 2024, "_T", "3.10", ""), ("SWE", 2024, "_T", "3.56", "P")
    >>> content_hash(table_of([one, two])) == content_hash(table_of([two, one]))
    True
    >>> content_hash(table_of([one])) == content_hash(table_of([("FIN", 2024, "_T", "3.1", "")]))
    False
    """
    names = ("area", "year", "breakdown", "value_text", "status")
    texts = [column_of(table, name).cast(pa.large_string()) for name in names]
    lines = pc.binary_join_element_wise(*texts, pa.scalar("\t", pa.large_string()))
    end, nothing = (pa.scalar(one, pa.large_string()) for one in ("\n", ""))
    written = bytes(text_of(pc.binary_join_element_wise(lines.take(pc.sort_indices(lines)), end, nothing)))
    if written.count(b"\t") != 4 * len(lines) or written.count(b"\n") != len(lines):
        raise ValueError("an area, breakdown, value or status holds a tab or a line feed")
    return sha256(written)


def column_of(table: pa.Table, name: str) -> pa.Array:
    """Give a column as one array."""
    column = table.column(name).combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def text_of(array: pa.Array) -> memoryview:
    """Give the texts of a large_string array one after the other, as the bytes that Arrow holds them in."""
    _, offsets, held = array.buffers()
    if held is None or not len(array):
        return memoryview(b"")
    starts = memoryview(offsets).cast("q")
    return memoryview(held)[starts[array.offset] : starts[array.offset + len(array)]]


def row_faults(table: pa.Table, file: str) -> list[Fault]:
    """Give what keeps rows from being stored: another schema, no rows, twins, no code, a value unlike its text.

    All rows are looked at in columns; only those with a fault are looked at one by one.
    """
    if not table.schema.equals(SCHEMA):
        return [Fault(file, "columns", ", ".join(SCHEMA.names), ", ".join(table.schema.names))]
    if not table.num_rows:
        return [Fault(file, "rows", "at least one", "none")]
    odd = table.filter(_suspect(table)).to_pylist()
    faults = [Fault(file, _place(row), wanted, found) for row in odd for wanted, found in _row_faults(row)]
    counts = table.select(KEY).group_by(KEY).aggregate([([], "count_all")])
    for row in counts.filter(pc.greater(counts.column("count_all"), 1)).to_pylist():
        faults.append(Fault(file, _place(row), "one row", f"{row['count_all']} rows"))
    return faults[:MOST_FAULTS]


def _suspect(table: pa.Table) -> pa.ChunkedArray:
    """Mark the rows that may have a fault; a mark too many costs time, one too few would cost the truth."""
    marks = pc.is_null(table.column("year"))
    for name in ("area", "breakdown", "value_text", "status"):
        column = table.column(name)
        marks = pc.or_(
            marks, pc.or_(pc.is_null(column), pc.fill_null(pc.match_substring_regex(column, r"[\t\n\r]"), True))
        )
    marks = pc.or_(marks, pc.fill_null(pc.equal(table.column("area"), ""), True))
    value, texts = table.column("value"), table.column("value_text")
    try:
        read = numbers_of(pc.fill_null(texts, "").combine_chunks())
    except (pa.ArrowInvalid, ValueError):
        return pa.chunked_array([pa.array([True] * table.num_rows)])
    same = pc.or_(pc.fill_null(pc.equal(value, read), False), pc.and_(pc.is_null(value), pc.is_null(read)))
    return pc.or_(marks, pc.invert(same))


def _row_faults(row: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Give what is wrong in one row, as (expected, found)."""
    texts = [row[name] for name in ("area", "breakdown", "value_text", "status")]
    if row["year"] is None or not all(isinstance(text, str) for text in texts) or not row["area"]:
        yield "an area, a year and texts (an empty one where there is none)", str(row)
    elif any(mark in str(text) for text in texts for mark in "\t\n\r"):
        yield "texts without tab or line break", str(row)
    elif row["value"] != _number(str(row["value_text"])):
        yield f"the number that the source writes, {row['value_text']!r}", repr(row["value"])


def _number(text: str) -> float | None:
    """Read a value text: no text is no value; what is no finite number is NaN, which equals nothing."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _place(row: dict[str, object]) -> str:
    return " ".join(str(row[name]) for name in KEY)


def to_parquet(table: pa.Table) -> bytes:
    """Give rows as Parquet (zstd), sorted, so that the same rows give the same bytes with the same pyarrow."""
    ordered = table.sort_by([(name, "ascending") for name in KEY])
    sink = io.BytesIO()
    pq.write_table(ordered, sink, compression="zstd", version="2.6")
    return sink.getvalue()


def from_parquet(content: bytes) -> pa.Table:
    """Give the rows of a Parquet file.

    Raises:
        pa.ArrowException: the bytes are no Parquet.
    """
    return pq.read_table(pa.BufferReader(content))


def to_gzip(content: bytes) -> bytes:
    """Give bytes packed by gzip, without a time stamp; large ones less tightly, which is many times faster."""
    return gzip.compress(content, compresslevel=9 if len(content) < LARGE else 1, mtime=0)
