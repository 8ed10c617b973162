"""Writes workbooks with the same bytes each time, and reads back a text that one of them keeps out of sight."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, count
from posixpath import join
from textwrap import TextWrapper
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import xlsxwriter
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # signs that no cell holds
NO_NAME, BREAK = re.compile(r"[\[\]:*?/\\\x00-\x1f]"), re.compile(r"\s*[\n\t]\s*")
LONGEST = 32_767  # what a cell holds, in UTF-16 units
LONGEST_URL = 2_079
LONGEST_NAME, LONGEST_LABEL = 31, 255
PORTION = 32_000
LINE_PT, HIGHEST_PT = 15, 409
# Strings stay strings: none becomes a formula, a number or a link because of what it looks like.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
DAMAGE = (BadZipFile, zlib.error, EOFError, LookupError, ParseError, DefusedXmlException, RuntimeError)


class Book:
    """A workbook that is being written; formats are made once each."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add_sheet(self, name: str) -> Any:
        """Add a sheet of xlsxwriter's; `sheet_names` gives names that a workbook takes."""
        return self.book.add_worksheet(name)

    def form(self, **look: Any) -> Any:
        """Give the format with these properties of xlsxwriter's."""
        key = tuple(look.items())  # another order makes another one, which xlsxwriter puts together with the first
        if key not in self._formats:
            self._formats[key] = self.book.add_format(look)
        return self._formats[key]

    def text(self, sheet: Any, row: int, column: int, text: str, **look: Any) -> None:
        """Write a text as text, whatever it begins with; it stays text also when someone edits the cell."""
        kept = cell_text(text)
        if kept.startswith(("=", "+", "-", "@")):
            look["quote_prefix"] = True
        sheet.write_string(row, column, kept, self.form(**look))

    def link(self, sheet: Any, row: int, column: int, address: str, text: str, **look: Any) -> None:
        """Write a text that leads to a page on the web or, as `internal:'Sheet'!A1`, to a place in the workbook.

        An address that is neither, or too long, is written as text.
        """
        known = address.startswith(("http://", "https://", "internal:"))
        if not known or len(address) > LONGEST_URL:
            self.text(sheet, row, column, text, **look)
            return
        form = self.form(**look, font_color="#0563C1", underline=1)
        sheet.write_url(row, column, address, form, string=cell_text(text))

    def keep(self, name: str, text: str) -> None:
        """Keep an ASCII text on a sheet that nobody sees, in portions that a cell holds."""
        sheet = self.add_sheet(name)
        sheet.very_hidden()
        for row, start in enumerate(range(0, len(text), PORTION)):
            sheet.write_string(row, 0, text[start : start + PORTION])


def make_workbook(
    fill: Callable[[Book], None], created: date, *, custom: Mapping[str, str] | None = None, **properties: str
) -> bytes:
    """Give the workbook that `fill` writes; the same calls give the same bytes at any time and in any place.

    `properties` are those of the document, such as `title` and `author`; `custom` are others, of our own.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({**properties, "created": datetime(created.year, created.month, created.day)})
        for name, text in (custom or {}).items():
            book.set_custom_property(name, text[:LONGEST_LABEL], "text")
        fill(Book(book))
    return out.getvalue()


def lines_of(text: str, width: float) -> int:
    """Give how many lines a text takes in a column that is so many signs wide."""
    if len(text) <= width and "\n" not in text:
        return 1
    wraps = TextWrapper(int(width), break_on_hyphens=False)
    return sum(len(wraps.wrap(line)) or 1 for line in text.split("\n"))


def set_height(sheet: Any, row: int, *lines: int) -> None:
    """Make a row high enough for texts of so many lines; Excel does so when it opens a workbook, others do not."""
    if max(lines, default=1) > 1:
        sheet.set_row(row, min(HIGHEST_PT, LINE_PT * max(lines)))


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Give names for sheets as a workbook takes them: at most 31 signs, some not at all, and each name once.

    >>> sheet_names(["Figure 1", "Figure 1", "R&D: A/B"])
    ['Figure 1', 'Figure 1 (2)', 'R&D A B']
    """
    given: list[str] = []
    for one in wanted:
        name = " ".join(NO_NAME.sub(" ", one).split())[:LONGEST_NAME].strip("' ") or "-"
        given.append(_told_apart(name, given, LONGEST_NAME))
    return given


def header_labels(labels: Sequence[str]) -> list[str]:
    """Give labels for the columns of a table as a workbook takes them: none empty, at most 255 signs, and each once.

    >>> header_labels(["", "2020", "2020"])
    ['-', '2020', '2020 (2)']
    """
    given: list[str] = []
    for one in labels:
        label = BREAK.sub(" ", cell_text(one).strip())[:LONGEST_LABEL] or "-"
        given.append(cell_text(_told_apart(label, given, LONGEST_LABEL)))
    return given


def _told_apart(name: str, others: Sequence[str], longest: int) -> str:
    taken = {one.casefold() for one in others}
    ends = chain([""], (f" ({n})" for n in count(2)))
    return next(found for end in ends if (found := name[: longest - len(end)] + end).casefold() not in taken)


def cell_text(text: str) -> str:
    """Give what of a text a cell can hold: no control signs, at most 32,767 units, which an ellipsis then ends."""
    kept = CONTROL.sub("", text)
    if kept.startswith("<r>") and kept.endswith("</r>"):
        kept += " "  # xlsxwriter puts such a string into the file as markup
    if 2 * len(kept) <= LONGEST:
        return kept
    units = kept.encode("utf-16-le")
    return kept if len(units) <= 2 * LONGEST else units[: 2 * LONGEST - 2].decode("utf-16-le", "ignore") + "…"


def kept_text(content: bytes, name: str) -> str | None:
    """Give the text that a workbook keeps on a sheet, None when it has no such sheet or is no workbook.

    It is found also when another program has saved the workbook anew.

    Raises:
        ValueError: the file is cut or damaged.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            odd = [one for one in archive.infolist() if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED)]
            if odd or archive.testzip():
                raise BadZipFile("a part of the file is damaged")
            return _kept(archive, name) if any(one.startswith("xl/") for one in archive.namelist()) else None
    except DAMAGE as error:
        raise ValueError(str(error)) from error


def _kept(archive: ZipFile, name: str) -> str | None:
    sheets = _xml(archive, "xl/workbook.xml").findall(".//{*}sheet")
    found = [sheet for sheet in sheets if sheet.get("name") == name]
    if not found:
        return None
    wanted = next((value for key, value in found[0].items() if key.endswith("}id")), None)
    parts = {one.get("Id"): one.get("Target", "") for one in _xml(archive, "xl/_rels/workbook.xml.rels")}
    cells = _xml(archive, join("/xl", parts[wanted]).lstrip("/")).findall(".//{*}c")
    shared: list[str] = []
    if any(cell.get("t") == "s" for cell in cells):
        shared = [_text(one) for one in _xml(archive, "xl/sharedStrings.xml").findall("{*}si")]
    return "".join(shared[int(cell.findtext("{*}v", ""))] if cell.get("t") == "s" else _text(cell) for cell in cells)


def _xml(archive: ZipFile, part: str) -> Element:
    root: Element = fromstring(archive.read(part))
    return root


def _text(element: Element) -> str:
    """Give the text of a shared or inline string; `_x005F_` stands for an underscore."""
    return "".join(one.text or "" for one in element.findall(".//{*}t")).replace("_x005F_", "_")
