"""Sets of scenarios: a baseline, at most four conditional futures, shocks, targets and signposts, typed and strict.

Only the baseline carries probabilities. A scenario is what follows if its assumptions hold, told as departures from the
baseline and never as results; its declaration has no key for a probability or a weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from npr.catalogue.declarations import Declaration, Id, Text
from npr.catalogue.faults import join_key
from npr.catalogue.yaml_files import read_yaml

FOLDER = Path("data", "catalogue", "scenarios")
WORDS_FOR_AREAS = ("focus", "all")
NO_PROBABILITIES = "Scenarios carry no probabilities; only the baseline does."
PROBABILITY_WORDS = (
    *("probability", "probabilities", "likelihood", "chance", "odds", "weight", "weights"),
    *("sannolikhet", "sannolikheter", "chans", "vikt", "vikter"),
)

# Codes of countries, "focus" for the country that a briefing is about, "all" for every country. Names of things that
# stand elsewhere are plain text here: the rules say which is meant when one is unknown, which a pattern could not.
Areas = Annotated[tuple[str, ...], Field(min_length=1)]


class Horizon(Declaration):
    """How far ahead the set looks: the last year, and the years that tables and prose report."""

    end: int
    report_years: Annotated[tuple[int, ...], Field(min_length=1)]


class Ensemble(Declaration):
    """How many joint paths are drawn, and the seed that makes them the same each time."""

    draws: int = Field(ge=1000, le=100_000)
    seed: int = Field(ge=0)


class Ceiling(Declaration):
    """The highest share that an indicator can reach, with its range. Unit: the indicator's. A ceiling is an assumption.

    `own` says that it is the project's reading; without that it needs a fact in `evidence`.
    """

    low: float = Field(gt=0)
    mode: float = Field(gt=0)
    high: float = Field(gt=0)
    rationale: Text
    evidence: tuple[str, ...] = ()
    own: bool = False


class Outlook(Declaration):
    """How one indicator is continued: its class, its scale, and its ceiling when the scale is logit.

    The class is `class` in the file and `kind` in code. `shown` is False for one that only serves the calibration.
    """

    kind: Literal["slow", "diffusion"] = Field(alias="class")
    transform: Literal["log", "logit"]
    ceiling: Ceiling | None = None
    shown: bool = True


class Baseline(Declaration):
    """The statistical continuation; its constants are those that were tried, in `forecast/baseline.py`."""

    method: Literal["level_pooled"]


class Axis(Declaration):
    """An uncertainty that the scenarios differ in, and what its two ends are called."""

    id: Id
    name: Text
    low: Text
    high: Text
    rationale: Text
    evidence: tuple[str, ...] = ()
    own: bool = False


class Range(Declaration):
    """A triangular range. Unit: that of its assumption."""

    low: float
    mode: float
    high: float


class Assumption(Declaration):
    """One departure from the baseline: an indicator in some areas, what is moved, by how much, from when and why.

    A drift is added in per cent a year; a level in the indicator's unit or in per cent; a ceiling and a spread are
    multiplied. `start` is a year; `ramp` is the number of years until the full effect. `label` is short, for the row
    of a chart. Without `own` it needs a fact in `evidence`.
    """

    id: Id
    label: Text
    indicator: str
    areas: Areas
    driver: Literal["drift", "level", "ceiling", "spread"]
    op: Literal["add", "multiply"]
    unit: Literal["per_cent_a_year", "per_cent", "unit", "times"]
    range: Range
    start: int
    ramp: int = Field(ge=0)
    rationale: Text
    evidence: tuple[str, ...] = ()
    own: bool = False


class Scenario(Declaration):
    """A conditional future: the end of each axis that it stands at, its story, and what it assumes."""

    id: Id
    title: Text
    axes: dict[str, Literal["low", "high"]]
    narrative: Text
    assumptions: tuple[Assumption, ...]


class Shock(Declaration):
    """A stress test outside the fan: its story, and what it assumes."""

    id: Id
    title: Text
    narrative: Text
    assumptions: Annotated[tuple[Assumption, ...], Field(min_length=1)]


class Target(Declaration):
    """A level that somebody aims at in a year. Unit of `value`: the indicator's.

    `example` says that nobody has decided it; without that it needs a fact in `evidence`.
    """

    id: Id
    title: Text
    indicator: str
    areas: Areas
    year: int
    op: Literal[">=", "<="]
    value: float
    rationale: Text
    evidence: tuple[str, ...] = ()
    example: bool = False


class Signpost(Declaration):
    """An indicator that tells two scenarios apart early; `reading` says what a move of it would mean."""

    id: Id
    indicator: str
    separates: tuple[str, ...]
    reading: Text


class ScenarioSet(Declaration):
    """A baseline and what departs from it: at most two axes and four scenarios, shocks, targets and signposts."""

    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(PROBABILITY_WORDS, NO_PROBABILITIES)

    id: Id
    title: Text
    horizon: Horizon
    ensemble: Ensemble
    indicators: Annotated[dict[str, Outlook], Field(min_length=1)]
    baseline: Baseline
    axes: tuple[Axis, ...]
    scenarios: tuple[Scenario, ...]
    shocks: tuple[Shock, ...] = ()
    targets: tuple[Target, ...] = ()
    signposts: tuple[Signpost, ...] = ()


def cited_facts(home: Path) -> Iterator[tuple[str, str, str]]:
    """Give file, key path and id of each fact that a scenario set cites, also in a set that has faults."""
    for path in sorted((home / FOLDER).glob("*.yml")):
        data, _ = read_yaml(home, path)  # what cannot be read is a fault of the catalogue
        for key, name in _cited(data, ""):
            yield path.relative_to(home).as_posix(), key, name


def _cited(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _cited(one, f"{key}[{index}]")
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _cited(one, join_key(key, str(name)))
        evidence = value.get("evidence")
        for index, one in enumerate(evidence if isinstance(evidence, list) else []):
            if isinstance(one, str):
                yield join_key(key, "evidence", index), one
