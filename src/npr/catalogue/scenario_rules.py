"""Checks what the parts of a scenario set must agree on with each other and with the catalogue.

The rules read the mapping as it stands in the file. So a fault of one key, which its type tells, hides no fault of
another: what cannot be read as its type is passed over here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from npr.catalogue.faults import join_key, show, unknown
from npr.catalogue.scenarios import WORDS_FOR_AREAS, ScenarioSet
from npr.errors import Fault, did_you_mean

MOST_AXES, MOST_SCENARIOS = 2, 4

# How each driver may be moved: the operation and its units.
_WAYS = {
    "drift": ("add", ("per_cent_a_year",)),
    "level": ("add", ("unit", "per_cent")),
    "ceiling": ("multiply", ("times",)),
    "spread": ("multiply", ("times",)),
}
_MORE_THAN = {"times": 0, "per_cent": -100, "per_cent_a_year": -100}


@dataclass(frozen=True)
class _Part:
    """A mapping of the file with its key path; what is absent or of another type reads as nothing."""

    file: str
    key: str
    data: Mapping[str, Any]

    def at(self, *names: str | int) -> str:
        return join_key(self.key, *names)

    def fault(self, name: str, expected: str, found: str, hint: str = "") -> Fault:
        return Fault(self.file, self.at(name), expected, found, hint)

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> float | None:
        value = self.data.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if isinstance(value, int) or isfinite(value) else None

    def misspells(self, name: str) -> bool:
        """Say whether a key stands there in another spelling, which is a fault already."""
        return name not in self.data and bool(did_you_mean(name, self.data))

    def texts(self, name: str) -> list[tuple[int, str]]:
        return [(index, one) for index, one in enumerate(_list(self.data.get(name))) if isinstance(one, str)]

    def part(self, name: str) -> _Part:
        value = self.data.get(name)
        return _Part(self.file, self.at(name), _names(value) if isinstance(value, dict) else {})

    def parts(self, name: str) -> list[_Part]:
        listed = enumerate(_list(self.data.get(name)))
        return [_Part(self.file, self.at(name, at), _names(one)) for at, one in listed if isinstance(one, dict)]


@dataclass(frozen=True)
class _Set:
    """A set as it stands in the file: its parts, and the ids that they may refer to."""

    whole: _Part
    known: Mapping[str, Collection[str]]

    @property
    def indicators(self) -> dict[str, _Part]:
        declared = self.whole.part("indicators")
        return {name: declared.part(name) for name in declared.data}

    @property
    def assumptions(self) -> list[_Part]:
        return [one for case in self.cases for one in case.parts("assumptions")]

    @property
    def cases(self) -> list[_Part]:
        return [*self.whole.parts("scenarios"), *self.whole.parts("shocks")]

    def ids(self, kind: str) -> list[str]:
        return [name for one in self.whole.parts(kind) if (name := one.text("id"))]


def set_faults(data: Any, file: str, known: Mapping[str, Collection[str]]) -> list[Fault]:
    """List what the parts of a scenario set do not agree on; `known` holds the ids of each kind of the catalogue."""
    if not isinstance(data, dict):
        return []
    one = _Set(_Part(file, "", _names(data)), known)
    rules = (_sizes, _repeated, _horizon, _indicators, _axes, _scenarios, _assumptions, _targets, _signposts)
    return [fault for rule in rules for fault in rule(one)]


def _sizes(of: _Set) -> Iterator[Fault]:
    for name, most in (("axes", MOST_AXES), ("scenarios", MOST_SCENARIOS)):
        count = len(_list(of.whole.data.get(name)))
        if count > most:
            yield of.whole.fault(name, f"at most {most}", str(count))


def _repeated(of: _Set) -> Iterator[Fault]:
    """Scenarios and shocks share their ids, since a table names both in one column."""
    yield from _each_once("axis", of.whole.parts("axes"))
    yield from _each_once("scenario or shock", of.cases)
    yield from _each_once("assumption", of.assumptions)
    yield from _each_once("target", of.whole.parts("targets"))
    yield from _each_once("signpost", of.whole.parts("signposts"))


def _horizon(of: _Set) -> Iterator[Fault]:
    horizon = of.whole.part("horizon")
    end = horizon.number("end")
    before: int | None = None
    for index, year in enumerate(_list(horizon.data.get("report_years"))):
        if isinstance(year, bool) or not isinstance(year, int):
            continue
        key = horizon.at("report_years", index)
        if before is not None and year <= before:
            yield Fault(horizon.file, key, f"a year after {before}", str(year))
        if end is not None and year > end:
            yield Fault(horizon.file, key, f"a year of at most {end}, the end of the horizon", str(year))
        before = year


def _indicators(of: _Set) -> Iterator[Fault]:
    known = sorted(of.known["indicator"])
    for name, outlook in of.indicators.items():
        if name not in known:
            fault = unknown(outlook.file, outlook.key, "indicator", name, known)
            yield replace(fault, hint=_refused(name) or fault.hint)
        transform, ceiling = outlook.text("transform"), outlook.part("ceiling")
        given = outlook.data.get("ceiling")
        if transform == "logit" and given is None and not outlook.misspells("ceiling"):
            yield outlook.fault("ceiling", "a ceiling, which logit needs", "nothing")
        if transform == "log" and given is not None:
            yield outlook.fault("ceiling", "no ceiling, since the transform is log", show(given))
        yield from _ordered(ceiling)
        if ceiling.data:
            yield from _founded(ceiling)


def _axes(of: _Set) -> Iterator[Fault]:
    for axis in of.whole.parts("axes"):
        yield from _founded(axis)


def _scenarios(of: _Set) -> Iterator[Fault]:
    """Hold each scenario to one end of each axis, and to a combination that no other has."""
    axes = of.ids("axes")
    first: dict[tuple[str | None, ...], str] = {}
    for scenario in of.whole.parts("scenarios"):
        ends = scenario.part("axes")
        odd = [name for name in ends.data if name not in axes] if "axes" in of.whole.data else []
        hints = {name: _refused(name) or did_you_mean(name, axes) for name in odd}
        for name, hint in hints.items():
            yield ends.fault(name, f"one of the axes {', '.join(axes)}" if axes else "no axis", repr(name), hint)
        for axis in axes:
            if axis not in ends.data and f"Did you mean '{axis}'?" not in hints.values():
                yield ends.fault(axis, "low or high, since each scenario stands somewhere on each axis", "nothing")
        combination = tuple(ends.text(axis) for axis in axes)
        if not axes or None in combination:
            continue
        other = first.setdefault(combination, scenario.key)
        if other != scenario.key:
            yield scenario.fault("axes", "a combination that no other scenario has", f"that of {other}")


def _assumptions(of: _Set) -> Iterator[Fault]:
    end = of.whole.part("horizon").number("end")
    for one in of.assumptions:
        yield from _indicator(of, one)
        yield from _areas(of, one)
        yield from _founded(one)
        yield from _until(one, "start", end)
        yield from _ordered(one.part("range"))
        yield from _way(of, one)


def _way(of: _Set, one: _Part) -> Iterator[Fault]:
    """Hold an assumption's operation, unit and range against what it moves."""
    driver, op, unit = one.text("driver"), one.text("op"), one.text("unit")
    if driver not in _WAYS:
        return
    right_op, right_units = _WAYS[driver]
    if op in ("add", "multiply") and op != right_op:
        yield one.fault("op", f"{right_op}, for a {driver}", repr(op))
    if unit in ("per_cent_a_year", "per_cent", "unit", "times") and unit not in right_units:
        yield one.fault("unit", f"{' or '.join(right_units)}, for a {driver}", repr(unit))
    extent = one.part("range")
    low, high = extent.number("low"), extent.number("high")
    if unit in right_units and unit in _MORE_THAN and low is not None and low <= _MORE_THAN[unit]:
        yield extent.fault("low", f"a number of more than {_MORE_THAN[unit]}", show(low))
    if driver != "ceiling":
        return
    if high is not None and high > 1:
        yield extent.fault("high", "at most 1, the declared ceiling itself", show(high))
    name = one.text("indicator") or ""
    if name in of.indicators and of.indicators[name].text("transform") == "log":
        yield one.fault("driver", "drift, level or spread, for an indicator without a ceiling", repr(driver))


def _targets(of: _Set) -> Iterator[Fault]:
    end = of.whole.part("horizon").number("end")
    for one in of.whole.parts("targets"):
        yield from _indicator(of, one)
        yield from _areas(of, one)
        yield from _founded(one, otherwise="example")
        yield from _until(one, "year", end)


def _signposts(of: _Set) -> Iterator[Fault]:
    scenarios = of.ids("scenarios")
    for one in of.whole.parts("signposts"):
        yield from _indicator(of, one)
        separates = one.data.get("separates")
        for index, name in one.texts("separates"):
            if name not in scenarios and "scenarios" in of.whole.data:
                hint = did_you_mean(name, scenarios)
                yield Fault(one.file, one.at("separates", index), "a scenario of the set", repr(name), hint)
        if isinstance(separates, list) and (len(separates) != 2 or separates[0] == separates[1]):
            found = "the same twice" if len(separates) == 2 else str(len(separates))
            yield one.fault("separates", "two different scenarios", found)


def _indicator(of: _Set, one: _Part) -> Iterator[Fault]:
    name = one.text("indicator")
    if name is not None and of.indicators and name not in of.indicators:
        hint = did_you_mean(name, of.indicators)
        if name in of.known["indicator"]:
            hint = "Declare it under indicators, or choose one that is there."
        yield one.fault("indicator", "an indicator of the set", repr(name), hint)


def _areas(of: _Set, one: _Part) -> Iterator[Fault]:
    words = [*sorted(of.known["area"]), *WORDS_FOR_AREAS]
    seen: set[str] = set()
    for index, name in one.texts("areas"):
        key = one.at("areas", index)
        if name not in words:
            expected = "an area of the catalogue, focus or all"
            yield Fault(one.file, key, expected, repr(name), did_you_mean(name, words))
        elif name in of.known["aggregate"]:
            yield Fault(one.file, key, "a country", f"the aggregate {name!r}")
        elif name in seen:
            yield Fault(one.file, key, "each area once", repr(name))
        seen.add(name)


def _founded(one: _Part, otherwise: str = "own") -> Iterator[Fault]:
    """Ask for a citation, or for the word that there is none."""
    cited = one.misspells("evidence") or one.data.get("evidence", []) != []
    if not cited and one.data.get(otherwise, False) is False:
        yield one.fault("evidence", f"a citation in evidence, or {otherwise}: true", "neither")


def _until(one: _Part, name: str, end: float | None) -> Iterator[Fault]:
    year = one.number(name)
    if year is not None and end is not None and year > end:
        yield one.fault(name, f"a year of at most {end}, the end of the horizon", show(year))


def _ordered(extent: _Part) -> Iterator[Fault]:
    low, mode, high = (extent.number(name) for name in ("low", "mode", "high"))
    if low is not None and mode is not None and low > mode:
        yield extent.fault("low", f"at most the mode, {show(mode)}", show(low))
    if mode is not None and high is not None and mode > high:
        yield extent.fault("mode", f"at most the high, {show(high)}", show(mode))


def _each_once(kind: str, parts: Sequence[_Part]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for one in parts:
        name = one.text("id")
        if name is not None and first.setdefault(name, one.key) != one.key:
            yield one.fault("id", f"each {kind} once", f"{name!r} again, first at {first[name]}")


def _refused(name: str) -> str:
    return ScenarioSet.refused.get(name.casefold(), "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): one for name, one in value.items()}
