"""Reads from a rendered page, or an executed notebook, where its numbers come from."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from npr.errors import IntegrityError, RenderError, UsageError
from npr.publish.document import read_document
from npr.publish.workbooks import kept_text

Record = dict[str, Any]
SHEET = "npr-trace"  # where a workbook keeps it
ZIP = b"PK\x03\x04"
TRACE = re.compile(r'<script type="application/json" id="npr-trace">(.*?)</script>', re.DOTALL)


def read_trace(path: Path) -> list[Record]:
    """Give the record of every number of a rendered HTML page or workbook or an executed notebook, in reading order.

    Raises:
        UsageError: no such file, or not one of ours.
        IntegrityError: the file was cut.
    """
    if not path.is_file():
        raise UsageError(f"No such file: {path}", todo="Build it with `npr build`, or name another file.")
    if path.suffix.lower() == ".xlsx":
        return _of_workbook(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _not_ours(path) from None
    if path.suffix == ".ipynb":
        return _of_notebook(path, text)
    found = TRACE.search(text)
    if not found:
        if "npr-trace" in text or (text.lstrip().startswith("<!DOCTYPE html>") and "</html>" not in text):
            raise _cut(path)
        raise _not_ours(path)
    try:
        return list(json.loads(found[1]))
    except ValueError:
        raise _cut(path) from None


def show_trace(records: list[Record]) -> str:
    """Write records for a person: a line for the number, and one for each place that it comes from."""
    lines: list[str] = []
    where = None
    for record in records:
        if record["where"] != where:
            where = record["where"]
            lines.append(f"\n{where}" if lines else str(where))
        lines.append(f"  {record['text']:<28} {_origin(record)}")
        lines += [f"  {'':<28}   from {_part(part)}" for part in record.get("from", [])[:3]]
        more = len(record.get("from", [])) - 3
        if more > 0:
            lines.append(f"  {'':<28}   and {more} more (see --json)")
    return "\n".join(lines)


def _origin(record: Record) -> str:
    if record.get("fact"):
        return f"fact {record['fact']}, {record['publisher']}"
    how = f" ({record['how']})" if record.get("how") else ""
    vintage = (record.get("vintage") or "")[:12]
    return f"{record['indicator']} {record['area']} {record['year']}{how}, {record['publisher']}, vintage {vintage}"


def _part(part: Record) -> str:
    how = f" ({part['how']})" if part.get("how") else ""
    return f"{part['indicator']} {part['area']} {part['year']}: {part['value']}{how}"


def _of_notebook(path: Path, text: str) -> list[Record]:
    import nbformat  # slow to import, and pages need none of it

    try:
        return read_document(nbformat.reads(text, as_version=4)).trace
    except RenderError:
        raise _not_ours(path) from None
    except ValueError:
        raise _cut(path) from None


def _of_workbook(path: Path) -> list[Record]:
    content = path.read_bytes()
    if not ZIP.startswith(content[: len(ZIP)]):
        raise _not_ours(path)
    try:
        text = kept_text(content, SHEET)
        records: list[Record] | None = None if text is None else list(json.loads(text))
    except ValueError:
        raise _cut(path) from None
    if records is None:
        raise _not_ours(path)
    return records


def _not_ours(path: Path) -> UsageError:
    return UsageError(
        f"{path} holds no trace",
        expected="an HTML page, workbook or executed notebook that npr made",
        found="another file, or a notebook that was not run",
        todo="Name a file under reports/, such as reports/starter/SWE/industri40.sv.html.",
    )


def _cut(path: Path) -> IntegrityError:
    return IntegrityError(
        f"{path} is cut or damaged",
        expected="a whole file",
        found="one without its end",
        todo="Build it again with `npr build --force`.",
    )
