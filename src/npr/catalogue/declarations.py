"""What may be declared: indicators, units, sources, flows, areas, themes and briefings, each typed and strict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,12}$")]


class Declaration(BaseModel):
    """A strict, immutable declaration: an unknown key, a wrong type or a number that is not finite is a fault.

    `refused` are unknown keys that are no misspelling, anywhere in the declaration, each with the hint of its fault.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    refused: ClassVar[Mapping[str, str]] = {}


class Text(Declaration):
    """The same thing said in both languages; neither may be missing."""

    sv: Sentence
    en: Sentence

    def __getitem__(self, language: Language) -> str:
        return self.sv if language == "sv" else self.en


class Unit(Declaration):
    """A unit: how it is named under a chart, and how a number with it stands in prose.

    `axis` names it in a chart or table ("procent av BNP"); `prose` holds `{n}` where the number goes
    ("{n} procent av BNP"); `difference` is the unit of a difference between two such values.
    """

    id: str
    axis: Text
    prose: Text
    difference: str
    decimals: int = Field(ge=0, le=6)


class Source(Declaration):
    """A publication of data: who publishes it, what it is called and on what terms it may be used."""

    id: Id
    publisher: Text
    label: Text
    title: Text
    dataset: str
    terms: Text
    url: str | None = None


class Area(Declaration):
    """A country or an aggregate. `accession` is the day a member joined OECD; aggregates have names of their own."""

    code: AreaCode
    kind: Literal["member", "country", "aggregate"]
    territory: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    accession: date | None = None
    name: Text | None = None
    genitive_sv: str | None = None


class Theme(Declaration):
    """A theme; `scoreboard` are the indicators that show how a country stands in it, in the order of the rows."""

    id: Id
    name: Text
    description: Text
    scoreboard: tuple[Id, ...] = ()


class Caveat(StrEnum):
    """The closed list of reservations that an indicator may carry; each has its text in `language/messages.yml`."""

    NO_STATUS_FLAGS = "no_status_flags"
    SEVENTEEN_ECONOMIES = "seventeen_economies"
    FEW_WAVES = "few_waves"
    ONE_WAVE = "one_wave"
    EUROPE_ONLY = "europe_only"
    MODELLED = "modelled"
    LATEST_ESTIMATED = "latest_estimated"
    LATEST_INCOMPLETE = "latest_incomplete"
    ZEROS_REMOVED = "zeros_removed"
    PRICE_BASE_UNKNOWN = "price_base_unknown"
    NOT_MANUFACTURING_ALONE = "not_manufacturing_alone"
    BREAKS_BETWEEN_WAVES = "breaks_between_waves"
    INDEX_VERSION = "index_version"
    PROJECTION = "projection"
    ENDS_EARLY = "ends_early"
    COMPUTED_BY_PROJECT = "computed_by_project"
    SUM_NOT_MEAN = "sum_not_mean"
    ENGLAND_ONLY = "england_only"
    DIFFERING_YEARS = "differing_years"


class Flow(Declaration):
    """A dataflow as OECD serves it: root, flow (agency,DSD@DF), version, and its dimensions in the structure's order.

    TIME_PERIOD is not among the dimensions, being implicit and last; `area` is the dimension that holds the countries.
    `npr fetch` compares this with the structure that OECD gives, and stops the flow when the two differ.
    """

    id: Id
    root: Literal["public", "sti-public", "dcd-public", "archive"]
    flow: str
    version: str
    area: str = "REF_AREA"
    dimensions: tuple[str, ...]


class OecdQuery(Declaration):
    """Where OECD serves the indicator: the flow (an id of flows.yml), and a code for each dimension but the area's."""

    flow: Id
    key: dict[str, str]


class Indicator(Declaration):
    """A measured quantity, declared once."""

    id: Id
    name: Text
    short: Text
    unit: str
    decimals: int = Field(ge=0, le=6)
    direction: Literal["higher", "lower", "neither"]
    source: Id
    dataset: str
    breakdown: str
    family: Id | None = None
    theme: Id
    caveats: tuple[Caveat, ...] = ()
    note: Text | None = None
    oecd: OecdQuery | None = None


class Briefing(Declaration):
    """A briefing: its notebook, its title for lists, what it reads and the figures of speech it may print.

    `indicators` are those it stands on, or "all" that the edition holds. `reads` are the briefings whose notebooks it
    reads, for their key messages or for where they answer the demands. `place` is its place in lists of the set.
    `literals` are the only digits that prose may hold outside an expression: names ("Industri 4.0") and years.
    """

    id: Id
    notebook: str
    title: Text
    description: Text
    indicators: tuple[Id, ...] | Literal["all"]
    peers: tuple[AreaCode, ...]
    reads: tuple[Id, ...] = ()
    place: int = Field(default=9, ge=1, le=9)
    literals: tuple[str, ...] = ()
