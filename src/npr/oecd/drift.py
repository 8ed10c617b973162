"""Holds the catalogue against the structure that OECD gives now, and says what to change where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from npr.catalogue.declarations import Flow, Indicator
from npr.errors import did_you_mean
from npr.oecd.answers import OecdError, StructureChangedError
from npr.oecd.structures import Change, Structure

FLOWS = "data/catalogue/flows.yml"
INDICATORS = "data/catalogue/indicators"


def check_version(flow: Flow, changes: Mapping[str, Change], address: str) -> None:
    """Stop when OECD has a later version of a flow than the catalogue, or has the flow but not this version.

    Raises:
        StructureChangedError: with the version to write into the catalogue.
    """
    versions = [name.rpartition(",")[2] for name in changes if name.rpartition(",")[0] == flow.flow]
    later = [one for one in versions if _numbers(one) > _numbers(flow.version)]
    if later or (versions and flow.version not in versions):
        newest = max(later or versions, key=_numbers)
        line = f"{FLOWS}: version: write '{newest}' instead of '{flow.version}', as OECD has it now"
        raise _drift(flow, address, [line])


def check_structure(flow: Flow, structure: Structure, indicators: Iterable[Indicator], address: str) -> None:
    """Stop when dimensions were added, removed or reordered, or when a code of a key is gone.

    Raises:
        StructureChangedError: with every line to change in the catalogue.
    """
    lines = [*_dimensions(flow, structure), *(line for one in indicators for line in _codes(one, structure))]
    if structure.time is None:
        lines.append(f"{FLOWS}: the flow has no time dimension any more: its indicators need another flow")
    if lines:
        raise _drift(flow, address, lines)


def _dimensions(flow: Flow, structure: Structure) -> Iterator[str]:
    if flow.dimensions == structure.order:
        return
    added = [one for one in structure.order if one not in flow.dimensions]
    removed = [one for one in flow.dimensions if one not in structure.order]
    told = [f"{', '.join(added)} added"] if added else []
    told += [f"{', '.join(removed)} removed"] if removed else []
    yield f"{FLOWS}: dimensions ({'; '.join(told) or 'reordered'}): write [{', '.join(structure.order)}]"
    for name in added:
        codes = next(sorted(one.allowed) for one in structure.dimensions if one.id == name)
        yield f"{INDICATORS}: give each indicator of the flow a code of {name} in oecd.key: {_listed(codes)}"
    for name in removed:
        yield f"{INDICATORS}: remove {name} from oecd.key of each indicator of the flow"


def _codes(indicator: Indicator, structure: Structure) -> Iterator[str]:
    for dimension in structure.dimensions:
        code = indicator.oecd.key.get(dimension.id) if indicator.oecd else None
        if code is None or not dimension.allowed or code in dimension.allowed:
            continue
        hint = did_you_mean(code, dimension.allowed) or f"Write {_listed(sorted(dimension.allowed))}"
        file = f"{INDICATORS}/{indicator.id}.yml"
        yield f"{file}: oecd.key.{dimension.id}: OECD has no {code} here any more. {hint}"


def _listed(codes: list[str]) -> str:
    return f"one of {', '.join(codes[:8])}{' ...' if len(codes) > 8 else ''}"


def _drift(flow: Flow, address: str, lines: list[str]) -> OecdError:
    return StructureChangedError(
        f"Flow {flow.id} ({flow.flow}, {flow.version}) is not as the catalogue says",
        where=address,
        kept="Earlier vintages are kept; the other flows go on.",
        todo="Change these lines, then run `npr fetch` again:\n" + "\n".join(f"  {line}" for line in lines),
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"[0-9]+", version))
