"""Renders a briefing as a workbook: a sheet for each figure and table with real numbers, their sources, the references.

On each sheet but the first the title is in row 1, the subtitle in row 2, the header in row 4 and the data from row 5.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from npr.language.messages import message
from npr.language.numbers import MISSING
from npr.publish import markup
from npr.publish.amounts import Amount, of_record, of_text
from npr.publish.document import Document, Exhibit, Piece, References
from npr.publish.trace import SHEET
from npr.publish.workbooks import Book, header_labels, lines_of, make_workbook, set_height, sheet_names

HEADER = 3  # the row of the header, counted from 0
YEAR, MARK = re.compile(r"[12]\d{3}"), re.compile(r"\[\[v:(\d+)\]\]")
ABSENT = (MISSING, "–", "")
NARROWEST, WIDEST, FROZEN = 9, 50, 32  # widths in signs; a wider first column does not stay in sight
NOTE_WIDTH = 100
BOLD = 0.9  # of the signs that fit, when they are bold
PROPERTIES = ("briefing", "country", "language", "edition", "diary_number")
NUMBERS = ("workbook.printed", "workbook.value", "workbook.number", "scoreboard.year")  # columns set to the right
VINTAGE_SIGNS = 12  # as in the table of what the figures stand on


class Cell(NamedTuple):
    """What stands in a cell: a text or, when there is an amount, a number; `url` is where the text leads."""

    text: str
    amount: Amount | None = None
    right: bool = False
    url: str = ""

    @property
    def wrapped(self) -> bool:
        """Say whether a text that is longer than its column is wide goes on below."""
        return not (self.amount or self.url)


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table: its name, what the first sheet says that it holds, and what stands around the table."""

    name: str
    holds: str
    title: str
    labels: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    subtitle: str = ""
    right: Sequence[bool] = ()
    notes: Sequence[str] = ()
    filtered: bool = False


def render_xlsx(document: Document) -> bytes:
    """Give the workbook of a document; the same document gives the same bytes.

    Shape: a sheet on the briefing, one for each figure and table in order, one with the document's trace, one with the
    references when there are any, and a hidden one with the trace as `npr trace` reads it.

    Unit: a number with a record has all its decimals, another one those that are printed; both are shown as printed,
    with the unit where the text has it. What is missing stays text.
    """
    front = document.front
    sheets = _sheets(document)
    about, *names, kept = sheet_names([_say(document, "workbook.about"), *(one.name for one in sheets), SHEET])

    def fill(book: Book) -> None:
        _write_about(book, document, about, dict(zip(names, sheets, strict=True)))
        for name, sheet in zip(names, sheets, strict=True):
            _write_sheet(book, name, sheet, f"internal:'{about}'!A1", _say(document, "workbook.to_contents"))
        book.keep(kept, json.dumps(document.trace, separators=(",", ":")))

    return make_workbook(
        fill,
        document.made_on,
        custom={key: front[key] for key in PROPERTIES if front[key]},
        title=_text(document.title),
        author=front["publisher_line"],
        keywords=", ".join(front["keywords"]),
    )


def _say(document: Document, key: str) -> str:
    return message(key, document.language)


def _text(piece: Piece) -> str:
    return markup.plain(piece.tokens, piece.values, citations=True).strip()


# What stands on the sheets -------------------------------------------------------------------------------------------


def _sheets(document: Document) -> list[Sheet]:
    exhibits = [_exhibit(document, one) for one in document.blocks if isinstance(one, Exhibit)]
    items = [item for one in document.blocks if isinstance(one, References) for item in one.items]
    return [*exhibits, _sources(document), *([_references(document, items)] if items else [])]


def _exhibit(document: Document, exhibit: Exhibit) -> Sheet:
    grid = exhibit.grid
    name, title = f"{_say(document, f'page.{exhibit.kind}')} {exhibit.number}", _text(exhibit.title)
    columns = [_column(document, [row[at] for row in grid.rows], right=right) for at, right in enumerate(grid.right)]
    note = f"{_say(document, 'page.note')} {_text(exhibit.note)}" if exhibit.note.tokens else ""
    return Sheet(
        name=name,
        holds=title,
        title=f"{name}. {title}",
        subtitle=_text(exhibit.subtitle),
        labels=[_text(label) for label in grid.labels],
        rows=list(zip(*columns, strict=True)),
        right=grid.right,
        notes=[one for one in (note, _text(exhibit.source)) if one],
    )


def _column(document: Document, pieces: Sequence[Piece], *, right: bool) -> list[Cell]:
    """Give the cells of a column.

    A text without record counts as a number only in a column of numbers, or of years, so that no code, date or version
    that happens to hold nothing but digits becomes one.
    """
    texts = [_text(piece) for piece in pieces]
    recorded = [_recorded(piece, document) for piece in pieces]
    printed = [found or of_text(text, document.language) for text, found in zip(texts, recorded, strict=True)]
    numeric = all(found or text in ABSENT for text, found in zip(texts, printed, strict=True))
    years = all(YEAR.fullmatch(text) for text in texts)
    amounts = printed if years or (right and numeric) else recorded
    return [Cell(text, amount, right=right) for text, amount in zip(texts, amounts, strict=True)]


def _recorded(piece: Piece, document: Document) -> Amount | None:
    """Give the number of a piece that is one printed value, with its unit and citation at most."""
    marks = MARK.findall(piece.markdown)
    if len(marks) != 1:
        return None
    record = piece.values[int(marks[0])]
    bare, cited = markup.plain(piece.tokens, piece.values).strip(), _text(piece)
    if not bare.startswith(str(record["text"])) or not cited.startswith(bare):
        return None
    return of_record(bare, record, document.language, citation=cited.removeprefix(bare))


def _sources(document: Document) -> Sheet:
    names = ("where", "printed", "value", "unit", "origin", "area", "how")
    where, printed, value, unit, origin, area, how = (f"workbook.{one}" for one in names)
    keys = [where, printed, value, unit, origin, area, "scoreboard.year", "colophon.publisher", "colophon.vintage", how]
    return _list(document, "sources", "all_numbers", keys, [_origin(document, one) for one in document.trace])


def _origin(document: Document, record: dict[str, Any]) -> list[Cell]:
    """Give the row of a number: where, text, value, unit, indicator or fact, area, year, publisher, vintage, how."""
    unit = _say(document, "workbook.year_unit") if record["unit"] == "year" else record["unit"]
    shown = [record["where"], record["text"], record["value"], unit, record.get("fact") or record.get("indicator")]
    shown += [record["area"], record["year"], record["publisher"], (record["vintage"] or "")[:VINTAGE_SIGNS]]
    return [_plain_cell(one) for one in (*shown, record.get("how"))]


def _references(document: Document, items: Sequence[dict[str, Any]]) -> Sheet:
    keys = ["workbook.number", "colophon.publisher", "scoreboard.year", "page.title"]
    keys += ["workbook.locator", "workbook.read_as", "workbook.address"]
    names = ("number", "publisher", "year", "title", "locator", "read_as")
    rows = [
        [*(_plain_cell(item[name]) for name in names), Cell(item["url"] or "", url=item["url"] or "")] for item in items
    ]
    return _list(document, "references", "all_references", keys, rows)


def _list(document: Document, name: str, title: str, keys: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Sheet:
    said = _say(document, f"workbook.{title}")
    labels = [_say(document, key) for key in keys]
    right = [key in NUMBERS for key in keys]
    return Sheet(_say(document, f"workbook.{name}"), said, said, labels, rows, right=right, filtered=True)


def _plain_cell(content: Any) -> Cell:
    """Give a cell with a number as it is; lists and mappings, which some facts have, as JSON."""
    if isinstance(content, int | float) and math.isfinite(content):
        return Cell(str(content), Amount(content, "0" if isinstance(content, int) else "General"))
    text = content if isinstance(content, str) else "" if content is None else json.dumps(content, ensure_ascii=False)
    return Cell(text)


# How they are written ------------------------------------------------------------------------------------------------


def _write_about(book: Book, document: Document, name: str, sheets: dict[str, Sheet]) -> None:
    front, sheet = document.front, book.add_sheet(name)
    rows = [
        (_say(document, "scoreboard.country"), front["country_name"]),
        (_say(document, "page.edition"), f"{front['edition_title']} ({front['edition']}), {front['date_text']}"),
        (_say(document, "page.diary_number"), front["diary_number"]),
        (_say(document, "page.contact"), front["contact"]),
    ]
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, NOTE_WIDTH)
    book.text(sheet, 0, 0, _text(document.title), bold=True, font_size=14)
    book.text(sheet, 1, 0, front["title_short"])
    at = HEADER
    for label, text in rows:
        if text:
            book.text(sheet, at, 0, label, bold=True, valign="top")
            _write_about_text(book, sheet, at, text)
            at += 1
    for key in ("workbook.decimals", "page.not_available"):
        _write_about_text(book, sheet, at + 1, _say(document, key))
        at += 1
    head = at + 2
    labels = [_say(document, "workbook.sheet"), _say(document, "workbook.holds")]
    _write_table(book, sheet, head, Sheet(name, "", "", labels, [[]] * len(sheets)))
    for row, (link, one) in enumerate(sheets.items(), start=head + 1):
        book.link(sheet, row, 0, f"internal:'{link}'!A1", link, valign="top")
        _write_about_text(book, sheet, row, one.holds)
    _set_page(sheet, head)


def _write_about_text(book: Book, sheet: Any, row: int, text: str) -> None:
    book.text(sheet, row, 1, text, text_wrap=True, valign="top")
    set_height(sheet, row, lines_of(text, NOTE_WIDTH))


def _write_sheet(book: Book, name: str, one: Sheet, back: str, back_text: str) -> None:
    sheet = book.add_sheet(name)
    widths = [_width(label, [row[at] for row in one.rows]) for at, label in enumerate(one.labels)]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    book.text(sheet, 0, 0, one.title, bold=True, font_size=12)
    if one.subtitle:
        book.text(sheet, 1, 0, one.subtitle)
    book.link(sheet, 2, 0, back, back_text)
    _write_table(book, sheet, HEADER, one)
    set_height(sheet, HEADER, *(lines_of(label, BOLD * width) for label, width in zip(one.labels, widths, strict=True)))
    for row, cells in enumerate(one.rows, start=HEADER + 1):
        for at, cell in enumerate(cells):
            _write_cell(book, sheet, row, at, cell)
        wrapped = (lines_of(cell.text, width) for cell, width in zip(cells, widths, strict=True) if cell.wrapped)
        set_height(sheet, row, *wrapped)
    sheet.freeze_panes(HEADER + 1, 1 if widths[0] <= FROZEN else 0)
    below = HEADER + max(len(one.rows), 1) + 2
    for row, note in enumerate(one.notes, start=below):
        _write_note(book, sheet, row, note, widths)
    _set_page(sheet, HEADER)


def _write_table(book: Book, sheet: Any, head: int, one: Sheet) -> None:
    """Mark where the table is, with its header; a program that reads aloud can then say which column it is in."""
    right = [*one.right, *[False] * len(one.labels)]
    columns = [
        {
            "header": label,
            "header_format": book.form(
                bold=True, text_wrap=True, valign="vcenter", align="right" if to_right else "left"
            ),
        }
        for label, to_right in zip(header_labels(one.labels), right, strict=False)
    ]
    look = {"columns": columns, "style": "Table Style Light 1", "autofilter": one.filtered}
    sheet.add_table(head, 0, head + max(len(one.rows), 1), len(columns) - 1, look)


def _write_cell(book: Book, sheet: Any, row: int, column: int, cell: Cell) -> None:
    if cell.amount:
        sheet.write_number(row, column, cell.amount.number, book.form(num_format=cell.amount.code, valign="top"))
    elif cell.url:
        book.link(sheet, row, column, cell.url, cell.text, valign="top")
    elif cell.text:
        align = "right" if cell.right else "left"
        book.text(sheet, row, column, cell.text, text_wrap=True, valign="top", align=align)


def _write_note(book: Book, sheet: Any, row: int, note: str, widths: Sequence[int]) -> None:
    """Write a text under the table across so many columns that it can be read, in a row that is high enough."""
    last = next((at for at in range(1, len(widths)) if sum(widths[: at + 1]) >= NOTE_WIDTH), len(widths) - 1)
    missing = NOTE_WIDTH - sum(widths[: last + 1])
    last += max(0, -(-missing // NARROWEST))
    width = max(NOTE_WIDTH, sum(widths[: last + 1]))
    look = {"text_wrap": True, "valign": "top"}
    if last:
        sheet.merge_range(row, 0, row, last, "", book.form(**look))
    book.text(sheet, row, 0, note, **look)
    set_height(sheet, row, lines_of(note, width))


def _width(label: str, cells: Sequence[Cell]) -> int:
    words = [len(word) + 2 for word in label.split(" ")]
    texts = [len(cell.text) + 2 for cell in cells]
    return min(max(NARROWEST, *words, *texts), WIDEST)


def _set_page(sheet: Any, head: int) -> None:
    """Print on A4, lying, as wide as the paper, with the header on each page; digits that are text are meant."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
