"""The page that a notebook writes on: texts in its language, numbers of figures, tables and references."""

from __future__ import annotations

from typing import Any

from npr.briefing import notes
from npr.briefing.numbers import Numbers
from npr.briefing.prose import Rendered, Words, Writer
from npr.catalogue.declarations import Briefing, Language
from npr.indicators.knowledge import KnowledgeBase
from npr.indicators.panel import Panel
from npr.language.messages import message
from npr.language.names import area_name


class Page(Numbers):
    """What figures, tables and prose of one briefing share: texts, numbering, citations, the countries shown."""

    def __init__(
        self, base: KnowledgeBase, briefing: Briefing, country: str, language: Language, namespace: dict[str, Any]
    ) -> None:
        super().__init__(base, briefing, country, language)
        self.namespace = namespace
        self.used: dict[str, Panel] = {}
        self.cited: dict[str, list[str]] = {}
        self._numbers: dict[str, list[str]] = {"figure": [], "table": []}

    def text(self, *, sv: str, en: str) -> Rendered:
        """Give a title or note in the briefing's language, with its {expressions} filled in."""
        return self.render(sv if self.language == "sv" else en)

    def render(self, template: str, writer: Writer | None = None) -> Rendered:
        """Fill in the {expressions} of a piece of prose with the notebook's names."""
        scribe = writer or Writer(self.namespace, self.language, self.reference_number)
        return scribe.render(template, f"{self.briefing.notebook}, {self.language}")

    def reference_number(self, fact_id: str) -> int:
        """Give the number of the reference that a fact stands in; a new one is added at the end of the list."""
        reference = self.base.evidence.fact(fact_id).reference
        facts = self.cited.setdefault(reference, [])
        if fact_id not in facts:
            facts.append(fact_id)
        return list(self.cited).index(reference) + 1

    def panel(self, indicator: str) -> Panel:
        """Give an indicator for all areas, and remember that the briefing stands on it."""
        self.used[indicator] = super().panel(indicator)
        return self.used[indicator]

    def link(self, briefing: str) -> Words:
        """Give the title of another briefing as a link to it, in the same country, language and format."""
        title = self.base.catalogue.briefing(briefing).title[self.language]
        return Words(f"[{title}](briefing:{briefing}.{self.language})")

    def plain_name(self, code: str) -> str:
        """Give an area's name as it stands alone, in charts and tables."""
        return area_name(self.area(code), self.language)

    def _peers(self) -> list[str]:
        return [one for one in self.briefing.peers if one != self.country]

    def shown(self, panel: Panel) -> list[str]:
        """Give the country and its peers, those that the indicator has a number of."""
        return [one for one in (self.country, *self._peers()) if panel.has(one)]

    def mean_label(self, n: int | None = None) -> str:
        """Give the label of the OECD mean, with the number of countries in it where one number holds."""
        return message("note.oecd", self.language) if n is None else message("note.oecd_n", self.language, n=str(n))

    def table_number(self, key: str) -> int:
        """Give the number of a table, a new one the first time a key is seen."""
        return self._number("table", key)

    def _number(self, kind: str, key: str) -> int:
        keys = self._numbers[kind]
        if key not in keys:
            keys.append(key)
        return keys.index(key) + 1

    def _with_note(self, payload: dict[str, Any], note: Rendered) -> dict[str, Any]:
        """Put a note of the notebook's own before the automatic one."""
        text = f"{shift(note, len(payload['values']))} {payload['note']}".strip()
        return payload | {"note": text, "values": [*payload["values"], *note.values]}

    def _head(
        self, kind: str, key: str, title: Rendered, subtitle: str, note: str, panels: list[Panel]
    ) -> dict[str, Any]:
        return {
            "id": key,
            "number": self._number(kind, key),
            "language": self.language,
            "title": title.markdown,
            "subtitle": subtitle,
            "note": note,
            "source": notes.source_line(self, panels),
            "values": list(title.values),
        }


def columns_of(labels: list[str]) -> list[dict[str, str]]:
    """Give the columns of a table: the first to the left, numbers to the right."""
    return [{"label": label, "align": "right" if at else "left"} for at, label in enumerate(labels)]


def shift(text: Rendered, by: int) -> str:
    """Renumber [[v:k]] for values that are appended to others."""
    markdown = text.markdown
    for at in reversed(range(len(text.values))):
        markdown = markdown.replace(f"[[v:{at}]]", f"[[v:{at + by}]]")
    return markdown
