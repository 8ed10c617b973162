"""What a vintage is made of: its rows, the hash that names it, and the bytes of its files."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
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
    texts = [table.column(name).to_pylist() for name in ("area", "year", "breakdown", "value_text", "status")]
    lines = sorted(f"{a}\t{y}\t{b}\t{v}\t{s}\n" for a, y, b, v, s in zip(*texts, strict=True))
    written = "".join(lines)
    if written.count("\t") != 4 * len(lines) or written.count("\n") != len(lines):
        raise ValueError("an area, breakdown, value or status holds a tab or a line feed")
    return sha256(written.encode("utf-8"))


def row_faults(table: pa.Table, file: str) -> list[Fault]:
    """Give what keeps rows from being stored: another schema, no rows, twins, no code, a value unlike its text."""
    if not table.schema.equals(SCHEMA):
        return [Fault(file, "columns", ", ".join(SCHEMA.names), ", ".join(table.schema.names))]
    if not table.num_rows:
        return [Fault(file, "rows", "at least one", "none")]
    rows = table.to_pylist()
    faults = [Fault(file, _place(row), wanted, found) for row in rows for wanted, found in _row_faults(row)]
    counts = Counter(tuple(row[name] for name in KEY) for row in rows)
    faults += [
        Fault(file, " ".join(map(str, key)), "one row", f"{count} rows") for key, count in counts.items() if count > 1
    ]
    return faults[:MOST_FAULTS]


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
    """Give bytes packed by gzip, without a time stamp."""
    return gzip.compress(content, compresslevel=9, mtime=0)
