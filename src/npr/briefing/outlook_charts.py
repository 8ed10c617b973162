"""The figures of a briefing that look ahead, or back at what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from npr.analysis.outlook import Case
from npr.analysis.scorecard import AT, newest
from npr.briefing import notes
from npr.briefing.prose import Rendered
from npr.briefing.track_record import HORIZONS, TOLERANCE, TrackRecord
from npr.errors import ContentError, Fault
from npr.figures import FanCell, Figure, calibration_plot, fan, fan_multiples, scorecard_plot, tornado
from npr.forecast.baseline import MODELS
from npr.forecast.fans import Fan
from npr.language.messages import message

BANDS = (0.025, 0.1, 0.5, 0.9, 0.975)
SINCE = 1995  # where the history of a fan begins


class OutlookCharts(TrackRecord):
    """Fans, scenarios over fans, and the pictures of how good the method was."""

    def show_fan(self, indicator: str, *, key: str, title: Rendered, target: bool = False) -> None:
        """Show the country's fan, with what the other models expect, and the target to speak of when one is wanted."""
        found = self._needed(indicator, key)
        chosen = self.target(indicator) if target else None
        middles = {
            message(f"model.{model}", self.language): found.transform.inverse(found.centre[at])
            for at, model in enumerate(MODELS)
            if at and model != "combination"
        }
        aim = None
        if chosen and chosen.year <= self.end:
            aim = (chosen.year, chosen.value, message("outlook.target", self.language))
        lines = pd.DataFrame(middles, index=found.years)
        self._show_fan(found, key, title, tested_to=found.tested_to, lines=lines, target=aim)

    def show_fan_since(self, indicator: str, *, key: str, title: Rendered, at: int = AT) -> None:
        """Show what the method would have said in a year, and what came."""
        last = int(self.outlook.prepared[indicator].years[-1])
        found = self.outlook.fans(indicator, last, at).get(self.country)
        if not isinstance(found, Fan):
            raise _no_fan(self.briefing.notebook, key, indicator, at)
        seen = self.panel(indicator).wide[self.country].dropna()
        self._show_fan(found, key, title, outcome=seen[seen.index > found.origin])

    def show_fans(self, indicators: Sequence[str], *, key: str, title: Rendered) -> None:
        """Show the country's fans of several indicators, a scale each."""
        cells = []
        for one in indicators:
            found, panel = self._needed(one, key), self.panel(one)
            cells.append(
                FanCell(
                    title=panel.decl.short[self.language],
                    history=self._history(found),
                    bands=self._bands(found),
                    tested_to=found.tested_to,
                    axis=panel.unit.axis[self.language],
                    decimals=panel.decl.decimals,
                )
            )
        axis = message("note.own_scales", self.language)
        figure = fan_multiples(cells, language=self.language, axis=axis, decimals=1, key=key, shared=False)
        self._outlook_figure(key, figure, list(indicators), title, self._needed(indicators[0], key), axis)

    def show_scenarios(self, indicator: str, *, key: str, title: Rendered) -> None:
        """Show each scenario over the same fan: its middle path and its range."""
        found, panel = self._needed(indicator, key), self.panel(indicator)
        cells = []
        for case in self.declared.scenarios:
            course = self.outlook.course(case, found, self.country)
            path, low, high = (pd.Series(one, index=found.years) for one in (course.path, course.low, course.high))
            cells.append(
                FanCell(
                    title=case.title[self.language],
                    history=self._history(found),
                    bands=self._bands(found),
                    tested_to=found.tested_to,
                    path=path,
                    low=low,
                    high=high,
                )
            )
        figure = fan_multiples(
            cells,
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            key=key,
        )
        self._outlook_figure(key, figure, [indicator], title, found)

    def show_calibration(self, *, key: str, title: Rendered) -> None:
        """Show how often the bands held in the back-test, by class and horizon."""
        rows = {}
        for kind in ("slow", "diffusion"):
            for horizon in HORIZONS:
                found = self.outlook.backtest.summary(kind, horizon)
                if found.n:
                    label = message("outlook.class_horizon", self.language, kind=self._kind(kind), n=str(horizon))
                    rows[label] = {0.8: found.covers80, 0.95: found.covers95}
        table = pd.DataFrame(rows).T.rename_axis(message("outlook.class", self.language))
        axis = message("outlook.coverage_axis", self.language)
        figure = calibration_plot(table, tolerance=TOLERANCE, language=self.language, key=key, axis=axis)
        note = message("outlook.note_test", self.language)
        self._figure(key, figure, list(self.outlook.panels.values()), title, _sentence(axis), None, note)

    def show_scorecard(self, *, key: str, title: Rendered) -> None:
        """Show where the newest outcomes fell in the bands that the method would have given in 2016."""
        found = newest(self.outcomes(country=False))
        shown = [one for one in self.outlook.panels if any(outcome.indicator == one for outcome in found)]
        names = [self.country, *(one for one in sorted(self.members) if one != self.country)]
        places = {(outcome.indicator, outcome.area): outcome.place for outcome in found}
        table = pd.DataFrame(
            [[places.get((one, area), np.nan) for area in names] for one in shown],
            index=pd.Index([self._scored(one) for one in shown]),
            columns=[self.plain_name(area) for area in names],
        ).dropna(axis=1, how="all")
        axis = message("outlook.place_axis", self.language)
        figure = scorecard_plot(table, focus=self.plain_name(self.country), language=self.language, key=key, axis=axis)
        note = message("outlook.note_scorecard", self.language, year=str(AT))
        panels = [self.panel(one) for one in shown]
        self._figure(key, figure, panels, title, _sentence(axis), None, note)

    def show_tornado(self, case: Case, indicator: str, year: int, *, key: str, title: Rendered) -> None:
        """Show what moves the answer of a year: each assumption, the choice of model, and the baseline's own band."""
        found, panel = self._needed(indicator, key), self.panel(indicator)
        base = float(self.outlook.course(case, found, self.country).path[found.row(int(year))])
        plain = found.middle(int(year))
        rows = {
            assumption.label[self.language]: (float(ends[0]), float(ends[1]))
            for assumption, ends in self.outlook.sensitivity(case, found, self.country, int(year))
        }
        models = [base * found.middle(int(year), model) / plain for model in MODELS]
        rows[message("outlook.models_row", self.language)] = (min(models), max(models))
        low, high = found.quantiles([0.1, 0.9])[found.row(int(year))]
        rows[message("outlook.band_row", self.language)] = (base * low / plain, base * high / plain)
        table = pd.DataFrame(rows, index=["low", "high"]).T
        figure = tornado(
            table,
            base=base,
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            key=key,
        )
        note = message("outlook.note_tornado", self.language, scenario=case.title[self.language])
        subtitle = f"{self._axis(panel)}, {int(year)}"
        self._figure(key, figure, [panel], title, subtitle, None, f"{note} {notes.caveats(self, panel)}".strip())

    def _show_fan(self, found: Fan, key: str, title: Rendered, **more: Any) -> None:
        """Show one fan; `more` is what `figures.fan` takes besides its history and bands."""
        panel = self.panel(found.indicator)
        figure = fan(
            self._history(found),
            self._bands(found),
            name=self.plain_name(self.country),
            language=self.language,
            axis=panel.unit.axis[self.language],
            decimals=panel.decl.decimals,
            key=key,
            **more,
        )
        self._outlook_figure(key, figure, [found.indicator], title, found)

    def _outlook_figure(
        self, key: str, figure: Figure, indicators: list[str], title: Rendered, found: Fan, subtitle: str = ""
    ) -> None:
        panels = [self.panel(one) for one in indicators]
        note = message("outlook.note_fan", self.language)
        told = f"{note} {notes.caveats(self, *panels)}".strip()
        under = subtitle or f"{self._axis(panels[0])}, {self._history(found).index[0]}–{int(found.years[-1])}"
        self._figure(key, figure, panels, title, under, None, told)

    def _needed(self, indicator: str, key: str) -> Fan:
        found = self.fan(indicator)
        if not isinstance(found, Fan):
            raise _no_fan(self.briefing.notebook, key, indicator, None)
        return found

    def _history(self, found: Fan) -> pd.Series[float]:
        seen = self.panel(found.indicator).wide[found.area].dropna()
        return seen[(seen.index <= found.origin) & (seen.index >= SINCE)]

    def _bands(self, found: Fan) -> pd.DataFrame:
        return pd.DataFrame(found.quantiles(BANDS), index=found.years, columns=list(BANDS))

    def _kind(self, kind: str) -> str:
        return message(f"outlook.kind_{kind}", self.language)

    def _scored(self, indicator: str) -> str:
        """Name an indicator with the year of the country's newest outcome."""
        years = [one.year for one in self.outcomes() if one.indicator == indicator]
        return f"{self._short(indicator)} ({max(years)})" if years else self._short(indicator)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _no_fan(notebook: str, key: str, indicator: str, at: int | None) -> ContentError:
    when = "" if at is None else f" in {at}"
    hint = "Guard the figure with b.has_fan(...)."
    return ContentError([Fault(notebook, f"figure {key}", f"a fan of {indicator}{when}", "none", hint)])
