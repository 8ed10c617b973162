"""The cells that begin with `%%sv` or `%%en`: prose in one language, silent when the briefing is in the other.

First line: `%%sv [title|lead|summary|key|sheet] [if EXPRESSION]`; the cell says nothing where the expression is untrue.
A key message stands in the summary, and other briefings may take it. A sheet has a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from npr.briefing import display
from npr.briefing.cells import split_line
from npr.catalogue.declarations import Language
from npr.errors import ContentError, Fault, did_you_mean

if TYPE_CHECKING:
    from npr.briefing.session import Session

ROLES = ("title", "lead", "summary", "key", "sheet", "body")


@dataclass(frozen=True)
class Heading:
    """What the first line of a prose cell says."""

    role: str
    condition: str | None

    def holds(self, names: Mapping[str, object]) -> bool:
        """Say whether the condition holds, with the notebook's names."""
        return not self.condition or bool(eval(self.condition, dict(names)))  # noqa: S307 - a notebook's own code


def parse_line(line: str) -> Heading:
    """Read what follows `%%sv` on the first line.

    Raises:
        ContentError: an unknown role.

    >>> parse_line("summary if b.has('ai_all')")
    Heading(role='summary', condition="b.has('ai_all')")
    """
    named, condition = split_line(line)
    role = named or "body"
    if role not in ROLES:
        raise ContentError(
            [Fault("prose cell", f"%%.. {line}", f"{', '.join(ROLES)} or if ...", role, did_you_mean(role, ROLES))]
        )
    return Heading(role, condition or None)


def prose_cell(session: Session, language: Language, line: str, cell: str) -> None:
    """Show the cell's prose when it is in the briefing's language and its condition holds."""
    if language != session.language:
        return
    heading = parse_line(line)
    if heading.holds(session.namespace):
        role = "summary" if heading.role == "key" else heading.role
        display.show_prose(role, language, session.render(cell))
