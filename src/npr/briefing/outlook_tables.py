"""The tables of a briefing that look ahead: fans in numbers, the back-test, assumptions, shocks and signposts."""

from __future__ import annotations

from collections.abc import Sequence

from npr.analysis.outlook import Case
from npr.analysis.scorecard import AT
from npr.briefing import display
from npr.briefing.outlook_charts import OutlookCharts
from npr.briefing.page import shift
from npr.briefing.prose import Rendered, Writer
from npr.catalogue.scenarios import Assumption
from npr.forecast.fans import Fan
from npr.indicators.values import Origin, Value
from npr.language.messages import message
from npr.language.numbers import join_words

TRIED = (1, 5, 10, 15)


class OutlookTables(OutlookCharts):
    """The tables; each number in them carries its record."""

    def show_fan_table(self, *, key: str, title: Rendered) -> None:
        """Show the fans in numbers: the last observation, and middle and 80 % band of each report year."""
        writer, rows = self._writer(), []
        years = [*self.report_years]
        for one in self.shown_fans():
            last = self.start(one)
            row = [self._row_label(self.panel(one)), self._cells(writer, last, last.year)]
            for year in years:
                row += [
                    self._cell(writer, self.expected(one, year)),
                    self._cells(writer, self.lower(one, year), self.upper(one, year), between="–"),
                ]
            rows.append(row)
        labels = [message("scoreboard.indicator", self.language), message("outlook.last", self.language)]
        for year in years:
            labels += [message(f"outlook.{name}_in", self.language, year=str(year)) for name in ("middle", "band")]
        self._ahead_table(key, title, labels, rows, writer, message("outlook.note_fan", self.language))

    def show_misses(self, count: int, *, key: str, title: Rendered) -> None:
        """Show the outcomes of all members that fell farthest outside the bands of 2016, the worst first."""
        writer, rows = self._writer(), []
        for one in self.misses(count, country=False):
            panel = self.panel(one.indicator)
            seen = panel.value(one.area, one.year)
            middle, low, high = (
                Value(
                    amount,
                    panel.unit,
                    panel.decl.decimals,
                    panel.origin(one.area, one.year, "F"),
                    f"{name} of the band as of {AT}",
                    (panel.value(one.area, AT),),
                )
                for amount, name in ((one.middle, "middle"), (one.low, "lower edge"), (one.high, "upper edge"))
            )
            cells = [self._cells(writer, seen, seen.year), self._cell(writer, middle)]
            cells.append(self._cells(writer, low, high, between="–"))
            rows.append([self.plain_name(one.area), self._row_label(panel), *cells])
        labels = [message("scoreboard.country", self.language)]
        labels += [message(f"outlook.{name}", self.language) for name in ("indicator", "came", "middle", "band")]
        note = message("outlook.note_scorecard", self.language, year=str(AT))
        self._ahead_table(key, title, labels, rows, writer, note, (1.2, 2.6, 1.3, 1.0, 1.4))

    def show_instead(self, indicator: str) -> None:
        """Say of an indicator without a fan where the country stands, and what others at its level went through."""
        value, found = self.start(indicator), self.outlook.others_once(indicator, self.country)
        writer = self._writer()
        writer.namespace = {"name": self.label(indicator), "value": value, "n": self.count(indicator)}
        writer.namespace["place"] = self.rank(indicator)
        fields = {"name": "{name}", "value": "{value}", "year": "{value.year}"}
        text = message("outlook.instead", self.language, **fields)
        if not writer.namespace["place"].missing:
            text += message("outlook.instead_rank", self.language, place="{place:bare}", n="{n:bare}")
        if found:
            panel = self.panel(indicator)
            told = f"of {found.areas} countries once at this level, {found.horizon} years later"
            writer.namespace |= {
                "areas": self._of_test(float(found.areas), "COUNT", 0, told),
                "lower": self._of_fan(
                    indicator, 0, found.lower, panel.unit.id, panel.decl.decimals, f"quartile {told}"
                ),
                "upper": self._of_fan(
                    indicator, 0, found.upper, panel.unit.id, panel.decl.decimals, f"quartile {told}"
                ),
            }
            names = {"areas": "{areas:bare}", "lower": "{lower:bare}", "upper": "{upper:bare}"}
            text += message("outlook.instead_others", self.language, **names)
        display.show_prose("body", self.language, self.render(text, writer))

    def show_backtest(self, *, key: str, title: Rendered) -> None:
        """Show how the method did in the back-test by class and horizon, beside the last value."""
        writer, rows = self._writer(), []
        for kind in ("slow", "diffusion"):
            for horizon in TRIED:
                found = self.outlook.backtest.summary(kind, horizon)
                if not found.n:
                    continue
                told = f"{kind}, {horizon} years"
                naive = self.outlook.backtest.summary(kind, horizon, "naive")
                numbers = [
                    (found.n, 0, "COUNT", "forecasts tried"),
                    (found.covers80, 0, "PCT", "coverage of the 80 % band"),
                    (found.covers95, 0, "PCT", "coverage of the 95 % band"),
                    (found.mase, 1, "TIMES", "MASE"),
                    (found.crps, 1, "TIMES", "scaled CRPS"),
                    (naive.crps, 1, "TIMES", "scaled CRPS of the last value, calibrated alike"),
                ]
                cells = [
                    self._cell(writer, self._of_test(float(amount), unit, digits, f"{how}, {told}"))
                    for amount, digits, unit, how in numbers
                ]
                ratio = self.outlook.backtest.against("naive", kind, horizon)
                low, high = (self._of_test(one, "TIMES", 2, f"CRPS ratio, bound, {told}") for one in ratio[1:])
                label = message("outlook.class_horizon", self.language, kind=self._kind(kind), n=str(horizon))
                rows.append([label, *cells, self._cells(writer, low, high, between="–")])
        names = ("class", "n", "covers80", "covers95", "mase", "crps", "crps_naive", "ratio")
        labels = [message(f"outlook.{name}", self.language) for name in names]
        self._ahead_table(key, title, labels, rows, writer, message("outlook.note_test", self.language))

    def show_assumptions(self, *, key: str, title: Rendered) -> None:
        """Show what each scenario assumes, how much, and where that comes from."""
        writer, rows = self._writer(), []
        same: dict[tuple[object, ...], list[tuple[Case, Assumption]]] = {}
        for case in self.declared.scenarios:
            for one in case.assumptions:
                alike = (one.label, one.indicator, one.driver, one.unit, one.range, one.start, one.ramp)
                same.setdefault(alike, []).append((case, one))
        for found in same.values():
            one = found[0][1]
            where = join_words([case.title[self.language].lower() for case, _ in found], self.language)
            told = f"{one.label[self.language]} ({where})"
            rows.append([told, self._short(one.indicator), *self._assumed(writer, one), self._reasoned(one)])
        names = ("assumption", "indicator", "amount", "range", "why")
        labels = [message(f"outlook.{name}", self.language) for name in names]
        note = message("outlook.note_assumptions", self.language)
        source = message("outlook.own_assumptions", self.language)
        self._ahead_table(key, title, labels, rows, writer, note, (2.0, 1.3, 0.9, 1.0, 3.2), source)

    def show_shocks(self, *, key: str, title: Rendered) -> None:
        """Show what each shock would do to the middle of the fans in the last report year."""
        writer, rows, year = self._writer(), [], self.report_years[-1]
        for case in self.declared.shocks:
            for indicator in dict.fromkeys(one.indicator for one in case.assumptions):
                found = self.fan(indicator)
                if not isinstance(found, Fan):
                    continue
                path = float(self.outlook.course(case, found, self.country).path[found.row(year)])
                panel = self.panel(indicator)
                hit = self._of_fan(indicator, year, path, panel.unit.id, panel.decl.decimals, f"middle under {case.id}")
                cells = [self._cell(writer, one) for one in (self.expected(indicator, year), hit)]
                band = self._cells(writer, self.lower(indicator, year), self.upper(indicator, year), between="–")
                told = f"{case.title[self.language]}. {case.narrative[self.language]}"
                rows.append([told, self._row_label(panel), *cells, band])
        names = ("shock", "indicator", "middle", "after", "band")
        labels = [message(f"outlook.{name}", self.language) for name in names]
        note = message("outlook.note_shocks", self.language, year=str(year))
        if rows:
            self._ahead_table(key, title, labels, rows, writer, note, (3.0, 1.6, 0.9, 0.9, 1.2))

    def show_signposts(self, *, key: str, title: Rendered) -> None:
        """Show which indicators tell scenarios apart, what a move would mean, and from which year it shows."""
        writer, rows = self._writer(), []
        for one in self.declared.signposts:
            cases = [self.case(name) for name in one.separates]
            apart = [f"{case.title[self.language]}: {self._since(writer, case, one.indicator)}" for case in cases]
            rows.append([self._short(one.indicator), one.reading[self.language], "; ".join(apart)])
        labels = [message(f"outlook.{name}", self.language) for name in ("indicator", "reading", "apart")]
        note = message("outlook.note_signposts", self.language)
        self._ahead_table(key, title, labels, rows, writer, note, (1.4, 2.6, 3.0))

    def _since(self, writer: Writer, case: Case, indicator: str) -> str:
        """Give the first year in which a scenario can be told from the baseline, or how far it gets towards that."""
        found, year = self.fan(indicator), self.report_years[-1]
        if not isinstance(found, Fan):
            return message("outlook.never", self.language)
        first = self.outlook.told_apart(case, found, self.country)
        if first is not None:
            value = self._of_fan(indicator, first, float(first), "YEAR", 0, f"first year told apart, {case.id}")
            return self._cell(writer, value.year)
        share = 100 * self.outlook.way_to_edge(case, found, self.country, year)
        told = self._of_fan(indicator, year, share, "PCT", 0, f"shift of {case.id} in the reach of the 80 % band")
        writer.namespace = {"share": told, "year": self.expected(indicator, year).year}
        text = message("outlook.on_the_way", self.language, share="{share}", year="{year}")
        return self.render(text, writer).markdown

    def _assumed(self, writer: Writer, one: Assumption) -> list[str]:
        """Give the middle amount and the range of an assumption."""
        unit = self.base.catalogue.units["TIMES" if one.unit == "times" else "PCT_CHANGE"]
        if one.unit == "unit":
            unit = self.base.catalogue.units[self.panel(one.indicator).unit.difference]
        origin = Origin(indicator=one.indicator, publisher="npr")
        low, mode, high = (
            Value(amount, unit, 1, origin, f"assumption {one.id}, {one.driver}, {one.unit}")
            for amount in (one.range.low, one.range.mode, one.range.high)
        )
        said = message(f"outlook.unit_{one.unit}", self.language)
        return [
            f"{self._signed(writer, mode)} {said}",
            self._signed(writer, low) + message("outlook.to", self.language) + self._signed(writer, high),
        ]

    def _reasoned(self, one: Assumption) -> str:
        return f"{one.rationale[self.language]}{self._marks(one.evidence)}"

    def _signed(self, writer: Writer, value: Value) -> str:
        writer.namespace = {"number": value}
        return self.render("{number:bare,+}", writer).markdown

    def _cells(self, writer: Writer, *numbers: object, between: str = ", ") -> str:
        return between.join(self._cell(writer, one) for one in numbers)

    def _writer(self) -> Writer:
        return Writer({}, self.language, self.reference_number)

    def _ahead_table(
        self,
        key: str,
        title: Rendered,
        labels: list[str],
        rows: list[list[str]],
        writer: Writer,
        note: str,
        widths: Sequence[float] | None = None,
        source: str = "",
    ) -> None:
        payload = self._head("table", key, title, "", note, list(self.outlook.panels.values()))
        payload["source"] = source or payload["source"]
        payload |= {"values": [*writer.values, *title.values], "title": shift(title, len(writer.values))}
        columns = (
            [{"label": label, "align": "left", "width": width} for label, width in zip(labels, widths, strict=True)]
            if widths
            else [{"label": label, "align": "right" if at else "left"} for at, label in enumerate(labels)]
        )
        display.show_table(payload | {"table": {"columns": columns, "rows": rows}})
