"""Shows what is declared rather than measured: demands, days, gaps, instruments, and what changed between editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from npr.briefing import display
from npr.briefing.charts import Charts
from npr.briefing.demands import Place, demand_faults, places
from npr.briefing.page import columns_of
from npr.briefing.prose import Rendered, Writer
from npr.catalogue import reads
from npr.catalogue.evidence import Demand, Instrument
from npr.errors import ContentError
from npr.figures import Figure, Moment, counted, timeline
from npr.indicators.values import Origin, Value
from npr.language.messages import message
from npr.language.numbers import show_date
from npr.vintages.compare_editions import compare

HOME_OF_MEASURES = "SWE"
"""The country whose measures the evidence holds; they are never shown as another's."""


class Registers(Charts):
    """The registers of a briefing: tables of texts, and figures of what is declared."""

    def show_demands(self, *kinds: str, key: str, title: Rendered, days: bool = False) -> None:
        """Show the demands of some kinds (all, when none is named): what is said, its force, and where it is answered.

        Raises:
            ContentError: a briefing cannot be read, or does not answer a demand that it must answer.
        """
        catalogue, evidence = self.base.catalogue, self.base.evidence
        chosen = [one for one in evidence.demands.values() if not kinds or one.kind in kinds]
        read = [one for one in catalogue.briefings.values() if one.id in (self.briefing.id, *self.briefing.reads)]
        found = places(self.base.home, read)
        faults = [] if days else demand_faults(found, evidence)
        if faults:
            raise ContentError(faults, todo="Answer them where they belong, or change `briefing` in demands.yml.")
        last = "day" if days else "where"
        labels = [message(f"demand.{name}", self.language) for name in ("id", "what", "force", last)]
        rows = [
            [
                one.id,
                one.demand[self.language],
                message(f"demand.{one.force}", self.language),
                self._day(one) if days else self._places(one, found),
            ]
            for one in chosen
        ]
        self._register(key, title, labels, (0.7, 3.2, 1.0, 1.1 if days else 2.3), rows, self._decision_source())

    def show_demand_counts(self, *, key: str, title: Rendered) -> None:
        """Show how many demands there are of each kind."""
        counts = Counter(one.kind for one in self.base.evidence.demands.values())
        table = pd.Series({message(f"demand.{kind}", self.language): float(count) for kind, count in counts.items()})
        axis, label = message("demand.count", self.language), message("demand.kind", self.language)
        self._chart(key, title, axis, counted(table, language=self.language, axis=axis, label=label, key=key))

    def show_timeline(self, *, key: str, title: Rendered, note: Rendered | None = None) -> None:
        """Show the days around the assignment; the facts that they are read from are cited."""
        reads.note("events", reads.ALL)
        events = self.base.evidence.events
        moments = [
            Moment(one.when, one.label[self.language], message(f"timeline.{one.lane}", self.language)) for one in events
        ]
        cited = [one.source for one in events if one.source in self.base.evidence.facts]
        figure = timeline(moments, language=self.language, key=key)
        source = f"{self._decision_source()}{self._marks(cited)}"
        self._chart(key, title, message("timeline.unit", self.language), figure, note, source)

    def show_gaps(self, *, key: str, title: Rendered) -> None:
        """Show what the text of the decision does not say, and where it breaks off."""
        decision, language = self.base.evidence.decision, self.language
        labels = [message(f"demand.{name}", language) for name in ("id", "gap", "place")]
        whole = message("demand.anywhere", language)
        rows = [[one.id, one.missing[language], whole] for one in decision.gaps]
        rows += [[one.id, one.missing[language], one.where[language]] for one in decision.breaks]
        self._register(key, title, labels, (0.9, 4.0, 1.8), rows, self._decision_source())

    def show_copies(self, *, key: str, title: Rendered) -> None:
        """Show who got a copy of the decision, as it names them, and in English beside."""
        copies = self.base.evidence.decision.copies
        labels = [message(f"demand.{name}", self.language) for name in ("receiver", "receiver_en")]
        rows = [[one.sv, one.en] for one in copies]
        self._register(key, title, labels, (1.6, 1.6), rows, self._decision_source())

    def show_instruments(self, *, key: str, title: Rendered) -> None:
        """Show the classes of instruments: what OECD says, and in Sweden's briefing measures, effect and holes."""
        own = self.country == HOME_OF_MEASURES
        names = ["name", "oecd", *(["sweden", "effect"] if own else [])]
        labels = [message(f"instrument.{name}", self.language) for name in names]
        rows = [
            self._instrument(one, own)
            for reach in ("breadth", "spearhead", "framework")
            for one in self.base.evidence.instruments.values()
            if one.reach == reach
        ]
        widths = (1.5, 1.7, 2.1, 1.7) if own else (1.8, 4.0)
        self._register(key, title, labels, widths, rows, message("instrument.source", self.language))

    def show_changes(self, *, key: str) -> None:
        """Show what changed for the country since the edition before this one; nothing, in words."""
        edition, language = self.base.edition, self.language
        if edition.follows is None:
            display.show_prose("body", language, Rendered(message("change.first", language)))
            return
        writer = Writer({}, language, self.reference_number)
        rows = [
            [self.base.catalogue.indicator(indicator).name[language], *(self._cell(writer, one) for one in counts)]
            for indicator, counts in self._changes(edition.follows).items()
        ]
        fields = {"country": self.name, "edition": edition.follows}
        if not rows:
            display.show_prose("body", language, Rendered(message("change.none", language, **fields)))
            return
        labels = [message(f"change.{name}", language) for name in ("indicator", "added", "revised", "withdrawn")]
        payload = self._head("table", key, Rendered(message("change.title", language, **fields)), "", "", [])
        payload |= {"source": message("change.source", language), "values": writer.values}
        display.show_table(payload | {"table": {"columns": columns_of(labels), "rows": rows}})

    def _changes(self, before: str) -> dict[str, list[Value]]:
        """Give how many of the country's observations are new, revised and withdrawn since an edition."""
        edition, units = self.base.edition, self.base.catalogue.units
        reads.note("edition", before)
        found = {}
        for indicator, changes in compare(self.base.home, before, edition.id).changes.items():
            kinds = {"new": changes.added.to_pylist(), "revised": changes.revised}
            kinds["withdrawn"] = changes.withdrawn.to_pylist()
            origin = Origin(indicator=indicator, area=self.country, publisher="npr")
            counts = [
                Value(
                    float(sum(row["area"] == self.country for row in rows)),
                    units["COUNT"],
                    0,
                    origin,
                    f"{kind} since {before}",
                )
                for kind, rows in kinds.items()
            ]
            if any(one.amount for one in counts):
                found[indicator] = counts
        return found

    def _instrument(self, one: Instrument, own: bool) -> list[str]:
        name = f"{one.name[self.language]} ({message(f'instrument.{one.reach}', self.language)})"
        row = [name, f"{one.advice[self.language]}{self._marks(one.oecd)}"]
        if own:
            said = one.measures[self.language] if one.measures else message("instrument.unread", self.language)
            row += [f"{said}{self._marks(one.sweden)}", one.effect[self.language]]
        return row

    def _marks(self, facts: Sequence[str]) -> str:
        """Give the citations of facts; nothing when there are none."""
        writer = Writer({"cited": self.cite(*facts)}, self.language, self.reference_number)
        return self.render("{cited}", writer).markdown if facts else ""

    def _places(self, demand: Demand, found: Iterable[Place]) -> str:
        """Give the sections that answer a demand, the briefing that must answer it first, at most three."""
        mine = sorted(
            (one for one in found if one.demand == demand.id), key=lambda one: one.briefing != demand.briefing
        )
        parts = [
            one.heading(self.language)
            if one.briefing == self.briefing.id
            else f"{self.link(one.briefing).markdown}: {one.heading(self.language)}"
            for one in mine
        ]
        return "; ".join(dict.fromkeys(parts[:3])) or ".."

    def _day(self, demand: Demand) -> str:
        return show_date(demand.last_day, self.language) if demand.last_day else ".."

    def _decision_source(self) -> str:
        decision = self.base.evidence.decision
        fields = {"title": decision.title[self.language], "issuer": decision.issuer[self.language]}
        return message("demand.source", self.language, **fields)

    def _register(
        self, key: str, title: Rendered, labels: list[str], widths: Sequence[float], rows: list[list[str]], source: str
    ) -> None:
        payload = self._head("table", key, title, "", "", []) | {"source": source}
        columns = [
            {"label": label, "align": "left", "width": width} for label, width in zip(labels, widths, strict=True)
        ]
        display.show_table(payload | {"table": {"columns": columns, "rows": rows}})

    def _chart(
        self, key: str, title: Rendered, subtitle: str, figure: Figure, note: Rendered | None = None, source: str = ""
    ) -> None:
        payload = self._head("figure", key, title, subtitle, "", []) | {"source": source or self._decision_source()}
        if note:
            payload = self._with_note(payload, note)
        display.show_figure(payload | {"alt": figure.alt, "data": self._data(figure)}, figure.svg)
