"""Reads a briefing's notebook without running it: its prose, its code, and the section each cell stands in."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from npr.briefing import notebooks
from npr.briefing.notebooks import read_cells
from npr.catalogue.declarations import LANGUAGES

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
        return split_line(self.line)[0]


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
        return [] if self.prose else _calls(self.source)

    def answered(self) -> list[str]:
        """Give the demands that the cell says are answered in its section."""
        if "answers" not in self.source:  # to parse the cell takes longer
            return []
        return [word for name, call in self.calls() if name == "answers" for word in words(call)]


def split_line(line: str) -> tuple[str, str]:
    """Give the role and the condition that a prose cell's first line names; "" where it names none.

    >>> split_line("key if b.has('ai_all')"), split_line("")
    (('key', "b.has('ai_all')"), ('', ''))
    """
    role, _, condition = f" {line.strip()} ".partition(" if ")
    return role.strip(), condition.strip()


def words(call: ast.Call) -> list[str]:
    """Give the texts among the positional arguments of a call."""
    return [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def read_code(home: Path, notebook: str) -> list[Cell]:
    """Give the code cells of a notebook, in order.

    Raises:
        ContentError: it cannot be read as a notebook.
    """
    section: dict[str, str] = {}
    raw = enumerate(read_cells(home / notebook, notebook), 1)
    return [_cell(f"{notebook}, cell {at} ({one.id})", one, section) for at, one in raw if one.kind == "code"]


def opening(cells: list[Cell]) -> list[Cell]:
    """Give the cells up to the last one that says a key message."""
    keys = [at for at, cell in enumerate(cells) if cell.prose and cell.prose.is_key]
    return cells[: keys[-1] + 1] if keys else []


def _cell(where: str, cell: notebooks.Cell, section: dict[str, str]) -> Cell:
    first, _, body = cell.source.partition("\n")
    found = PROSE.match(first)
    prose = Prose(where, found[1], found[2].strip(), body) if found else None
    if prose and HEADING.search(body):
        section[prose.language] = HEADING.findall(body)[-1].strip()
    here = tuple((one, section[one]) for one in LANGUAGES if one in section)
    return Cell(where, cell.source, cell.tags, prose, here)


@lru_cache(maxsize=4096)
def _calls(source: str) -> list[tuple[str, ast.Call]]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    return [
        (node.func.attr, node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
