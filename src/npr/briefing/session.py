"""Opens a briefing in a notebook: its numbers, figures and prose cells in the chosen language."""

from __future__ import annotations

from functools import partial
from typing import Any

from IPython.core.getipython import get_ipython

from npr.briefing import closing, display, parameters
from npr.briefing.inputs import record_inputs
from npr.briefing.key_messages import KeyMessage, key_messages
from npr.briefing.magic import prose_cell
from npr.briefing.outlook_tables import OutlookTables
from npr.briefing.prose import Rendered
from npr.catalogue.declarations import LANGUAGES, Briefing, Language
from npr.catalogue.reads import note
from npr.indicators.knowledge import KnowledgeBase, open_knowledge_base
from npr.language.messages import message
from npr.language.numbers import show_date


class Session(OutlookTables):
    """A briefing being written: everything that its notebook calls is a method of this."""

    def __init__(
        self, base: KnowledgeBase, briefing: Briefing, country: str, language: Language, namespace: dict[str, Any]
    ) -> None:
        super().__init__(base, briefing, country, language, namespace)
        self.answered: list[str] = []
        self._taken: dict[str, list[KeyMessage]] = {}

    def answers(self, *demands: str) -> None:
        """Say that the section this stands in answers demands of the decision.

        Raises:
            UsageError: no such demand.
        """
        self.answered += [self.base.evidence.demand(one).id for one in demands]

    def show_key_message(self, *briefings: str, role: str = "summary") -> None:
        """Show the first key message of each of the briefings, in the summary or, as `body`, where it stands."""
        for one in briefings:
            display.show_prose(role, self.language, self._messages(one)[0].render(self))

    def show_more_messages(self, briefing: str) -> None:
        """Show the other key messages of a briefing, and a link to it."""
        for one in self._messages(briefing)[1:]:
            display.show_prose("body", self.language, one.render(self))
        link = message("briefing.read_more", self.language, link=self.link(briefing).markdown)
        display.show_prose("body", self.language, Rendered(link))

    def _messages(self, briefing: str) -> list[KeyMessage]:
        if briefing not in self._taken:
            self._taken[briefing] = key_messages(self, briefing)
        return self._taken[briefing]

    def references(self) -> None:
        """Show the numbered list of what was cited."""
        closing.show_references(self)

    def colophon(self) -> None:
        """Show what the figures stand on: edition, vintages, terms, reservations, demands answered."""
        closing.show_colophon(self)


def open_briefing(
    briefing: str,
    *,
    country: str = "SWE",
    language: str = "sv",
    edition: str | None = None,
    diary_number: str = "",
    contact: str = "",
) -> Session:
    """Open a briefing for a country in a language, on an edition (the newest when none is named).

    In a notebook it also shows the front matter and makes the cells that begin with `%%sv` and `%%en` speak.

    Raises:
        UsageError: unknown briefing, country, language or edition.
    """
    base = open_knowledge_base(edition=edition)
    note("edition", base.edition.id)
    chosen = parameters.check_language(language)
    parameters.require_member(base.catalogue, country)
    shell = get_ipython()
    namespace: dict[str, Any] = shell.user_ns if shell else {}
    session = Session(base, base.catalogue.briefing(briefing), country, chosen, namespace)
    if shell:
        for each in LANGUAGES:
            shell.register_magic_function(partial(prose_cell, session, each), "cell", each)
        display.show_front(front_matter(session, diary_number=diary_number, contact=contact))
        record_inputs(shell, base)
    return session


def front_matter(session: Session, *, diary_number: str, contact: str) -> dict[str, Any]:
    """Give what stands before the text: titles, country, edition, date, contact."""
    catalogue, edition, language = session.base.catalogue, session.base.edition, session.language
    theme_ids = {catalogue.indicators[one].theme for one in catalogue.indicators_of(session.briefing)}
    return {
        "briefing": session.briefing.id,
        "title_short": session.briefing.title[language],
        "country": session.country,
        "country_name": session.plain_name(session.country),
        "language": language,
        "edition": edition.id,
        "edition_title": edition.title[language],
        "edition_date": edition.frozen.isoformat(),
        "date_text": show_date(edition.frozen, language),
        "diary_number": diary_number,
        "contact": contact,
        "theme_name": session.briefing.description[language],
        "publisher_line": "npr",
        "keywords": [catalogue.themes[one].name[language] for one in sorted(theme_ids)],
    }
