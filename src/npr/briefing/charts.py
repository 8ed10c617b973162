"""Shows figures: chooses the countries, builds the table, and gives title, subtitle, note and source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from npr.analysis import compare
from npr.briefing import display, notes
from npr.briefing.page import columns_of
from npr.briefing.prose import Rendered
from npr.briefing.tables import Tables
from npr.figures import Figure, line_comparison, ranked, size_gap, slope, small_multiples, standings
from npr.indicators.panel import Panel
from npr.language.messages import message
from npr.language.numbers import join_words, show_number

SIZES = ("small", "medium", "large")
NUMBER = re.compile(r"[\N{MINUS SIGN}+]?\d")


class Charts(Tables):
    """The figures of a briefing, numbered in the order in which their keys first appear."""

    def show_line(
        self, indicator: str, *, key: str, title: Rendered, since: int | None = None, note: Rendered | None = None
    ) -> None:
        """Show the country, its peers and the OECD mean over time."""
        panel = self.panel(indicator)
        table = self._over_time(panel, since)
        figure = line_comparison(
            table,
            focus=self.plain_name(self.country),
            mean=self.mean_label(),
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            breaks={self.plain_name(one): panel.breaks(one) for one in self.shown(panel)},
            provisional=notes.provisional_years(panel),
            key=key,
        )
        years = f"{table.index.min()}–{table.index.max()}"
        self._figure(
            key, figure, [panel], title, f"{self._axis(panel)}, {years}", note, notes.for_lines(self, panel, table)
        )

    def show_ranked(
        self,
        indicator: str,
        *,
        key: str,
        title: Rendered,
        year: int | None = None,
        form: str = "bar",
        note: Rendered | None = None,
    ) -> None:
        """Show every member with data in one year, in order, with the country and the OECD mean marked."""
        panel = self.panel(indicator)
        chosen = self._year(indicator, year)
        row = panel.row(chosen, self.members)
        mean = compare.oecd_mean(panel, chosen, self.members)
        label = self.mean_label(len(row))
        table = pd.Series({self.plain_name(str(area)): amount for area, amount in row.items()} | {label: mean.amount})
        figure = ranked(
            table,
            focus=self.plain_name(self.country),
            mean=label,
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            form=form,
            key=key,
        )
        self._figure(
            key, figure, [panel], title, f"{self._axis(panel)}, {chosen}", note, notes.for_year(self, panel, chosen)
        )

    def show_sizes(
        self, family: str, *, key: str, title: Rendered, year: int | None = None, note: Rendered | None = None
    ) -> None:
        """Show small, medium-sized and large enterprises side by side, a row a country."""
        panels = {size: self.panel(f"{family}_{size}") for size in SIZES}
        chosen = year or self._year(f"{family}_large", None)
        rows = {size: panel.row(chosen, self.members) for size, panel in panels.items()}
        table = pd.DataFrame(rows).dropna()
        means = {size: compare.oecd_mean(panel, chosen, self.members).amount for size, panel in panels.items()}
        label = self.mean_label(len(table))
        table.index = pd.Index([self.plain_name(str(area)) for area in table.index])
        table.loc[label] = pd.Series(means)
        table.columns = pd.Index([message(f"size.{size}", self.language) for size in table.columns])
        panel = panels["large"]
        figure = size_gap(
            table,
            focus=self.plain_name(self.country),
            mean=label,
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            key=key,
        )
        subtitle = f"{self._axis(panel)}, {chosen}"
        self._figure(key, figure, list(panels.values()), title, subtitle, note, notes.for_year(self, panel, chosen))

    def show_slope(
        self, indicator: str, start: int, end: int, *, key: str, title: Rendered, note: Rendered | None = None
    ) -> None:
        """Show two years side by side: the country, its peers and the OECD mean of the members with both years."""
        panel = self.panel(indicator)
        both = pd.DataFrame({str(year): panel.row(int(year), self.members) for year in (start, end)}).dropna()
        shown = [one for one in self.shown(panel) if one in both.index]
        table = both.loc[shown]
        table.index = pd.Index([self.plain_name(one) for one in shown])
        label = self.mean_label(len(both))
        table.loc[label] = both.mean()
        figure = slope(
            table,
            focus=self.plain_name(self.country),
            mean=label,
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            key=key,
        )
        automatic = notes.for_slope(self, panel, int(start), int(end), shown)
        self._figure(
            key,
            figure,
            [panel],
            title,
            f"{self._axis(panel)}, {join_words([str(start), str(end)], self.language)}",
            note,
            automatic,
        )

    def show_difference(
        self, indicator: str, other: str, year: int, *, key: str, title: Rendered, note: Rendered | None = None
    ) -> None:
        """Show by how many per cent each member's number differs from that of another indicator, in order.

        Units cancel out, so that countries can be set beside each other also where each has its own.
        """
        panels = [self.panel(indicator), self.panel(other)]
        both = pd.concat([panel.row(year, self.members) for panel in panels], axis=1, keys=["one", "two"]).dropna()
        difference = 100 * (both["one"] / both["two"] - 1)
        label = self.mean_label(len(difference))
        table = pd.Series({self.plain_name(str(area)): amount for area, amount in difference.items()})
        table[label] = float(difference.mean())
        axis = message("note.difference", self.language)
        figure = ranked(
            table,
            focus=self.plain_name(self.country),
            mean=label,
            language=self.language,
            axis=axis,
            decimals=1,
            key=key,
        )
        names = dict(zip(("one", "other"), (panel.decl.short[self.language] for panel in panels), strict=True))
        subtitle = message("note.compared", self.language, **names, axis=axis, year=str(year))
        self._figure(key, figure, panels, title, subtitle, note, notes.for_year(self, panels[0], year))

    def show_standings(self, indicators: Sequence[str], *, key: str, title: Rendered) -> None:
        """Show the country's place on each indicator that it has a number of and that has a better end."""
        known = [one for one in indicators if self.has(one) and self.panel(one).decl.direction != "neither"]
        labels = [self.panel(one).decl.short[self.language] for one in known]
        places = [(self.rank(one).amount, self.count(one).amount) for one in known]
        table = pd.DataFrame(places, index=labels, columns=["place", "of"])
        figure = standings(table, focus=self.plain_name(self.country), language=self.language, key=key)
        years = sorted({int(self.latest(one).origin.year or 0) for one in known})
        automatic = message(
            "standings.years", self.language, years=join_words([str(one) for one in years], self.language)
        )
        subtitle = message("standings.unit", self.language)
        self._figure(key, figure, [self.panel(one) for one in known], title, subtitle, None, automatic)

    def show_multiples(
        self,
        indicators: Sequence[str],
        *,
        key: str,
        title: Rendered,
        since: int | None = None,
        note: Rendered | None = None,
    ) -> None:
        """Show several indicators as small charts with a scale each: the country, its peers and the OECD mean."""
        panels = [self.panel(one) for one in indicators]
        tables = {f"{panel.decl.short[self.language]}": self._over_time(panel, since) for panel in panels}
        figure = small_multiples(
            tables,
            focus=self.plain_name(self.country),
            mean=self.mean_label(),
            language=self.language,
            axes={panel.decl.short[self.language]: panel.unit.axis[self.language] for panel in panels},
            decimals={panel.decl.short[self.language]: panel.decl.decimals for panel in panels},
            breaks={
                panel.decl.short[self.language]: {self.plain_name(one): panel.breaks(one) for one in self.shown(panel)}
                for panel in panels
            },
            provisional={panel.decl.short[self.language]: notes.provisional_years(panel) for panel in panels},
            key=key,
        )
        years = [year for table in tables.values() for year in (table.index.min(), table.index.max())]
        subtitle = f"{message('note.own_scales', self.language)}, {min(years)}–{max(years)}"
        automatic = notes.caveats(self, *panels)
        self._figure(key, figure, panels, title, subtitle, note, automatic)

    def _over_time(self, panel: Panel, since: int | None) -> pd.DataFrame:
        """Give country, peers and OECD mean by year; the mean only in full years, so that it keeps its countries."""
        wide = panel.wide[panel.wide.index >= since] if since else panel.wide
        table = wide[self.shown(panel)].rename(columns=self.plain_name)
        means = wide[[one for one in wide.columns if one in self.members]].mean(axis=1)
        table[self.mean_label()] = means[means.index.isin(compare.full_years(panel, self.members))]
        return table.dropna(how="all")

    def _axis(self, panel: Panel) -> str:
        axis = panel.unit.axis[self.language]
        return axis[:1].upper() + axis[1:]

    def _figure(
        self,
        key: str,
        figure: Figure,
        panels: list[Panel],
        title: Rendered,
        subtitle: str,
        note: Rendered | None,
        automatic: str,
    ) -> None:
        payload = self._head("figure", key, title, subtitle, automatic, panels)
        if note:
            payload = self._with_note(payload, note)
        payload |= {"alt": figure.alt, "data": self._data(figure)}
        display.show_figure(payload, figure.svg)

    def _data(self, figure: Figure) -> dict[str, Any]:
        """Give the data behind a chart; texts, as a time line has, stay as they are, and stand to the left if words."""
        head = [str(figure.data.index.name or ""), *map(str, figure.data.columns)]
        rows = [
            [str(label), *(one if isinstance(one, str) else self._shown(one, figure) for one in row)]
            for label, row in zip(figure.data.index, figure.data.to_numpy().tolist(), strict=True)
        ]
        columns = columns_of(head)
        for at, name in enumerate(figure.data.columns, start=1):
            if all(isinstance(one, str) and not NUMBER.match(one) for one in figure.data[name]):
                columns[at]["align"] = "left"
        return {"columns": columns, "rows": rows}

    def _shown(self, number: float, figure: Figure) -> str:
        return show_number(float(number), figure.decimals, self.language)
