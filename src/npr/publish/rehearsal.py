"""Rehearses the rendering: what a process does for the first time, its forked copies find done.

The first page compiles its template, the first notebook its schema, the first workbook loads what writes it; all that
outlives them is caches. Nothing is printed as PDF: Typst starts threads, which a copy would not have.
"""

from __future__ import annotations

from datetime import date
from functools import partial

import nbformat

from npr.catalogue.declarations import LANGUAGES
from npr.language.messages import message
from npr.publish import markup
from npr.publish.amounts import of_text
from npr.publish.pdf import fonts
from npr.publish.templating import environment
from npr.publish.workbooks import Book, make_workbook

PROSE = (
    "## Text\n\nText *text* **text** [text](https://example.org) [[v:0]] [[s:better|text]] [[c:1]].\n\n"
    "- text\n\n1. text\n"
)


def rehearse() -> None:
    """Load what renders a notebook."""
    output = nbformat.v4.new_output("display_data", data={"text/plain": "text"})
    cell = nbformat.v4.new_code_cell("pass", outputs=[output])
    nbformat.reads(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])), as_version=4)
    for language in LANGUAGES:
        message("page.summary", language)
        of_text("1", language)
    tokens, values = markup.parse(PROSE), [{"text": "1", "value": 1}]
    for write in (partial(markup.html, first=0, anchor=str), markup.typst, markup.plain):
        write(tokens, values)
    environment().get_template("briefing.html")
    fonts()
    make_workbook(_fill, date(2000, 1, 1), title="text")


def _fill(book: Book) -> None:
    sheet = book.add_sheet("text")
    book.text(sheet, 0, 0, "text", bold=True)
    book.link(sheet, 1, 0, "internal:'text'!A1", "text")
    book.link(sheet, 3, 0, "https://example.org", "text")
    sheet.write_number(2, 0, 1.5, book.form(num_format="0.0"))
    sheet.add_table(4, 0, 5, 0, {"columns": [{"header": "text"}]})
