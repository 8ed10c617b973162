"""Runs a briefing's notebook in this process, without a kernel, and collects what it shows and claims."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from npr.briefing import display
from npr.briefing.cells import read_code
from npr.briefing.magic import parse_line
from npr.briefing.session import Session
from npr.indicators.knowledge import KnowledgeBase


@dataclass
class Run:
    """What one run showed: (kind, payload) in order, and the texts of its claims."""

    session: Session
    shown: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.shown if name == kind]

    @property
    def records(self) -> list[tuple[str, ...]]:
        """Give what was printed, without the words around it."""
        return [
            tuple(str(one.get(name)) for name in ("indicator", "fact", "area", "year", "value", "how"))
            for _, payload in self.shown
            for one in payload.get("values", ())
        ]


def run_notebook(base: KnowledgeBase, briefing_id: str, country: str, language: str) -> Run:
    briefing = base.catalogue.briefing(briefing_id)
    names: dict[str, Any] = {}
    run = Run(Session(base, briefing, country, "sv" if language == "sv" else "en", names))
    claim = run.session.claim

    def noted(left: Any, op: str, right: Any, text: str) -> None:
        claim(left, op, right, text)
        run.claims.append(text)

    run.session.claim = noted  # type: ignore[method-assign]
    with patch.object(display, "_show", lambda bundle: run.shown.append(_named(bundle))):
        for cell in read_code(Path(base.home), briefing.notebook):
            if cell.prose:
                heading = parse_line(cell.prose.line)
                if cell.prose.language == language and heading.holds(names):
                    role = "summary" if heading.role == "key" else heading.role
                    display.show_prose(role, language, run.session.render(cell.prose.body))
            elif "open_briefing(" not in cell.source:
                exec(compile(cell.source, cell.where, "exec"), names)  # noqa: S102 - the notebook itself
            names |= {"country": country, "language": language, "b": run.session}
    return run


def _named(bundle: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    mime = next(name for name in bundle if name.startswith("application/vnd.npr."))
    return mime.removeprefix("application/vnd.npr.").removesuffix("+json"), bundle[mime]
