"""Takes the key messages of another briefing: runs the opening of its notebook for the same country and language.

A message is what a cell `%%sv key` of that notebook says. It is written once, there, so that it cannot differ here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from npr.briefing.cells import opening, read_code
from npr.briefing.magic import parse_line
from npr.briefing.prose import Rendered, Writer
from npr.catalogue.reads import note
from npr.errors import ContentError, Fault

if TYPE_CHECKING:
    from npr.briefing.session import Session


@dataclass(frozen=True)
class KeyMessage:
    """A message of another briefing: its text, the names it speaks of, and where it is written."""

    template: str
    names: dict[str, Any]
    where: str

    def render(self, session: Session) -> Rendered:
        """Fill in its numbers; references are numbered as the one that shows it numbers them."""
        return Writer(self.names, session.language, session.reference_number).render(self.template, self.where)


def key_messages(session: Session, briefing_id: str) -> list[KeyMessage]:
    """Give the key messages of another briefing that speak for the country, in the language.

    Raises:
        UsageError: no such briefing.
        ContentError: this briefing's declaration does not say that it reads the other, or that one has no message.
    """
    briefing = session.base.catalogue.briefing(briefing_id)
    if briefing_id not in session.briefing.reads:
        file = f"data/catalogue/briefings/{session.briefing.id}.yml"
        raise ContentError([Fault(file, "reads", f"{briefing_id}, whose messages it takes", "not listed")])
    names: dict[str, Any] = {}
    guest = type(session)(session.base, briefing, session.country, session.language, names)
    guest.used = session.used  # what the messages stand on, this one stands on
    messages = []
    note("opening", briefing_id)
    for cell in opening(read_code(session.base.home, briefing.notebook)):
        if cell.prose:
            heading = parse_line(cell.prose.line)
            if cell.prose.language == session.language and heading.role == "key" and heading.holds(names):
                messages.append(KeyMessage(cell.prose.body, dict(names), cell.where))
        elif "open_briefing(" not in cell.source:
            exec(compile(cell.source, cell.where, "exec"), names)  # noqa: S102 - our own notebook, as it runs by itself
        # Set again after each cell: that of the parameters holds their defaults.
        edition = session.base.edition.id
        names |= {"country": session.country, "language": session.language, "edition": edition, "b": guest}
    if not messages:
        expected = f"a cell %%{session.language} key that speaks for {session.country}"
        raise ContentError([Fault(briefing.notebook, "key messages", expected, "none")])
    return messages
