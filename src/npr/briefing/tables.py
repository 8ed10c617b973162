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
from npr.language.numbers import join_words, show_number


class Tables(Page):
    """The tables of a briefing; every number in them carries its record."""

    def show_scoreboard(
        self, indicators: Sequence[str], *, key: str, title: Rendered, note: Rendered | None = None
    ) -> None:
        """Show a row an indicator: value, year, OECD mean with its n, place, and a sign of better or worse."""
        writer = Writer({}, self.language, self.reference_number)
        rows = []
        for one in indicators:
            panel, value, mean = self.panel(one), self.latest(one), self.mean(one)
            numbers = [value, value.year, mean, self.count(one), self.rank(one)]
            cells = [self._cell(writer, number) for number in numbers]
            rows.append([self._row_label(panel), *cells, self._sign(panel, value, mean)])
        labels = ["indicator", "value", "year", "mean", "n", "place", "standing"]
        columns = [
            message(f"scoreboard.{label}", self.language, country=self.plain_name(self.country)) for label in labels
        ]
        direction = message("scoreboard.direction", self.language)
        said = Rendered(f"{note.markdown} {direction}", note.values) if note else Rendered(direction)
        self._table(key, columns, rows, writer, [self.panel(one) for one in indicators], title, said)

    def show_theme(self, theme: str, *, key: str, title: Rendered) -> None:
        """Show the scoreboard that a theme declares; indicators that the edition does not hold are named in the note.

        Raises:
            UsageError: no such theme, or one without a scoreboard that the edition holds anything of.
        """
        board = self.base.catalogue.theme(theme).scoreboard
        held = [one for one in board if one in self.base.edition.vintages]
        absent = [self.base.catalogue.indicator(one).short[self.language] for one in board if one not in held]
        text = message("scoreboard.unheld", self.language, indicators=join_words(absent, self.language))
        self.show_scoreboard(held, key=key, title=title, note=Rendered(text) if absent else None)

    def show_profile(self, theme: str, *, key: str, title: Rendered, peers: int = 5) -> None:
        """Show every indicator of a theme that the edition holds: a row each, the country beside its first peers."""
        writer = Writer({}, self.language, self.reference_number)
        panels = [
            self.panel(one)
            for one in self.base.edition.vintages
            if self.base.catalogue.indicator(one).theme == theme and not self._of_its_own(one)
        ]
        areas = [self.country, *self._peers()[:peers]]
        rows = []
        for panel in panels:
            year = self.comparable_year(panel.decl.id)
            mean = compare.oecd_mean(panel, year, self.members)
            shown = [mean.year, *(panel.value(area, year) for area in areas), mean]
            rows.append([self._row_label(panel), *(self._cell(writer, one) for one in shown)])
        labels = [message(f"scoreboard.{name}", self.language) for name in ("indicator", "year")]
        labels += [*map(self.plain_name, areas), message("note.oecd_mean", self.language)]
        self._table(key, labels, rows, writer, panels, title, None)

    def _of_its_own(self, indicator: str) -> bool:
        """Say whether countries cannot be set beside each other, each having a currency of its own."""
        return self.base.catalogue.indicator(indicator).unit == "XDC"

    def _sign(self, panel: Panel, value: Value, mean: Value) -> str:
        """Give the sign of a country against the mean, judged on the numbers as printed."""
        if value.missing or mean.missing:
            return ".."
        shown = [show_number(one.amount, panel.decl.decimals, "en") for one in (value, mean)]
        if shown[0] == shown[1]:
            sign = word = "level"
        elif panel.decl.direction == "neither":
            sign, word = "plain", "higher" if value > mean else "lower"
        else:
            sign = word = "better" if (value > mean) == (panel.decl.direction == "higher") else "worse"
        return f"[[s:{sign}|{message(f'scoreboard.{word}', self.language)}]]"

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
            payload = self._with_note(payload, note)
        display.show_table(payload | {"table": {"columns": columns_of(columns), "rows": rows}})
