"""Small specimens made by hand: texts, units and panels."""

import pandas as pd

from npr.catalogue.declarations import Indicator, Source, Text, Unit
from npr.catalogue.scenarios import ScenarioSet
from npr.indicators.panel import Panel


def both(text: str) -> Text:
    return Text(sv=text, en=text)


def unit(name: str, difference: str, decimals: int = 1, sv: str = "{n}", en: str = "{n}") -> Unit:
    return Unit(id=name, axis=both(name), prose=Text(sv=sv, en=en), difference=difference, decimals=decimals)


UNITS = {
    "PT_ENT": unit("PT_ENT", "PP", sv="{n}\u00a0procent", en="{n}%"),
    "PP": unit("PP", "PP", sv="{n}\u00a0procentenheter", en="{n}\u00a0percentage points"),
    "TIMES": unit("TIMES", "TIMES", sv="{n}\u00a0gånger", en="{n}\u00a0times"),
    "RANK": unit("RANK", "COUNT", 0),
    "COUNT": unit("COUNT", "COUNT", 0),
    "PCT_CHANGE": unit("PCT_CHANGE", "PP", 0, sv="{n}\u00a0procent", en="{n}%"),
    "OTHER": unit("OTHER", "OTHER"),
}


def panel_of(*rows: tuple, direction: str = "higher", unit_id: str = "PT_ENT") -> Panel:
    """Make a panel from rows (area, year, value[, status])."""
    decl = Indicator(
        id="ai_all", name=both("AI"), short=both("AI"), unit=unit_id, decimals=1, direction=direction,
        source="eurostat", dataset="X", breakdown="S_GE10", theme="industri40",
    )  # fmt: skip
    source = Source(
        id="eurostat",
        publisher=both("Eurostat"),
        label=both("Eurostat"),
        title=both("AI"),
        dataset="X",
        terms=both("-"),
    )
    full = [(*row, "") if len(row) == 3 else row for row in rows]
    rows = pd.DataFrame(full, columns=["area", "year", "value", "status"])
    rows = rows.assign(breakdown="S_GE10").astype({"value": float})
    return Panel(decl, UNITS, source, "v1", "2026-06-15", rows)


def scenario_set(**more: object) -> ScenarioSet:
    """Make the least set of scenarios: one slow indicator, and nothing that departs from the baseline."""
    words = {"sv": "x", "en": "x"}
    return ScenarioSet.model_validate(
        {
            "id": "x", "title": words, "horizon": {"end": 2030, "report_years": (2030,)},
            "ensemble": {"draws": 1000, "seed": 1}, "indicators": {"ai_all": {"class": "slow", "transform": "log"}},
            "baseline": {"method": "level_pooled"}, "axes": (), "scenarios": (), **more,
        }
    )  # fmt: skip
