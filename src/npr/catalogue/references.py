"""Checks what one declaration cannot know alone: that its references lead somewhere and its parts agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from npr.catalogue.declarations import Area, Briefing, Declaration, Flow, Indicator, Language, Source, Theme, Unit
from npr.catalogue.faults import Kind, join_key, unknown
from npr.errors import Fault, did_you_mean

Known = Mapping[str, Collection[str]]
Check = Callable[[str, str, "Known"], Iterator[Fault]]
_LANGUAGES: tuple[Language, ...] = ("sv", "en")
_FLOW = re.compile(r"^[A-Z]+(\.[A-Z]+)*,[A-Za-z0-9_]+(@[A-Za-z0-9_]+)?$")
_VERSION = re.compile(r"^[0-9]+(\.[0-9]+)+$")


def reference_faults(one: Declaration, file: str, key: str, known: Known) -> list[Fault]:
    """Give the faults of one declaration against everything declared; `known` holds the ids of each kind."""
    match one:
        case Unit():
            faults = _unit(one, file, key, known)
        case Area():
            faults = _area(one, file, key)
        case Flow():
            faults = _flow(one, file, key)
        case Indicator():
            faults = _indicator(one, file, key, known)
        case Briefing():
            faults = _briefing(one, file, key, known)
        case Theme():
            faults = _theme(one, file, key, known)
        case Source() | _:
            faults = iter(())
    return list(faults)


def _refer(file: str, key: str, kind: Kind, name: str, known: Known) -> Iterator[Fault]:
    if name not in known[kind]:
        yield unknown(file, key, kind, name, sorted(known[kind]))


def _unit(unit: Unit, file: str, key: str, known: Known) -> Iterator[Fault]:
    yield from _refer(file, join_key(key, "difference"), "unit", unit.difference, known)
    for language in _LANGUAGES:
        prose = unit.prose[language]
        if prose.count("{n}") != 1:
            yield Fault(file, join_key(key, "prose", language), "{n} once, where the number goes", repr(prose))


def _area(area: Area, file: str, key: str) -> Iterator[Fault]:
    """Hold an area against its kind: a member has acceded, a country has a territory, an aggregate has a name."""
    member, country = area.kind == "member", area.kind != "aggregate"
    for name, value, wanted in (("territory", area.territory, country), ("accession", area.accession, member)):
        if wanted and value is None:
            yield Fault(file, join_key(key, name), f"the {name} of a {area.kind}", "nothing")
        if not wanted and value is not None:
            yield Fault(file, join_key(key, name), f"no {name} for {area.kind} {area.code}", repr(str(value)))
    if not country and area.name is None:
        yield Fault(file, join_key(key, "name"), "a name in both languages, which an aggregate needs", "nothing")


def _indicator(indicator: Indicator, file: str, key: str, known: Known) -> Iterator[Fault]:
    yield from _refer(file, join_key(key, "unit"), "unit", indicator.unit, known)
    yield from _refer(file, join_key(key, "source"), "source", indicator.source, known)
    yield from _refer(file, join_key(key, "theme"), "theme", indicator.theme, known)
    for index, caveat in enumerate(indicator.caveats):
        if caveat in indicator.caveats[:index]:
            yield Fault(file, join_key(key, "caveats", index), "each caveat once", repr(caveat.value))
    if indicator.oecd is None:
        return
    yield from _refer(file, join_key(key, "oecd", "flow"), "flow", indicator.oecd.flow, known)
    for dimension, code in indicator.oecd.key.items():
        if not re.fullmatch(r"[A-Za-z0-9_$@-]+", code):
            yield Fault(file, join_key(key, "oecd", "key", dimension), "a code", repr(code))


def _flow(flow: Flow, file: str, key: str) -> Iterator[Fault]:
    if not _FLOW.match(flow.flow):
        yield Fault(file, join_key(key, "flow"), "AGENCY,DSD@FLOW without a version", repr(flow.flow))
    if not _VERSION.match(flow.version):
        yield Fault(file, join_key(key, "version"), "a version such as '1.0'", repr(flow.version))
    if flow.area not in flow.dimensions:
        yield Fault(file, join_key(key, "area"), "one of the dimensions", repr(flow.area))
    for index, name in enumerate(flow.dimensions):
        if name in flow.dimensions[:index]:
            yield Fault(file, join_key(key, "dimensions", index), "each dimension once", repr(name))


def key_faults(indicator: Indicator, flow: Flow, file: str) -> Iterator[Fault]:
    """Give where an indicator's key does not name exactly the dimensions of its flow but the one of the areas."""
    key = indicator.oecd.key if indicator.oecd else {}
    wanted = [name for name in flow.dimensions if name != flow.area]
    for name in wanted:
        if name not in key:
            yield Fault(file, f"oecd.key.{name}", f"a code, since {flow.id} has this dimension", "nothing")
    for name, code in key.items():
        if name not in wanted:
            yield Fault(file, f"oecd.key.{name}", f"one of {', '.join(wanted)}", repr(code), did_you_mean(name, wanted))


def _theme(theme: Theme, file: str, key: str, known: Known) -> Iterator[Fault]:
    for index, name in enumerate(theme.scoreboard):
        yield from _refer(file, join_key(key, "scoreboard", index), "indicator", name, known)


def _briefing(briefing: Briefing, file: str, key: str, known: Known) -> Iterator[Fault]:
    for index, name in enumerate(() if briefing.indicators == "all" else briefing.indicators):
        yield from _refer(file, join_key(key, "indicators", index), "indicator", name, known)
    for index, name in enumerate(briefing.reads):
        yield from _refer(file, join_key(key, "reads", index), "briefing", name, known)
    for index, code in enumerate(briefing.peers):
        here = join_key(key, "peers", index)
        yield from _refer(file, here, "area", code, known)
        if code in known["aggregate"]:
            yield Fault(file, here, "a country", f"the aggregate {code!r}")
