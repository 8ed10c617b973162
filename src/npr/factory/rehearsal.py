"""Rehearses a briefing in the warm process: what its copies would each do for the first time, they find done.

The first chart of a process measures letters, the first number loads a language; all that outlives them is caches. Only
our own code runs here, never a notebook's.
"""

from __future__ import annotations

from collections.abc import Sequence

from npr.analysis.compare import full_years
from npr.briefing import display, inputs
from npr.briefing.prose import Rendered
from npr.briefing.session import Session, front_matter
from npr.catalogue.declarations import LANGUAGES, Language
from npr.indicators.knowledge import KnowledgeBase
from npr.language.numbers import show_number

TITLE = Rendered("Text")
PROSE = Rendered("## Text\n\nText *text* [text](https://example.org).\n\n- text")


def rehearse(base: KnowledgeBase, indicator: str) -> None:
    """Draw an indicator of some member, show what every briefing shows, and compare by all indicators that are open.

    Raises:
        NprError: the edition or the indicator is faulty.
        StopIteration: no briefing has the indicator, or no member numbers of it.
    """
    inputs.foresee(base)
    for one in base.opened:
        full_years(base.panel(one), base.catalogue.member_set)
    for language in LANGUAGES:
        session = _session(base, [indicator], language)
        show_number(1.0, 1, language)  # numbers are also compared as the other language shows them
        with display.gathered():
            display.show_front(front_matter(session, diary_number="", contact=""))
            display.show_prose("title", language, TITLE)
            display.show_prose("body", language, PROSE)
            if language == LANGUAGES[0]:  # a chart takes longest, and is made alike in both
                session.show_line(indicator, key="line", title=TITLE)
            session.references()
            session.colophon()


def look_ahead(base: KnowledgeBase) -> None:
    """Make the back-test and the fans of the scenarios, and draw one.

    Raises:
        NprError: an indicator of theirs is faulty.
        StopIteration: no briefing has all of them, or no member numbers of the first.
        ValueError: there is no set of scenarios, or more than one.
    """
    (declared,) = base.catalogue.scenarios.values()
    session = _session(base, [*declared.indicators])
    session.look_ahead(declared.id)
    _ = session.outlook.dependence
    session.outcomes()
    with display.gathered():
        session.show_backtest(key="backtest", title=TITLE)
        for one in session.shown_fans()[:1]:
            session.show_fan(one, key="fan", title=TITLE)


def _session(base: KnowledgeBase, indicators: Sequence[str], language: Language = LANGUAGES[0]) -> Session:
    """Open the first briefing that has some indicators, for a member that has numbers of the first of them."""
    catalogue, panel = base.catalogue, base.panel(indicators[0])
    briefing = next(one for one in catalogue.briefings.values() if {*indicators} <= {*catalogue.indicators_of(one)})
    country = next(one for one in catalogue.members if panel.has(one))
    return Session(base, briefing, country, language, {})
