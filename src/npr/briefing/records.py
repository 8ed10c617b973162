"""The record of a printed number: what a reader needs to find its source. Its form is that of `npr trace --json`."""

from __future__ import annotations

from typing import Any

from npr.catalogue.declarations import Language
from npr.catalogue.evidence import Demand, EvidenceFact
from npr.indicators.values import Value, Year

Record = dict[str, Any]
NOWHERE: Record = {"area": None, "vintage": None}


def record_of_value(value: Value, text: str, language: Language) -> Record:
    """Give the record of a value as it was printed."""
    record = {"text": text, "value": _plain(value), "unit": value.unit.axis[language], **_origin(value)}
    if value.how:
        record |= {"how": value.how, "from": [_part(part) for part in value.made_of]}
    return record


def record_of_year(year: Year, language: Language) -> Record:
    """Give the record of a year: that of the value it is the year of."""
    return {"text": year.show(language), "value": year.number, "unit": "year", **_origin(year.of)}


def record_of_fact(fact: EvidenceFact, text: str, publisher: str) -> Record:
    """Give the record of a quoted fact."""
    number = {"value": fact.value, "unit": fact.unit, "year": fact.value_year}
    return {"text": text, "fact": fact.id, **number, "publisher": publisher, "reference": fact.reference, **NOWHERE}


def record_of_demand(demand: Demand, text: str, publisher: str) -> Record:
    """Give the record of a quoted demand of the decision."""
    number = {"value": None, "unit": None, "year": None}
    return {"text": text, "fact": demand.id, **number, "publisher": publisher, "reference": "decision", **NOWHERE}


def _plain(value: Value) -> float | None:
    return None if value.missing else value.amount


def _origin(value: Value) -> Record:
    origin = value.origin
    return {
        "indicator": origin.indicator,
        "area": origin.area,
        "year": origin.year,
        "vintage": origin.vintage,
        "publisher": origin.publisher,
        "status": origin.status,
    }


def _part(part: Value) -> Record:
    """Give what a number was computed from, briefly; a part that was itself computed names its own parts."""
    origin = part.origin
    brief: Record = {"indicator": origin.indicator, "area": origin.area, "year": origin.year, "value": _plain(part)}
    brief["vintage"] = origin.vintage
    if part.how:
        brief |= {"how": part.how, "from": [_part(one) for one in part.made_of]}
    return brief
