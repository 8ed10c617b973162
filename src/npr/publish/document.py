"""Reads an executed notebook into a document: front matter, prose, figures, tables and references, in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from npr.catalogue.declarations import Language
from npr.errors import RenderError, UsageError
from npr.language.messages import message
from npr.publish import markup
from npr.publish.markup import Token

Record = dict[str, Any]
PREFIX, SUFFIX = "application/vnd.npr.", "+json"


@dataclass(frozen=True)
class Piece:
    """Parsed Markdown and the numbers in it; `first` is the place of its first number in the document's trace."""

    tokens: tuple[Token, ...]
    values: tuple[Record, ...]
    first: int
    markdown: str


@dataclass(frozen=True)
class Grid:
    """A table of texts: columns with label, alignment and share of the width; the first cell of a row is its header."""

    labels: tuple[Piece, ...]
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Exhibit:
    """A figure (with its picture and alternative text) or a table, with what stands around it."""

    kind: str
    number: int
    key: str
    title: Piece
    subtitle: Piece
    note: Piece
    source: Piece
    grid: Grid
    svg: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Prose:
    """A piece of running text; a sheet has a page of its own."""

    piece: Piece
    sheet: bool = False


@dataclass(frozen=True)
class References:
    """The numbered list of publications."""

    items: tuple[Record, ...]


Block = Prose | Exhibit | References


@dataclass
class Document:
    """A briefing as it is rendered, whatever the format."""

    front: Record
    title: Piece
    lead: Piece | None = None
    summary: list[Piece] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    trace: list[Record] = field(default_factory=list)

    @property
    def language(self) -> Language:
        """Give the language of the text."""
        return "sv" if self.front["language"] == "sv" else "en"

    @property
    def made_on(self) -> date:
        """Give the day that files say they were made on: that of SOURCE_DATE_EPOCH (UTC), else the edition's.

        Raises:
            UsageError: SOURCE_DATE_EPOCH is no number of seconds.
        """
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if not epoch:
            return date.fromisoformat(self.front["edition_date"])
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date()
        except (ValueError, OverflowError, OSError):
            raise UsageError(
                "SOURCE_DATE_EPOCH is no moment",
                expected="seconds since 1970 as a whole number",
                found=repr(epoch),
                todo="Set it to such a number, or unset it; then files bear the edition's day.",
            ) from None

    @property
    def figures(self) -> list[Exhibit]:
        """Give the figures."""
        return [one for one in self.blocks if isinstance(one, Exhibit) and one.kind == "figure"]

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Give level and text of every heading in the body."""
        found = []
        for block in self.blocks:
            if not isinstance(block, Prose):
                continue
            for token in block.piece.tokens:
                if token["type"] == "heading":
                    found.append((token["attrs"]["level"], markup.plain(token["children"], block.piece.values)))
        return found


def read_document(notebook: Any) -> Document:
    """Read an executed notebook: a node of nbformat's, or what JSON makes of its file.

    Raises:
        RenderError: it was not run or a cell of it failed, it is not a briefing, it has no title, or skips a heading.
    """
    return _Reader(notebook).read()


class _Reader:
    """Walks through a notebook's outputs and remembers where it is."""

    def __init__(self, notebook: Any) -> None:
        self.notebook = notebook
        self.place = ""
        self.level = 1
        self.trace: list[Record] = []

    def read(self) -> Document:
        front = next((payload for kind, payload, _ in self._payloads() if kind == "front"), None)
        if front is None:
            raise RenderError(
                "The notebook holds no briefing",
                expected="outputs of `open_briefing(...)`",
                found="none",
                todo="Run the notebook first, for instance with papermill or `npr build`.",
            )
        self.language: Language = "sv" if front["language"] == "sv" else "en"
        document = Document(front=front, title=self._piece("", []), trace=self.trace)
        for kind, payload, bundle in self._payloads():
            self._add(document, kind, payload, bundle)
        if not document.title.tokens:
            raise RenderError(
                "The briefing has no title", todo="Give the notebook a cell that begins with `%%sv title`."
            )
        return document

    def _payloads(self) -> Iterator[tuple[str, Any, Any]]:
        for cell in self.notebook["cells"]:
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    raise RenderError(
                        f"The notebook stopped with {output['ename']}: {output['evalue'].splitlines()[0]}",
                        where=f"cell {cell.get('id', '')}",
                        todo="Mend the cell and run the notebook again.",
                    )
                for mime, payload in output.get("data", {}).items():
                    if mime.startswith(PREFIX):
                        yield mime[len(PREFIX) : -len(SUFFIX)], payload, output["data"]

    def _add(self, document: Document, kind: str, payload: Any, bundle: Any) -> None:
        if kind == "prose":
            self._add_prose(document, payload)
        elif kind in ("figure", "table"):
            document.blocks.append(self._exhibit(kind, payload, bundle))
        elif kind == "references" and payload["items"]:
            document.blocks.append(References(tuple(payload["items"])))

    def _add_prose(self, document: Document, payload: Any) -> None:
        role = payload["role"]
        self.place = message("page.summary", self.language) if role == "summary" else self.place
        piece = self._piece(payload["markdown"], payload["values"], body=role in ("body", "sheet"))
        if role == "title":
            document.title = piece
        elif role == "lead":
            document.lead = piece
        elif role == "summary":
            document.summary.append(piece)
        else:
            document.blocks.append(Prose(piece, sheet=role == "sheet"))

    def _exhibit(self, kind: str, payload: Any, bundle: Any) -> Exhibit:
        before = self.place
        self.place = f"{message(f'page.{kind}', self.language)} {payload['number']}"
        values = tuple(payload["values"])
        table = payload["data"] if kind == "figure" else payload["table"]
        first = self._register(values)
        parts = {
            name: self._inline(payload.get(name, ""), values, first) for name in ("title", "subtitle", "note", "source")
        }
        grid = Grid(
            labels=tuple(self._inline(column["label"], values, first) for column in table["columns"]),
            right=tuple(column["align"] == "right" for column in table["columns"]),
            widths=tuple(column["width"] for column in table["columns"] if "width" in column),
            rows=tuple(tuple(self._inline(cell, values, first) for cell in row) for row in table["rows"]),
        )
        self.place = before
        svg = "".join(bundle.get("image/svg+xml", ""))
        return Exhibit(kind, payload["number"], payload["id"], **parts, grid=grid, svg=svg, alt=payload.get("alt", ""))

    def _inline(self, markdown: str, values: tuple[Record, ...], first: int) -> Piece:
        return Piece(tuple(markup.parse_inline(markdown)), values, first, markdown)

    def _piece(self, markdown: str, values: list[Record], *, body: bool = False) -> Piece:
        tokens = markup.parse(markdown)
        if body:
            for token in tokens:
                self._enter(token, values)
        return Piece(tuple(tokens), tuple(values), self._register(values), markdown)

    def _enter(self, token: Token, values: list[Record]) -> None:
        if token["type"] != "heading":
            return
        level, text = token["attrs"]["level"], markup.plain(token["children"], values)
        if level == 1 or level > self.level + 1:
            raise RenderError(
                f"The heading {text!r} has level {level}",
                expected=f"level 2 to {self.level + 1}",
                found=f"level {level}",
                todo="Headings follow each other without a step left out; the title alone is level 1.",
            )
        self.level, self.place = level, text

    def _register(self, values: Sequence[Record]) -> int:
        first = len(self.trace)
        self.trace.extend({**value, "where": self.place or message("page.title", self.language)} for value in values)
        return first
