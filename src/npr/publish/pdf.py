"""Renders a briefing as PDF with Typst: tagged, PDF/UA-1 and PDF/A-2a, the same bytes for the same document."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst

from npr.errors import RenderError
from npr.language.messages import message
from npr.publish import markup
from npr.publish.document import Document, Exhibit, Piece, Prose, References
from npr.publish.templating import FONTS

TEMPLATE = Path(__file__).with_name("templates") / "briefing.typ"
STANDARDS = ["ua-1", "a-2a"]
COLUMN_PT = 459.0  # the width of the text on a page of the template
NARROW, USUAL, BROAD = (
    {*" ,.:;()/'-ijltfrI\N{NO-BREAK SPACE}"},
    {*"0123456789abcdeghknopqsuvxyzåäöéèüáàóòíêëôçñßøTFLEPZJY+−–"},
    {*"mwMWBHNQOGADUCXKRVSÅÄÖÉÜØ%&…"},
)


@cache
def fonts() -> typst.Fonts:
    """Find the fonts, once in a process."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def render_pdf(document: Document) -> bytes:
    """Give the PDF of a document.

    Raises:
        RenderError: Typst refused it, for instance a figure without alternative text.
    """
    with tempfile.TemporaryDirectory(prefix="npr-pdf-") as folder:
        root = Path(folder)
        for figure in document.figures:
            (root / f"figure-{figure.number}.svg").write_text(figure.svg, encoding="utf-8")
        main = root / "main.typ"
        main.write_text(source(document), encoding="utf-8")
        try:
            made = typst.compile(
                str(main),
                root=str(root),
                font_paths=fonts(),
                ignore_system_fonts=True,
                pdf_standards=STANDARDS,  # type: ignore[arg-type] # the stub knows only single standards
            )
        except typst.TypstError as error:
            briefing = f"{document.front['briefing']} ({document.front['country']}, {document.language})"
            raise RenderError(
                f"The PDF of {briefing} could not be made: {str(error).splitlines()[0]}",
                expected="a document that meets PDF/UA-1 and PDF/A-2a",
                found="one that does not",
                kept="No PDF was written; an earlier one is kept.",
                todo="Look at the figure or text that the message names; every figure needs an alternative text.",
            ) from error
    return bytes(made)


def source(document: Document) -> str:
    """Give the Typst source of a document."""
    summary = "".join(_markup(piece) for piece in document.summary)
    parts = [_meta(document), TEMPLATE.read_text(encoding="utf-8"), "#title()\n", _masthead(document)]
    if document.lead:
        parts.append(f"#lead[{_markup(document.lead)}]\n")
    if summary:
        parts.append(f"#summary({markup.literal(message('page.summary', document.language))})[{summary}]\n")
    for block in document.blocks:
        parts.append(("#place.flush()\n" if _waits(block) else "") + _block(block, document))
    parts.append(_annex(document))
    return "\n".join(parts)


def _waits(block: Prose | Exhibit | References) -> bool:
    """Say whether a list or a long table must wait for the figures before it (decision 20); a sheet begins a page."""
    if isinstance(block, Exhibit):
        return block.kind == "table" and _is_long(block)
    return isinstance(block, Prose) and not block.sheet and any(one["type"] == "list" for one in block.piece.tokens)


def _meta(document: Document) -> str:
    front = document.front
    day = document.made_on
    title = markup.plain(document.title.tokens, document.title.values).strip()
    lead = markup.plain(document.lead.tokens, document.lead.values).strip() if document.lead else title
    keywords = "".join(f"{markup.literal(word)}," for word in front["keywords"])
    return (
        f"#let meta = (title: {markup.literal(title)}, author: {markup.literal(front['publisher_line'])}, "
        f"keywords: ({keywords}), date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), "
        f"lang: {markup.literal(document.language)}, description: {markup.literal(lead)}, "
        f"running: {markup.literal(front['title_short'] + ' · ' + front['country_name'])}, "
        f"edition: {markup.literal(front['edition_title'] + ', ' + front['date_text'])})\n"
    )


def _block(block: Prose | Exhibit | References, document: Document) -> str:
    if isinstance(block, Prose):
        return f"#sheet[{_markup(block.piece)}]\n" if block.sheet else _markup(block.piece)
    if isinstance(block, References):
        return "\n".join(_reference(item) for item in block.items) + "\n"
    label = f"{message(f'page.{block.kind}', document.language)} {block.number}"
    heads = f"{markup.literal(label)}, [{_inline(block.title)}], [{_inline(block.subtitle)}]"
    note = f"{markup.literal(message('page.note', document.language) + ' ')} + [{_inline(block.note)}]"
    notes = f"{note if block.note.tokens else '[]'}, [{_inline(block.source)}]"
    if block.kind == "figure":
        path, tall = markup.literal(f"figure-{block.number}.svg"), "true" if _is_tall(block) else "false"
        return f"#picture({heads}, {path}, {markup.literal(block.alt)}, {tall}, {notes})\n"
    return _grid(block, heads, notes)


def _is_tall(figure: Exhibit) -> bool:
    """Say whether a picture is more than about half as high as it is wide."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.svg)
    return found is not None and float(found[2]) > 0.55 * float(found[1])


def _grid(block: Exhibit, heads: str, notes: str) -> str:
    grid = block.grid
    # Columns of numbers alone are narrow; where texts stand beside each other they share the width.
    shares = grid.widths or (2.2 if all(grid.right[1:]) else 1.5, *[1.0] * (len(grid.right) - 1))
    columns = "".join(f"{one}fr," for one in shares)
    wide = len(grid.labels) > 7
    size, inset = (6.4, 2) if wide else (8.3, 4)
    rooms = [COLUMN_PT * one / sum(shares) - 2 * inset for one in shares]
    rows = "".join("lined," if _is_lined(row, rooms, size) else "auto," for row in grid.rows)
    align = "".join("right," if right else "left," for right in grid.right)
    header = "".join(f"[{_inline(label)}]," for label in grid.labels)
    cells = "".join(f"{_cell(cell)}," for row in grid.rows for cell in row)
    looks = f"{'true' if wide else 'false'}, {size}pt, {inset}pt, {'true' if _is_long(block) else 'false'}"
    return f"#grid-of({heads}, {looks}, ({columns}), (auto, {rows}), ({align}), ({header}), ({cells}), {notes})\n"


def _cell(piece: Piece) -> str:
    """Give what stands in a cell: mostly one number or text, which Typst sets sooner as it is than in brackets."""
    return markup.literal(_words(piece)) if _is_plain(piece) else f"[{_inline(piece)}]"


def _is_plain(piece: Piece) -> bool:
    return len(piece.tokens) == 1 and piece.tokens[0]["type"] in ("value", "text")


def _words(piece: Piece) -> str:
    return markup.plain(piece.tokens, piece.values).strip()


def _is_lined(row: Sequence[Piece], rooms: Sequence[float], size: float) -> bool:
    """Say whether a row surely is one line high, by the widths of letters: else Typst sets it twice to find out."""
    return all(_is_plain(cell) and size * _width(_words(cell)) <= room for cell, room in zip(row, rooms, strict=False))


def _width(text: str) -> float:
    """Give a width that a text in the template's font does not exceed. Unit: its size."""
    return sum(
        0.4 if sign in NARROW else 0.65 if sign in USUAL else 1.0 if sign in BROAD else float("inf") for sign in text
    )


def _is_long(table: Exhibit) -> bool:
    """Say whether a table breaks between its rows; a short one is kept on one page."""
    size = sum(len(cell.markdown) for row in table.grid.rows for cell in row)
    return len(table.grid.rows) * len(table.grid.right) > 90 or size > 1800


def _reference(item: dict[str, Any]) -> str:
    year = f" ({item['year']})" if item["year"] else ""
    name = _in_language(str(item["title"]), item["title_language"])
    title = f"#link({markup.literal(item['url'])})[{name}];" if item["url"] else name
    # Places in publications are noted in English.
    locator = markup.quoted(", ") + _in_language(item["locator"], "en") if item["locator"] else ""
    opening, closing = markup.quoted(item["publisher"] + year + ". "), markup.quoted(". " + item["read_as"])
    return f"#reference({item['number']})[{opening}{title}{locator}{closing}]"


def _in_language(text: str, language: str) -> str:
    return f"#text(lang: {markup.literal(language)})[{markup.quoted(text)}];"


def _masthead(document: Document) -> str:
    keys = ("diary_number", "contact")
    said = [(message(f"page.{key}", document.language), document.front[key]) for key in keys if document.front[key]]
    pairs = "".join(f"({markup.literal(label)}, {markup.literal(text)})," for label, text in said)
    return f"#masthead({pairs})\n"


def _annex(document: Document) -> str:
    if not document.figures:
        return ""
    title = markup.literal(message("page.annex", document.language))
    parts = [f"#pagebreak(weak: true)\n#heading(level: 1, {title})\n"]
    for figure in document.figures:
        label = message("page.data_behind", document.language, n=str(figure.number))
        heads = f"{markup.literal(label)}, [{_inline(figure.title)}], [{_inline(figure.subtitle)}]"
        parts.append(_grid(figure, heads, f"[], [{_inline(figure.source)}]"))
    return "".join(parts)


def _markup(piece: Piece) -> str:
    return markup.typst(piece.tokens, piece.values)


def _inline(piece: Piece) -> str:
    return markup.typst(piece.tokens, piece.values).strip()
