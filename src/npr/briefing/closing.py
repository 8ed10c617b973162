"""Shows the last parts of a briefing: its references, and what its figures stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from npr.briefing import display, notes
from npr.briefing.prose import Rendered
from npr.indicators.panel import Panel
from npr.language.messages import message
from npr.language.numbers import join_words, show_date

if TYPE_CHECKING:
    from npr.briefing.session import Session

MANY = 20
CONFIDENCES = ("read", "abstract", "secondary")


def show_references(session: Session) -> None:
    """Show each cited publication once, numbered as cited, with how much of it was read."""
    items = [_reference(session, number, one) for number, one in enumerate(session.cited, start=1)]
    display.show_references({"language": session.language, "items": items})


def _reference(session: Session, number: int, reference_id: str) -> dict[str, Any]:
    evidence, language = session.base.evidence, session.language
    reference = evidence.references[reference_id]
    facts = [evidence.facts[one] for one in session.cited[reference_id]]
    weakest = max((fact.confidence for fact in facts), key=CONFIDENCES.index)
    locators = dict.fromkeys(str(fact.locator) for fact in facts if fact.locator)
    return {
        "number": number,
        "id": reference.id,
        "publisher": reference.publisher,
        "year": reference.year,
        "title": reference.title,
        "title_language": reference.language,
        "url": reference.url,
        "locator": "; ".join(locators),
        "read_as": message(f"reference.{weakest}", language),
    }


def show_colophon(session: Session) -> None:
    """Show edition, method, vintages, and the demands of the decision that the briefing answers."""
    for part in (_edition, _first, _stale, _method, _demands):
        text = part(session)
        if text:
            display.show_prose("body", session.language, Rendered(text))
    if session.used:
        _show_vintages(session)


def _edition(session: Session) -> str:
    edition = session.base.edition
    return message(
        "colophon.edition",
        session.language,
        edition=edition.title[session.language],
        id=edition.id,
        frozen=show_date(edition.frozen, session.language),
    )


def _first(session: Session) -> str:
    """Say that nothing changed since an earlier edition, when there is none."""
    return message("colophon.unchanged", session.language) if session.base.edition.follows is None else ""


def _stale(session: Session) -> str:
    """Say which figures their source could not confirm."""
    return " ".join(notes.stale(session, *sorted(session.used.values(), key=lambda panel: panel.decl.id)))


def _method(session: Session) -> str:
    filled = "ahead" if session.looks_ahead else "unfilled"
    return " ".join(message(f"colophon.{one}", session.language) for one in ("method", filled))


def _demands(session: Session) -> str:
    demands = session.base.evidence.demands
    answered = sorted(set(session.answered))
    if len(answered) > MANY:  # a briefing that goes through them all has said what each asks
        return f"{message('colophon.demands', session.language)} {join_words(answered, session.language)}."
    lines = [f"- {one}: {demands[one].demand[session.language]}" for one in answered]
    return message("colophon.demands", session.language) + "\n\n" + "\n".join(lines) if lines else ""


def _show_vintages(session: Session) -> None:
    language = session.language
    panels = sorted(session.used.values(), key=lambda panel: panel.decl.name[language])
    labels = ("indicator", "publisher", "vintage", "retrieved", "terms")
    columns = [{"label": message(f"colophon.{label}", language), "align": "left"} for label in labels]
    payload = {
        "id": "vintages",
        "number": session.table_number("vintages"),
        "language": language,
        "title": message("colophon.vintages", language),
        "subtitle": "",
        "note": message("colophon.vintage_note", language),
        "source": "",
        "values": [],
        "table": {"columns": columns, "rows": [_vintage_row(session, panel) for panel in panels]},
    }
    display.show_table(payload)


def _vintage_row(session: Session, panel: Panel) -> list[str]:
    language = session.language
    source = panel.source
    when = notes.retrieved(panel, session)
    return [panel.decl.name[language], source.publisher[language], panel.vintage[:12], when, source.terms[language]]
