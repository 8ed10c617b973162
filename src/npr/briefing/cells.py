"""Reads a briefing's notebook without running it: its prose, its code, and the section each cell stands in."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from npr.catalogue.declarations import LANGUAGES
from npr.errors import ContentError, Fault

PROSE = re.compile(r"^%%(sv|en)\b[ \t]*(.*)$")
HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """A prose cell: where it stands, its language, first line and body."""

    where: str
    language: str
    line: str
    body: str

    @property
    def is_key(self) -> bool:
        """Say whether it is a key message, which other briefings may take."""
        return self._role == "key"

    @property
    def is_message(self) -> bool:
        """Say whether it stands where readers take the message from: title, lead and summary."""
        return self._role in ("title", "lead", "summary", "key")

    @property
    def _role(self) -> str:
        return f" {self.line} ".partition(" if ")[0].strip()


@dataclass(frozen=True)
class Cell:
    """A code cell; `prose` is what it says when it is prose, `section` the latest heading in each language."""

    where: str
    source: str
    tags: tuple[str, ...]
    prose: Prose | None
    section: tuple[tuple[str, str], ...]

    def calls(self) -> list[tuple[str, ast.Call]]:
        """Give the calls of methods in a cell of code: name and call; none when it is prose or no Python."""
        try:
            tree = ast.parse("" if self.prose else self.source)
        except SyntaxError:
            return []
        return [
            (node.func.attr, node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]

    def answered(self) -> list[str]:
        """Give the demands that the cell says are answered in its section."""
        return [word for name, call in self.calls() if name == "answers" for word in words(call)]


def words(call: ast.Call) -> list[str]:
    """Give the texts among the positional arguments of a call."""
    return [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def read_cells(home: Path, notebook: str) -> list[Cell]:
    """Give the code cells of a notebook, in order.

    Raises:
        ContentError: it cannot be read as a notebook.
    """
    try:
        cells = nbformat.read(home / notebook, as_version=4).cells
    except (OSError, ValueError) as error:
        raise ContentError([Fault(notebook, "file", "a notebook", f"{type(error).__name__}: {error}")]) from error
    section: dict[str, str] = {}
    return [_cell(notebook, at, cell, section) for at, cell in enumerate(cells, 1) if cell.cell_type == "code"]


def _cell(notebook: str, at: int, cell: Any, section: dict[str, str]) -> Cell:
    where = f"{notebook}, cell {at} ({cell.get('id', '')})"
    first, _, body = cell.source.partition("\n")
    found = PROSE.match(first)
    prose = Prose(where, found[1], found[2].strip(), body) if found else None
    if prose and HEADING.search(body):
        section[prose.language] = HEADING.findall(body)[-1].strip()
    here = tuple((one, section[one]) for one in LANGUAGES if one in section)
    return Cell(where, cell.source, tuple(cell.metadata.get("tags", ())), prose, here)
