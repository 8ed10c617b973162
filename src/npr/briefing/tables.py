"""Shows tables: the scoreboard of a country, and the country among its peers."""

from __future__ import annotations

from collections.abc import Sequence

from npr.analysis import compare
from npr.briefing import display, notes
from npr.briefing.page import Page, columns_of, shift
from npr.briefing.prose import Rendered, Writer
from npr.errors import UsageError
from npr.indicators.panel import Panel
from npr.indicators.values import Value
from npr.language.messages import message


class Tables(Page):
    """The tables of a briefing; every number in them carries its record."""

    def show_scoreboard(
        self, indicators: Sequence[str], *, key: str, title: Rendered, note: Rendered | None = None
    ) -> None:
        """Show a row an indicator: the country's value, its year, the OECD mean with its n, and the place."""
        writer = Writer({}, self.language, self.reference_number)
        rows = []
        for one in indicators:
            panel, value, mean = self.panel(one), self.latest(one), self.mean(one)
            numbers = [value, value.year, mean, self.count(one), self.rank(one)]
            rows.append([self._row_label(panel), *(self._cell(writer, number) for number in numbers)])
        labels = ["indicator", "value", "year", "mean", "n", "place"]
        columns = [
            message(f"scoreboard.{label}", self.language, country=self.plain_name(self.country)) for label in labels
        ]
        self._table(key, columns, rows, writer, [self.panel(one) for one in indicators], title, note)

    def show_peers(self, indicators: Sequence[str], *, key: str, title: Rendered, note: Rendered | None = None) -> None:
        """Show a row a country: the country, its peers and the OECD mean, all in the year that the column names."""
        writer = Writer({}, self.language, self.reference_number)
        panels = [self.panel(one) for one in indicators]
        years = [self.comparable_year(one) for one in indicators]
        areas = [one for one in (self.country, *self._peers()) if any(panel.has(one) for panel in panels)]
        rows = [
            [
                self.plain_name(area),
                *(self._cell(writer, panel.value(area, year)) for panel, year in zip(panels, years, strict=True)),
            ]
            for area in areas
        ]
        means = [compare.oecd_mean(panel, year, self.members) for panel, year in zip(panels, years, strict=True)]
        rows.append([message("note.oecd_mean", self.language), *(self._cell(writer, mean) for mean in means)])
        labels = [
            f"{panel.decl.short[self.language]}, {panel.unit.axis[self.language]}, {year or '..'}"
            for panel, year in zip(panels, years, strict=True)
        ]
        self._table(key, [message("scoreboard.country", self.language), *labels], rows, writer, panels, title, note)

    def _row_label(self, panel: Panel) -> str:
        return f"{panel.decl.short[self.language]}, {panel.unit.axis[self.language]}"

    def _cell(self, writer: Writer, number: object) -> str:
        if isinstance(number, Value) and number.missing:
            return ".."
        writer.namespace = {"number": number}
        return self.render("{number}" if not isinstance(number, Value) else "{number:bare}", writer).markdown

    def _table(
        self,
        key: str,
        columns: list[str],
        rows: list[list[str]],
        writer: Writer,
        panels: list[Panel],
        title: Rendered,
        note: Rendered | None,
    ) -> None:
        if not rows:
            raise UsageError(f"Table {key} has no rows", todo="Name at least one indicator.")
        automatic = notes.for_table(self, panels)
        payload = self._head("table", key, Rendered(), "", automatic, panels)
        payload["values"] = [*writer.values, *title.values]
        payload["title"] = shift(title, len(writer.values))
        if note:
            payload["note"] = f"{shift(note, len(payload['values']))} {automatic}".strip()
            payload["values"] += note.values
        display.show_table(payload | {"table": {"columns": columns_of(columns), "rows": rows}})
